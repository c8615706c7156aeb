"""Organisations beside the territory: work units, resident units, Party organisations, office holders."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.orgs import followers
from guangcai.orgs.commands.grants import close_grant
from guangcai.orgs.enums import Level, OfficeSource, PartyLevel, WorkUnitKind
from guangcai.orgs.models import Node, OfficeHolder, PartyOrganisation, ResidentUnit, WorkUnit


@transaction.atomic
def add_work_unit(
    *,
    name: str,
    node: Node,
    by: Actor,
    now: datetime,
    kind: WorkUnitKind = WorkUnitKind.OTHER,
    short_name: str = "",
    aliases: Iterable[str] = (),
) -> WorkUnit:
    """Add an employer, overseen at `node`. A unit of that name already: RuleBroken(field="name")."""
    by.require(Permission.UNIT_EDIT, node.path)
    name = _named(name)
    _check_unit_name(name)
    unit = WorkUnit.objects.create(
        name=name, node=node, path=node.path, kind=kind, short_name=short_name.strip(), aliases=_distinct(aliases)
    )
    audit.record(Tag.WORK_UNIT_ADD, by=by, now=now, on=unit, name=name)
    return unit


@transaction.atomic
def change_work_unit(
    *,
    work_unit: WorkUnit,
    by: Actor,
    now: datetime,
    name: str,
    kind: WorkUnitKind,
    short_name: str = "",
    aliases: Iterable[str] = (),
    node: Node | None = None,
) -> WorkUnit:
    """Change what a unit is called and where it is overseen; a former name stays as an alias, so imports find it."""
    by.require(Permission.UNIT_EDIT, work_unit.path)
    if node:
        by.require(Permission.UNIT_EDIT, node.path)
    unit = open_unit(work_unit)
    name, aliases = _named(name), _distinct(aliases)
    if name != unit.name:
        _check_unit_name(name)
        aliases = _distinct([*aliases, unit.name])
    unit.name, unit.kind, unit.short_name, unit.aliases = name, kind, short_name.strip(), aliases
    if node and node.pk != unit.node_id:
        unit.node, unit.path = node, node.path
        unit.grants.update(path=node.path)
    unit.save()
    audit.record(Tag.WORK_UNIT_CHANGE, by=by, now=now, on=unit, name=name)
    return unit


@transaction.atomic
def end_work_unit(*, work_unit: WorkUnit, by: Actor, now: datetime) -> WorkUnit:
    """End a unit: its liaisons' rights, its residences and what it holds in the rooms above end with it.

    Members' links to it stay history.
    """
    by.require(Permission.UNIT_EDIT, work_unit.path)
    unit = WorkUnit.objects.select_for_update(no_key=True).get(pk=work_unit.pk)
    if unit.ended_on:
        return unit
    for grant in unit.grants.select_for_update(of=["self"]).filter(ended_at=None).order_by("pk"):
        close_grant(grant, reason=_("The unit has ended."), by=by, now=now)
    for residence in unit.residences.filter(until=None).order_by("pk"):
        _close_residence(residence, by=by, now=now)
    unit.ended_on = localdate(now)
    unit.save(update_fields=["ended_on"])
    audit.record(Tag.WORK_UNIT_END, by=by, now=now, on=unit)
    followers.tell_end(followers.UnitEnd(unit.pk, by, now))
    return unit


@transaction.atomic
def add_resident_unit(
    *, work_unit: WorkUnit, community: Node, by: Actor, now: datetime, since: date | None = None
) -> ResidentUnit:
    """Note that a unit lies in a community's area. There already: that row."""
    by.require(Permission.UNIT_EDIT, community.path)
    if community.level != Level.COMMUNITY:
        raise RuleBroken(_("A unit is resident in a community."), field="community")
    open_unit(work_unit)
    here = ResidentUnit.objects.filter(work_unit=work_unit, community=community, until=None).first()
    if here:
        return here
    since = since or localdate(now)
    if ResidentUnit.objects.filter(work_unit=work_unit, community=community, until__gt=since).exists():
        raise RuleBroken(_("The unit was resident here on that day already."), field="since")
    residence = ResidentUnit.objects.create(work_unit=work_unit, community=community, path=community.path, since=since)
    audit.record(Tag.RESIDENT_UNIT_ADD, by=by, now=now, on=residence, work_unit=work_unit.pk)
    return residence


@transaction.atomic
def end_resident_unit(*, residence: ResidentUnit, by: Actor, now: datetime) -> ResidentUnit:
    """The unit has left the community's area."""
    by.require(Permission.UNIT_EDIT, residence.path)
    residence = ResidentUnit.objects.select_for_update().get(pk=residence.pk)
    if residence.until is None:
        _close_residence(residence, by=by, now=now)
    return residence


@transaction.atomic
def add_party_organisation(
    *,
    name: str,
    level: PartyLevel,
    founded_on: date,
    by: Actor,
    now: datetime,
    node: Node | None = None,
    work_unit: WorkUnit | None = None,
    parent: PartyOrganisation | None = None,
) -> PartyOrganisation:
    """Add a Party organisation that stands in a node, in a work unit, or in both. Source: A13."""
    place = node or work_unit
    if place is None:
        raise RuleBroken(_("Say where the organisation stands: a place, a unit, or both."), field="node")
    for one in (node, work_unit):
        if one:
            by.require(Permission.UNIT_EDIT, one.path)
    name = _named(name)
    if PartyOrganisation.objects.filter(name=name, ended_on=None).exists():
        raise RuleBroken(_("There is an organisation of this name already."), field="name", code="name_taken")
    if founded_on > localdate(now):
        raise RuleBroken(_("This day is still to come."), field="founded_on")
    organisation = PartyOrganisation.objects.create(
        name=name, level=level, founded_on=founded_on, node=node, work_unit=work_unit, parent=parent
    )
    audit.record(Tag.PARTY_ORGANISATION_ADD, by=by, now=now, on=organisation, path=place.path, name=name)
    return organisation


@transaction.atomic
def end_party_organisation(*, organisation: PartyOrganisation, by: Actor, now: datetime) -> PartyOrganisation:
    """End an organisation and the offices in it. Raises RuleBroken while others stand below it."""
    _require(organisation, by)
    organisation = PartyOrganisation.objects.select_for_update(of=["self"]).get(pk=organisation.pk)
    if organisation.ended_on:
        return organisation
    if organisation.children.filter(ended_on=None).exists():
        raise RuleBroken(_("Organisations still stand below this one: end them first."), code="has_children")
    for holder in organisation.office_holders.filter(until=None).order_by("pk"):
        _close_office(holder, organisation, by=by, now=now)
    organisation.ended_on = max(localdate(now), organisation.founded_on)
    organisation.save(update_fields=["ended_on"])
    audit.record(Tag.PARTY_ORGANISATION_END, by=by, now=now, on=organisation, path=_path(organisation))
    return organisation


@transaction.atomic
def add_office_holder(
    *,
    organisation: PartyOrganisation,
    name: str,
    office: str,
    source: OfficeSource,
    since: date,
    by: Actor,
    now: datetime,
    birth_year: int | None = None,
    education: str = "",
) -> OfficeHolder:
    """Note who holds an office. The same person in the same office already: that row. Source: A95, A96."""
    _require(organisation, by)
    organisation = PartyOrganisation.objects.select_for_update(of=["self"]).get(pk=organisation.pk)
    if organisation.ended_on:
        raise Conflict(_("This organisation has ended."))
    name, office = _named(name), office.strip()
    here = organisation.office_holders.filter(name=name, office=office, until=None).first()
    if here:
        return here
    holder = OfficeHolder.objects.create(
        party_organisation=organisation,
        name=name,
        office=office,
        source=source,
        since=since,
        birth_year=birth_year,
        education=education.strip(),
    )
    audit.record(Tag.OFFICE_HOLDER_ADD, by=by, now=now, on=holder, path=_path(organisation), office=office)
    return holder


@transaction.atomic
def end_office_holder(*, holder: OfficeHolder, by: Actor, now: datetime) -> OfficeHolder:
    """The office is laid down today."""
    _require(holder.party_organisation, by)
    holder = OfficeHolder.objects.select_for_update(of=["self"]).get(pk=holder.pk)
    if holder.until is None:
        _close_office(holder, holder.party_organisation, by=by, now=now)
    return holder


def _close_office(holder: OfficeHolder, organisation: PartyOrganisation, *, by: Actor, now: datetime) -> None:
    holder.until = max(localdate(now), holder.since + timedelta(days=1))
    holder.save(update_fields=["until"])
    audit.record(Tag.OFFICE_HOLDER_END, by=by, now=now, on=holder, path=_path(organisation), office=holder.office)


def _close_residence(residence: ResidentUnit, *, by: Actor, now: datetime) -> None:
    residence.until = max(localdate(now), residence.since)
    residence.save(update_fields=["until"])
    audit.record(Tag.RESIDENT_UNIT_END, by=by, now=now, on=residence, work_unit=residence.work_unit_id)


def _path(organisation: PartyOrganisation) -> str:
    place = organisation.node or organisation.work_unit
    return place.path if place else ""


def _require(organisation: PartyOrganisation, by: Actor) -> None:
    by.require(Permission.UNIT_EDIT, _path(organisation))


def open_unit(work_unit: WorkUnit) -> WorkUnit:
    """The unit under a lock that holds up its end. Raises Conflict when it has ended. Take it before other locks."""
    unit = hold_unit(work_unit)
    check_unit_open(unit)
    return unit


def hold_unit(work_unit: WorkUnit) -> WorkUnit:
    """The unit under a lock that holds up its end, ended or not: what was sent before is looked for first."""
    return WorkUnit.objects.select_for_update(no_key=True).get(pk=work_unit.pk)


def check_unit_open(unit: WorkUnit) -> None:
    """Raises Conflict for a unit that has ended: nothing new is made with it."""
    if unit.ended_on:
        raise Conflict(_("This unit has ended."), code="unit_ended")


def _named(name: str) -> str:
    if is_blank(name):
        raise RuleBroken(_("Give a name."), field="name", code="name_missing")
    return name.strip()


def _check_unit_name(name: str) -> None:
    if WorkUnit.objects.filter(name=name, ended_on=None).exists():
        raise RuleBroken(_("There is a unit of this name already."), field="name", code="name_taken")


def _distinct(aliases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(alias.strip() for alias in aliases if not is_blank(alias)))

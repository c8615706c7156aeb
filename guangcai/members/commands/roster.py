"""Members join the roster, change, say what they can and want to do, and leave it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import clean, clean_name
from guangcai.members import keys, rules
from guangcai.members.commands import links
from guangcai.members.commands.duplicates import offer_duplicates
from guangcai.members.enums import Channel, DayPart, MobileEnd
from guangcai.members.models import Intention, Member, MobileRegistration, ServiceKind, Skill, SkillKind
from guangcai.members.names import fit_name
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit

# A member may mend these himself; the rest is the community's word.
OWN_FIELDS = frozenset({"phone", "address", "job_title", "national_volunteer_no"})


@dataclass(frozen=True)
class SkillGiven:
    """A skill as it is noted: its kind, and the certificate where one is needed."""

    kind: SkillKind
    certificate: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class Placement:
    """Where a new record belongs: a community he lives in from `since` (today), a work unit, or both."""

    community: Node | None = None
    building: Node | None = None
    work_unit: WorkUnit | None = None
    party_organisation: PartyOrganisation | None = None
    since: date | None = None
    channel: Channel = Channel.DESK

    @property
    def place(self) -> Node | WorkUnit:
        """The owner of the record: the community, else the unit. Raises RuleBroken(field="community")."""
        place = self.community or self.work_unit
        if place is None:
            raise RuleBroken(_("Give the community or the work unit."), field="community", code="place_missing")
        return place

    @property
    def district_code(self) -> str:
        place = self.place
        return place.node.district_code if isinstance(place, WorkUnit) else place.district_code


@transaction.atomic
def add_member(
    *,
    name: str,
    placed: Placement,
    by: Actor,
    now: datetime,
    phone: str = "",
    id: UUID | None = None,
    is_demo: bool = False,
    **fields: Any,
) -> Member:
    """Put a person on the roster of a community, of a work unit, or of both.

    fields: columns of rules.FIELD_GROUPS. Records that may be the same person are offered as pairs, never merged.
    Raises RuleBroken(field), with code `already_on_roster` for the same name and phone in this community.
    """
    _require_adding(placed, by=by)
    name, phone = fit_name(name), normalise(phone, field="phone") if phone else ""
    if sent_before := already(Member, id, name=name, phone_index=keys.phone_key(phone)):
        return sent_before
    rules.check_fields(fields)
    _check_not_on_roster(placed.community, name=name, phone=phone)
    member = Member(id=id or new_id(), name=name, district_code=placed.district_code, path=placed.place.path)
    member.added_at, member.added_by, member.is_demo = now, by.user_id, is_demo
    _set_fields(member, fields, now=now)
    keys.identify(member, phone=phone)
    member.save(force_insert=True)
    audit.record(Tag.MEMBER_ADD, by=by, on=member, now=now)
    _place(member, placed, by=by, now=now)
    offer_duplicates([member], now=now)
    return member


@transaction.atomic
def change_member(*, member: Member, changes: Mapping[str, Any], by: Actor, now: datetime) -> Member:
    """Change fields of the register; `changes` holds columns of rules.FIELD_GROUPS and their new values.

    The desk changes all, a member his own contact. Nothing different: no write, no audit line.
    Raises RuleBroken(field).
    """
    rules.check_fields(changes)
    if by.member_id != member.pk or not OWN_FIELDS.issuperset(changes):
        by.require(Permission.ROSTER_EDIT, member.path)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    before = {name: getattr(member, name) for name in changes}
    changes = dict(changes)
    phone = changes.pop("phone", member.phone)
    _set_fields(member, changes, now=now)
    if "name" in changes or phone != member.phone:
        keys.identify(member, phone=normalise(phone, field="phone") if phone else "")
    changed = sorted(name for name, value in before.items() if getattr(member, name) != value)
    if not changed:
        return member
    member.save()
    audit.record(Tag.MEMBER_CHANGE, by=by, on=member, now=now, fields=changed)
    if {"name", "phone"} & set(changed):
        offer_duplicates([member], now=now)
    return member


@transaction.atomic
def end_member(*, member: Member, reason: str, by: Actor, now: datetime) -> Member:
    """Take a member off the roster: his open links end today, his history stays. Twice is harmless."""
    by.require(Permission.ROSTER_EDIT, member.path)
    reason = rules.check_reason(reason)
    member = Member.objects.select_for_update(of=["self"]).get(pk=member.pk)
    if member.ended_at is not None:
        return member
    links.close_links(member, until=localdate(now))
    _end_mobile(member, by=by, now=now)
    member.ended_at, member.ended_by, member.end_reason = now, by.user_id, reason
    member.community = member.building = None
    member.save(update_fields=["ended_at", "ended_by", "end_reason", "community", "building"])
    audit.record(Tag.MEMBER_END, by=by, on=member, now=now)
    return member


def _end_mobile(member: Member, *, by: Actor, now: datetime) -> None:
    """Who is on no roster is nobody's mobile member: his registrations end with him."""
    today = localdate(now)
    for row in MobileRegistration.objects.filter(member=member, ended_on=None).order_by("pk"):
        row.ended_on, row.ended_by, row.end_reason = max(today, row.since), by.user_id, MobileEnd.LEFT_ROSTER
        row.save(update_fields=["ended_on", "ended_by", "end_reason"])
        audit.record(Tag.MOBILE_END, by=by, on=row, now=now, member=str(member.pk), reason=str(row.end_reason))


@transaction.atomic
def set_skills(*, member: Member, skills: Iterable[SkillGiven], by: Actor, now: datetime) -> Member:
    """The member's skills are exactly `skills`. By the desk or himself. Raises RuleBroken(field="skills")."""
    member = _lock_own_or_desk(member, by=by)
    wanted = {skill.kind.pk: skill for skill in skills}
    for skill in wanted.values():
        rules.check_certificate(
            skill=skill.kind.name, needs_certificate=skill.kind.needs_certificate, certificate=skill.certificate
        )
    held = {row.kind_id: (row.certificate, row.expires_on) for row in Skill.objects.filter(member=member)}
    if held == {key: (skill.certificate, skill.expires_on) for key, skill in wanted.items()}:
        return member
    Skill.objects.filter(member=member).exclude(kind__in=wanted).delete()
    for skill in wanted.values():
        Skill.objects.update_or_create(
            member=member,
            kind=skill.kind,
            district_code=member.district_code,
            defaults={"certificate": clean(skill.certificate), "expires_on": skill.expires_on},
        )
    codes = sorted(skill.kind.code for skill in wanted.values())
    audit.record(Tag.MEMBER_CHANGE, by=by, on=member, now=now, fields=["skills"], skills=codes)
    return member


@transaction.atomic
def set_intentions(
    *, member: Member, intentions: Mapping[ServiceKind, Iterable[DayPart]], by: Actor, now: datetime
) -> Member:
    """The member offers exactly these kinds of service, each at these times. By the desk or himself."""
    member = _lock_own_or_desk(member, by=by)
    wanted = {kind.pk: sorted({DayPart(time) for time in times}) for kind, times in intentions.items()}
    held = {row.kind_id: sorted(row.times) for row in Intention.objects.filter(member=member)}
    if held == wanted:
        return member
    Intention.objects.filter(member=member).exclude(kind__in=wanted).delete()
    for kind_id, times in wanted.items():
        Intention.objects.update_or_create(
            member=member, kind_id=kind_id, district_code=member.district_code, defaults={"times": times}
        )
    codes = sorted(kind.code for kind in intentions)
    audit.record(Tag.MEMBER_CHANGE, by=by, on=member, now=now, fields=["intentions"], intentions=codes)
    return member


def _require_adding(placed: Placement, *, by: Actor) -> None:
    place = placed.place
    if isinstance(place, WorkUnit) and not by.can(Permission.ROSTER_EDIT, place.path):
        by.require_unit(Permission.UNIT_ROSTER_IMPORT, place.pk)
    else:
        by.require(Permission.ROSTER_EDIT, place.path)


def _check_not_on_roster(community: Node | None, *, name: str, phone: str) -> None:
    if not (community and phone):
        return
    if Member.objects.current().filter(community=community, name=name, phone_index=keys.phone_key(phone)).exists():
        raise RuleBroken(
            _("%(name)s with this phone is on the roster already.") % {"name": name},
            field="phone",
            code="already_on_roster",
        )


def _place(member: Member, placed: Placement, *, by: Actor, now: datetime) -> None:
    """Open the links of a record that was made a moment ago."""
    since = placed.since
    if unit := placed.work_unit:
        links.start_employment(member=member, work_unit=unit, since=since, by=by, now=now)
    if organisation := placed.party_organisation:
        links.start_org_relation(member=member, party_organisation=organisation, since=since, by=by, now=now)
    if community := placed.community:
        links.move(
            member=member,
            community=community,
            building=placed.building,
            since=since,
            channel=placed.channel,
            by=by,
            now=now,
        )
        member.refresh_from_db(fields=["community", "building", "path"])


def _set_fields(member: Member, fields: Mapping[str, Any], *, now: datetime) -> None:
    """Set columns of the register, text cleaned; raises RuleBroken(field) for a person who cannot be."""
    for name, value in fields.items():
        if name != "name":
            setattr(member, name, clean(value) if isinstance(value, str) else value)
    # A name from an older list is no reason to keep somebody from changing an address.
    if clean_name(fields.get("name", member.name)) != member.name:
        member.name = fit_name(fields["name"])
    rules.check_days(
        birth_date=member.birth_date,
        joined_party_on=member.joined_party_on,
        today=localdate(now),
    )


def _lock_own_or_desk(member: Member, *, by: Actor) -> Member:
    if by.member_id != member.pk:
        by.require(Permission.ROSTER_EDIT, member.path)
    return Member.objects.select_for_update(of=["self"]).get(pk=member.pk)

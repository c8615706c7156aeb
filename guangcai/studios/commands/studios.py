"""Studios are opened, changed and ended. Opening one plans its sessions by the usual door of activities."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.activities.commands import (
    ActivityText,
    Repeat,
    add_activity,
    add_series,
    cancel_activity,
    change_activity,
    publish_activity,
)
from guangcai.activities.enums import CancelReason
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import clean, is_blank
from guangcai.orgs.commands import check_unit_open, hold_unit, open_unit
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places.models import ServicePoint
from guangcai.studios import rules
from guangcai.studios.models import RotaPlace, Studio, StudioKind


@dataclass(frozen=True)
class StudioDraft:
    """What a studio says of itself. place: in words; empty takes the name and address of the point.

    services: one a line. lead_name: whom members ask. slot_minutes: of an appointment, 0 for none.
    """

    kind: StudioKind
    name: str
    lead_name: str
    host: WorkUnit | None = None
    point: ServicePoint | None = None
    place: str = ""
    services: str = ""
    slot_minutes: int = 0

    @property
    def where(self) -> str:
        place = clean(self.place)
        if place or self.point is None:
            return place
        return clean(f"{self.point.address} {self.point.name}")[:120]

    def columns(self) -> dict[str, object]:
        lines = [line for line in clean(self.services, multiline=True).splitlines() if line]
        return {
            "kind": self.kind,
            "name": clean(self.name),
            "host": self.host,
            "point": self.point,
            "place": self.where,
            "services": "\n".join(lines),
            "slot_minutes": self.slot_minutes,
        }

    def check(self) -> None:
        rules.check_studio(name=self.name, place=self.where, services=self.services, slot_minutes=self.slot_minutes)

    def text(self) -> ActivityText:
        """The notice of its sessions: what activities ask for before anybody may sign up.

        It is kept for everybody to read: in the language of the installation, whatever screen it was asked for on.
        """
        with override(settings.LANGUAGE_CODE):
            return self._text()

    def _text(self) -> ActivityText:
        return ActivityText(
            title=clean(self.name),
            service_kind=self.kind.service_kind,
            place=self.where,
            content=clean(self.services, multiline=True) or self.kind.name,
            conditions=_("Members on the roster of the studio"),
            sign_up_method=_("Offer to sit on the page of the studio"),
            risk_note=_("Residents may be upset: two sit together, the door stays open"),
            guarantee=_("Room, table and water are provided by the community"),
            lead_name=clean(self.lead_name),
        )


@transaction.atomic
def open_studio(
    *, community: Node, draft: StudioDraft, repeat: Repeat, by: Actor, now: datetime, id: UUID | None = None
) -> Studio:
    """Open a studio and plan its sessions: an activity with a series, published so that its roster can sign up.

    repeat.places: the seats of a session. The same id sent again is the same studio. Raises RuleBroken(field) for name,
    place, slot_minutes, lead_name, and what activities refuse of the opening rule. Sources: A19-A21.
    """
    by.require(Permission.STUDIO_EDIT, community.path)
    host = hold_unit(draft.host) if draft.host is not None else None
    # Two clerks open one studio at once: the second waits and reads that the name is taken.
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=community.pk)
    if found := already(Studio, id, community_id=community.pk, **_compared(draft)):
        return found
    if host is not None:
        check_unit_open(host)
    draft.check()
    _check_name(draft, community=community)
    activity = add_activity(community=community, text=draft.text(), by=by, now=now)
    add_series(activity=activity, repeat=repeat, by=by, now=now)
    activity = publish_activity(activity=activity, by=by, now=now)
    studio = Studio.objects.create(
        **of_community(community),
        **draft.columns(),
        id=id or new_id(),
        activity=activity,
        opened_at=now,
        opened_by=by.user_id,
    )
    audit.record(Tag.STUDIO_OPEN, by=by, on=studio, now=now, kind=studio.kind.code)
    return studio


@transaction.atomic
def change_studio(*, studio: Studio, draft: StudioDraft, by: Actor, now: datetime) -> Studio:
    """Other words, another place; whoever is to sit is told of a new place. The opening rule is the activity's."""
    by.require(Permission.STUDIO_EDIT, studio.path)
    if draft.host is not None:
        open_unit(draft.host)
    row = lock_studio(studio.pk)
    rules.check_open(ended_at=row.ended_at)
    draft.check()
    _check_name(draft, community=row.community, but=row)
    changed = [name for name, value in draft.columns().items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, draft.columns()[name])
    if changed:
        row.save(update_fields=changed)
        audit.record(Tag.STUDIO_CHANGE, by=by, on=row, now=now, fields=sorted(changed))
    if changed or row.activity.lead_name != clean(draft.lead_name):
        change_activity(activity=row.activity, text=draft.text(), by=by, now=now)
    return row


@transaction.atomic
def end_studio(*, studio: Studio, reason: str, by: Actor, now: datetime) -> Studio:
    """End a studio: its sessions to come are called off, whoever was to sit or has an appointment is told, the roster
    ends. Harmless twice; what was held stays."""
    by.require(Permission.STUDIO_EDIT, studio.path)
    row = lock_studio(studio.pk)
    if row.ended_at is not None:
        return row
    rules.check_reason(reason)
    cancel_activity(activity=row.activity, reason=CancelReason.OTHER, note=reason.strip(), by=by, now=now)
    RotaPlace.objects.live().filter(studio=row).update(
        ended_at=now, ended_by=by.user_id, end_reason=EndReason.NOT_NEEDED
    )
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record(Tag.STUDIO_END, by=by, on=row, now=now)
    return row


def lock_studio(pk: UUID) -> Studio:
    """The studio under a lock that holds up its roster and its end."""
    rows = Studio.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("community", "activity", "kind__service_kind").get(pk=pk)


def _compared(draft: StudioDraft) -> dict[str, object]:
    """What tells one form sent twice from another one."""
    columns = draft.columns()
    relations = {"kind_id": draft.kind.pk, "point_id": draft.point.pk if draft.point is not None else None}
    return relations | {name: columns[name] for name in ("name", "place", "services", "slot_minutes")}


def _check_name(draft: StudioDraft, *, community: Node, but: Studio | None = None) -> None:
    there = Studio.objects.open().filter(community=community, name=clean(draft.name))
    if (there.exclude(pk=but.pk) if but is not None else there).exists():
        raise RuleBroken(_("The community has a studio of this name already."), field="name", code="name_taken")
    if is_blank(draft.lead_name):
        raise RuleBroken(_("Say who leads."), field="lead_name", code="missing_lead_name")

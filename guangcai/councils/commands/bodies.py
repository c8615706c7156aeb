"""Bodies: set up and ended; seats given and ended; menus and surveys published."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.councils import rules
from guangcai.councils.enums import BodyRole, RecordKind
from guangcai.councils.models import Body, BodyMember, BodyRecord, RequiredParty
from guangcai.councils.queries.rights import require_runs, right_over
from guangcai.members.models import Member
from guangcai.orgs.commands import check_unit_open, hold_unit
from guangcai.orgs.models import Node, WorkUnit


@transaction.atomic
def load_required_parties(*, by: Actor, now: datetime) -> int:
    """Add the classes of party that the shipped list asks of a kind of body and the database has not; how many."""
    by.require(Permission.POLICY_EDIT, ROOT)
    rows = json.loads((files("guangcai.councils") / "data" / "required_parties.json").read_text("utf-8"))
    there = set(RequiredParty.objects.values_list("kind", "party"))
    fresh = [RequiredParty(**row) for row in rows if (row["kind"], row["party"]) not in there]
    RequiredParty.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=len(fresh))
    return len(fresh)


def same_lines(kept: Iterable[object], sent: Iterable[object]) -> None:
    """Raises Conflict unless what was sent again is what was kept, line by line (core.once for rows of rows)."""
    if list(kept) != list(sent):
        raise other_content()


def lock_body(pk: UUID) -> Body:
    """The body under a lock that holds up seats, meetings and its end."""
    return Body.objects.select_for_update(of=("self",), no_key=True).select_related("node").get(pk=pk)


@dataclass(frozen=True)
class BodyDraft:
    """What a body is, as typed. set_up_on: local date."""

    kind: str
    name: str
    purpose: str
    set_up_on: date


@transaction.atomic
def set_up_body(*, node: Node, draft: BodyDraft, by: Actor, now: datetime, id: UUID | None = None) -> Body:
    """Note a body at the node it serves. The same id sent again is the same body. Sources: A24-A28, A31, A104.

    Raises RuleBroken(field) for a name that a live body there has, or a day to come.
    """
    by.require(right_over(node.level), node.path)
    name = rules.check_said(draft.name, _("Give the body its name."), field="name", longest=rules.NAME_LENGTH)
    purpose = rules.check_said(draft.purpose, _("Say what it is for."), field="purpose", longest=rules.TEXT_LENGTH)
    rules.check_set_up(set_up_on=draft.set_up_on, today=localdate(now))
    # Two clerks set up one body at once: the second waits and reads that the name is taken.
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=node.pk)
    content = {"kind": draft.kind, "name": name, "purpose": purpose, "set_up_on": draft.set_up_on}
    if found := already(Body, id, node_id=node.pk, **content):
        return found
    rules.check_name_free(is_taken=Body.objects.live().filter(node=node, name=name).exists())
    row = Body.objects.create(
        **content,
        id=id or new_id(),
        node=node,
        path=node.path,
        district_code=node.district_code,
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.BODY_ADD, by=by, on=row, now=now, kind=row.kind)
    return row


@transaction.atomic
def end_body(*, body: Body, reason: str, by: Actor, now: datetime) -> Body:
    """End a body and every seat in it; its meetings stay readable. Harmless twice. Raises RuleBroken(field)."""
    require_runs(by, body)
    row = lock_body(body.pk)
    if row.ended_on is not None:
        return row
    said = rules.check_said(reason, _("Say why it ends."), field="reason", longest=rules.NOTE_LENGTH)
    planned = row.meetings.open().exists()
    rules.check_nothing_planned(is_planned=planned)
    today = localdate(now)
    row.ended_on, row.ended_at, row.ended_by, row.end_reason = today, now, by.user_id, said
    row.save(update_fields=["ended_on", "ended_at", "ended_by", "end_reason"])
    BodyMember.objects.open().filter(body=row).update(until=today, ended_at=now, ended_by=by.user_id)
    audit.record(Tag.BODY_END, by=by, on=row, now=now)
    return row


@dataclass(frozen=True)
class SeatDraft:
    """Who sits there, for whom, in which role: exactly one of member, work_unit and party_name."""

    party: str
    role: str = BodyRole.MEMBER
    member: Member | None = None
    work_unit: WorkUnit | None = None
    party_name: str = ""


@transaction.atomic
def give_seat(*, body: Body, draft: SeatDraft, by: Actor, now: datetime, id: UUID | None = None) -> BodyMember:
    """Seat a member, a unit or a named party from today on. The same id sent again is the same seat.

    Raises RuleBroken(field) unless exactly one is named, or when it sits there already, or for a second chair.
    """
    require_runs(by, body)
    unit = hold_unit(draft.work_unit) if draft.work_unit else None
    row = lock_body(body.pk)
    name = draft.party_name.strip()[: rules.NAME_LENGTH]
    content = {"party": draft.party, "role": draft.role, "party_name": name}
    keys = {"member_id": draft.member and draft.member.pk, "work_unit_id": draft.work_unit and draft.work_unit.pk}
    if found := already(BodyMember, id, body_id=row.pk, **content, **keys):
        return found
    if unit is not None:
        check_unit_open(unit)
    rules.check_body_live(is_live=row.ended_on is None)
    rules.check_seat(
        draft.party, has_member=draft.member is not None, has_unit=draft.work_unit is not None, has_name=bool(name)
    )
    seats = BodyMember.objects.open().filter(body=row)
    same = Q(member=draft.member) if draft.member else Q(work_unit=draft.work_unit) if draft.work_unit else Q(pk=None)
    has_chair = draft.role == BodyRole.CHAIR and seats.filter(role=BodyRole.CHAIR).exists()
    rules.check_seat_free(is_taken=seats.filter(same).exists(), has_chair=has_chair)
    seat = BodyMember.objects.create(
        **content,
        **keys,
        id=id or new_id(),
        body=row,
        district_code=row.district_code,
        since=localdate(now),
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.SEAT_ADD, by=by, on=seat, now=now, party=seat.party, role=seat.role)
    return seat


@transaction.atomic
def end_seat(*, seat: BodyMember, by: Actor, now: datetime) -> BodyMember:
    """Somebody sits there no longer. Harmless twice."""
    require_runs(by, seat.body)
    lock_body(seat.body_id)
    row = BodyMember.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    if row.until is not None:
        return row
    close_seat(row, by=by, now=now)
    return row


def close_seat(row: BodyMember, *, by: Actor, now: datetime) -> None:
    """End an open seat of a locked body today."""
    row.until, row.ended_at, row.ended_by = max(row.since, localdate(now)), now, by.user_id
    row.save(update_fields=["until", "ended_at", "ended_by"])
    audit.record(Tag.SEAT_END, by=by, on=row, now=now)


@transaction.atomic
def publish_record(
    *, body: Body, kind: RecordKind, month: date, text: str, by: Actor, now: datetime, id: UUID | None = None
) -> BodyRecord:
    """Publish the menu of a month, or what the survey of a month found. month: its first day. Sources: A34, A35.

    The same id sent again is the same record. Raises RuleBroken(field).
    """
    require_runs(by, body)
    row = lock_body(body.pk)
    said = rules.check_said(text, _("Write what it says."), field="text", longest=2 * rules.LONG_TEXT)
    if found := already(BodyRecord, id, body_id=row.pk, kind=kind, month=month, text=said):
        return found
    rules.check_body_live(is_live=row.ended_on is None)
    is_taken = BodyRecord.objects.filter(body=row, kind=kind, month=month).exists()
    is_menu = kind == RecordKind.MENU
    rules.check_record_month(month=month, today=localdate(now), is_menu=is_menu, is_taken=is_taken)
    made = BodyRecord.objects.create(
        id=id or new_id(),
        body=row,
        district_code=row.district_code,
        kind=kind,
        month=month,
        text=said,
        published_at=now,
        published_by=by.user_id,
    )
    audit.record(Tag.BODY_RECORD, by=by, on=made, now=now, kind=kind.value, month=month.isoformat())
    return made

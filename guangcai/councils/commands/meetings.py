"""Meetings: called before, called off with a reason, closed with attendance and decisions, minuted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.publication import check_publishable
from guangcai.core.text import is_blank
from guangcai.councils import rules
from guangcai.councils.commands.bodies import lock_body, same_lines
from guangcai.councils.enums import MinutesStage
from guangcai.councils.models import AgendaItem, Body, BodyMember, Decision, Meeting, MeetingAttendance, Minutes
from guangcai.councils.queries.rights import require_runs, runs


@dataclass(frozen=True)
class MeetingDraft:
    """The notice: what, where, when, and what is talked about, a line each."""

    title: str
    place: str
    starts_at: datetime
    agenda: Sequence[str] = ()


def lock_meeting(pk: UUID) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("body")
    return rows.get(pk=pk)


@transaction.atomic
def call_meeting(*, body: Body, draft: MeetingDraft, by: Actor, now: datetime, id: UUID | None = None) -> Meeting:
    """Tell people of a meeting to come, with its agenda. The same id sent again is the same meeting.

    Raises RuleBroken(field), `told_late` for a time that has begun.
    """
    require_runs(by, body)
    row = lock_body(body.pk)
    title = rules.check_said(draft.title, _("Say what the meeting is about."), field="title", longest=rules.LINE_LENGTH)
    place = rules.check_said(draft.place, _("Say where people meet."), field="place", longest=rules.LINE_LENGTH)
    lines = [line.strip()[: rules.LINE_LENGTH] for line in draft.agenda if not is_blank(line)][: rules.MOST_LINES]
    if found := already(Meeting, id, body_id=row.pk, title=title, place=place, starts_at=draft.starts_at):
        same_lines(found.agenda.filter(proposal=None).values_list("title", flat=True), lines)
        return found
    rules.check_body_live(is_live=row.ended_on is None)
    rules.check_told(starts_at=draft.starts_at, now=now)
    meeting = Meeting.objects.create(
        id=id or new_id(),
        district_code=row.district_code,
        body=row,
        path=row.path,
        title=title,
        place=place,
        starts_at=draft.starts_at,
        told_at=now,
        told_by=by.user_id,
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, district_code=row.district_code, position=position, title=line)
        for position, line in enumerate(lines, start=1)
    )
    audit.record(Tag.MEETING_CALL, by=by, on=meeting, now=now, items=len(lines))
    return meeting


@transaction.atomic
def call_off_meeting(*, meeting: Meeting, reason: str, by: Actor, now: datetime) -> Meeting:
    """It does not take place, and why. What was tabled in it waits for another meeting. Harmless twice."""
    require_runs(by, meeting.body)
    row = lock_meeting(meeting.pk)
    if row.called_off_at is not None:
        return row
    said = rules.check_said(reason, _("Say why it is called off."), field="reason", longest=rules.NOTE_LENGTH)
    rules.check_meeting_open(is_closed=row.closed_at is not None, is_called_off=False)
    row.called_off_at, row.called_off_by, row.call_off_reason = now, by.user_id, said
    row.save(update_fields=["called_off_at", "called_off_by", "call_off_reason"])
    audit.record(Tag.MEETING_CALL_OFF, by=by, on=row, now=now)
    return row


@dataclass(frozen=True)
class Closing:
    """Who was there (seats of the body), how many residents without a seat, what was decided, when they meet again.

    decided: on which proposal of the agenda (its key) what was decided, in words that everybody reads.
    """

    seats: Collection[BodyMember]
    next_on: date
    decisions: Sequence[str] = field(default_factory=tuple)
    residents: int = 0
    decided: Mapping[UUID, str] = field(default_factory=dict)


@transaction.atomic
def close_meeting(*, meeting: Meeting, closing: Closing, by: Actor, now: datetime) -> Meeting:
    """Write down who was there, what was decided and the next day. It gives no hours and moves no proposal.

    Harmless twice. Raises RuleBroken(field). Source: Order 685 (a meeting is no service), peers' closing form.
    """
    require_runs(by, meeting.body)
    row = lock_meeting(meeting.pk)
    if row.closed_at is not None:
        return row
    rules.check_meeting_open(is_closed=False, is_called_off=row.called_off_at is not None)
    seats = [seat for seat in closing.seats if seat.body_id == row.body_id]
    rules.check_close(
        starts_at=row.starts_at, now=now, present=len(seats), next_on=closing.next_on, today=localdate(now)
    )
    row.closed_at, row.closed_by, row.next_on = now, by.user_id, closing.next_on
    row.residents = closing.residents
    row.save(update_fields=["closed_at", "closed_by", "next_on", "residents"])
    MeetingAttendance.objects.bulk_create(
        MeetingAttendance(meeting=row, district_code=row.district_code, seat=seat) for seat in seats
    )
    number = _decide(row, closing)
    audit.record(Tag.MEETING_CLOSE, by=by, on=row, now=now, present=len(seats), decisions=number)
    return row


def _decide(row: Meeting, closing: Closing) -> int:
    """Write the decisions down, those on proposals of the agenda first; returns how many."""
    tabled = row.agenda.filter(proposal__in=closing.decided).values_list("proposal", flat=True)
    lines = [(closing.decided[key], key) for key in tabled] + [(line, None) for line in closing.decisions]
    said = [(line.strip()[: rules.TEXT_LENGTH], key) for line, key in lines if not is_blank(line)][: rules.MOST_LINES]
    for line, key in said:
        if key:
            check_publishable(rules.decided_field(key), line)
    Decision.objects.bulk_create(
        Decision(meeting=row, district_code=row.district_code, position=position, text=line, proposal_id=key)
        for position, (line, key) in enumerate(said, start=1)
    )
    return len(said)


def may_amend(meeting: Meeting, actor: Actor) -> bool:
    """Whoever was there as a member, and the desk. One query."""
    if runs(actor, meeting.body):
        return True
    if actor.member_id is None:
        return False
    return MeetingAttendance.objects.filter(meeting=meeting, seat__member=actor.member_id).exists()


@transaction.atomic
def write_minutes(
    *, meeting: Meeting, stage: MinutesStage, text: str, by: Actor, now: datetime, id: UUID | None = None
) -> Minutes:
    """Add a version of the minutes: a draft, an amendment by somebody who was there, or the final one, which stays.

    The same id sent again is the same version. Raises RuleBroken(field), Conflict once they are final.
    """
    if not (stage == MinutesStage.AMENDED and may_amend(meeting, by)):
        require_runs(by, meeting.body)
    row = lock_meeting(meeting.pk)
    said = rules.check_said(text, _("Write the minutes."), field="text", longest=rules.MINUTES_LENGTH)
    if found := already(Minutes, id, meeting_id=row.pk, stage=stage, text=said):
        return found
    before = list(row.minutes.order_by("version").values_list("stage", flat=True))
    rules.check_minutes(stage, before=before, is_held=row.closed_at is not None)
    made = Minutes.objects.create(
        id=id or new_id(),
        district_code=row.district_code,
        meeting=row,
        version=len(before) + 1,
        stage=stage,
        text=said,
        written_at=now,
        written_by=by.user_id,
    )
    audit.record(Tag.MINUTES_WRITE, by=by, on=made, now=now, stage=stage.value, version=made.version)
    return made

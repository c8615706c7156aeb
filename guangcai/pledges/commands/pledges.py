"""The pledge: made by a member, marked as done, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.commitments import rules as shared
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.pledges import rules
from guangcai.pledges.models import Pledge, PledgeLine, PledgeMark, Version


@dataclass(frozen=True)
class Content:
    """What is pledged, as typed. due_on: a local date within the year."""

    promises: Sequence[rules.Promise]
    year: int
    due_on: date
    is_public: bool = False


@transaction.atomic
def make_pledge(
    *,
    version: Version,
    member: Member,
    content: Content,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
    asked: str = "",
) -> Pledge:
    """A member pledges for a year: from this day on it holds. The same id sent again is the same pledge.

    By the member, or by the desk for somebody who asked (asked: how, it goes into the trail).
    Raises RuleBroken: already_pledged, nothing_chosen, due ... Sources: A55, A57; Order 685 art 25.
    """
    own = by.member_id == member.pk
    by.require(Permission.PLEDGE_MAKE if own else Permission.PLEDGE_EDIT, member.path)
    row = Member.objects.select_for_update(of=("self",), no_key=True).select_related("community").get(pk=member.pk)
    said = {"year": content.year, "is_public": content.is_public, "until": content.due_on}
    if found := already(Pledge, id, member_id=row.pk, version_id=version.pk, **said):
        return _same_lines(found, content)
    shared.check_asked(own=own, asked=asked)
    community = _checked(row, version, content, today=localdate(now))
    pledge = Pledge.objects.create(
        **of_community(community),
        id=id or new_id(),
        member=row,
        template_id=version.template_id,
        version=version,
        year=content.year,
        is_public=content.is_public,
        offered_at=now,
        offered_by=by.user_id,
        confirmed_at=now,  # Nobody has to agree to a promise: it holds by being made.
        held_since=localdate(now),
        until=content.due_on,
    )
    lines = _add_lines(pledge, content)
    audit.record(Tag.PLEDGE_MAKE, by=by, on=pledge, now=now, lines=lines, public=content.is_public, asked=asked)
    return pledge


def _same_lines(pledge: Pledge, content: Content) -> Pledge:
    """Raises Conflict when the id stands for other items."""
    lines = pledge.lines.order_by("position").values_list("text", "measure", "kind_id", "times")
    if list(lines) != [(one.text.strip(), one.measure, one.kind_id, one.times) for one in content.promises]:
        raise other_content()
    return pledge


def _checked(row: Member, version: Version, content: Content, *, today: date) -> Node:
    """Where the pledge is made; raises RuleBroken for what speaks against it, OutOfScope for items of another place."""
    rules.check_pledge(promises=content.promises, year=content.year, due_on=content.due_on, today=today)
    made = Pledge.objects.standing().filter(member=row, template=version.template_id, year=content.year)
    community = row.community
    rules.check_member(is_on_roster=row.is_current, has_community=community is not None, has_pledged=made.exists())
    if community is None or not row.path.startswith(version.path):
        raise OutOfScope()
    return community


def _add_lines(pledge: Pledge, content: Content) -> int:
    """How many."""
    rows = PledgeLine.objects.bulk_create(
        PledgeLine(
            pledge=pledge,
            district_code=pledge.district_code,
            position=number,
            text=one.text.strip(),
            measure=one.measure,
            kind_id=one.kind_id,
            times=one.times,
        )
        for number, one in enumerate(content.promises, start=1)
    )
    return len(rows)


@transaction.atomic
def mark_done(*, line: PledgeLine, done_on: date, note: str, by: Actor, now: datetime) -> PledgeMark:
    """The member says that a line is done, and how; the desk for somebody without a phone. Harmless twice.

    Raises RuleBroken(field): note_missing, done_on, drawn_from_ledger, pledge_over.
    """
    pledge = lock_pledge(line.pledge_id)
    _require_own_or_desk(by, pledge)
    if found := PledgeMark.objects.filter(line=line, withdrawn_at=None).first():
        return found
    rules.check_mark(
        measure=line.measure,
        note=note,
        done_on=done_on,
        year=pledge.year,
        today=localdate(now),
        is_over=pledge.ended_at is not None or pledge.outcome is not None,
    )
    mark = PledgeMark.objects.create(
        line=line,
        district_code=pledge.district_code,
        done_on=done_on,
        note=note.strip(),
        marked_at=now,
        marked_by=by.user_id,
    )
    audit.record(Tag.PLEDGE_MARK, by=by, on=mark, now=now, path=pledge.path)
    return mark


@transaction.atomic
def withdraw_mark(*, mark: PledgeMark, by: Actor, now: datetime) -> PledgeMark:
    """Take a mark back that was set by mistake. Harmless twice; after the review nothing changes any more."""
    pledge = lock_pledge(mark.line.pledge_id)
    _require_own_or_desk(by, pledge)
    row = PledgeMark.objects.select_for_update().get(pk=mark.pk)
    if row.withdrawn_at is not None:
        return row
    shared.check_live(ended_at=pledge.ended_at)
    rules.check_open(is_reviewed=pledge.outcome is not None)
    row.withdrawn_at, row.withdrawn_by = now, by.user_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record(Tag.PLEDGE_MARK_WITHDRAW, by=by, on=row, now=now, path=pledge.path)
    return row


@transaction.atomic
def end_pledge(*, pledge: Pledge, reason: EndReason, note: str, by: Actor, now: datetime) -> Pledge:
    """Either side ends it before its day; it is no mark against anybody. Harmless twice. Source: Order 685 art 25."""
    own = by.member_id == pledge.member_id
    by.require(Permission.PLEDGE_MAKE if own else Permission.PLEDGE_EDIT, pledge.path)
    row = lock_pledge(pledge.pk)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    return _end(row, reason, note.strip(), by=by, now=now)


@transaction.atomic
def end_over(*, by: Actor, now: datetime) -> int:
    """End the pledges whose day has passed; how many. For the nightly job; harmless twice."""
    over = Pledge.objects.live().filter(until__lt=localdate(now)).select_for_update(of=("self",), skip_locked=True)
    rows = list(over.order_by("pk"))
    for row in rows:
        _end(row, EndReason.TERM_OVER, "", by=by, now=now)
    return len(rows)


def _end(row: Pledge, reason: EndReason, note: str, *, by: Actor, now: datetime) -> Pledge:
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    audit.record(Tag.PLEDGE_END, by=by, on=row, now=now, reason=reason.value)
    return row


def lock_pledge(pk: UUID) -> Pledge:
    """The pledge under a lock that holds up its marks, its review and its end.

    Its review is read afterwards: a join would still show it as it was before the lock was waited for.
    """
    rows = Pledge.objects.select_for_update(of=("self",), no_key=True).select_related("template")
    return rows.get(pk=pk)


def _require_own_or_desk(by: Actor, pledge: Pledge) -> None:
    own = by.member_id == pledge.member_id
    by.require(Permission.PLEDGE_MAKE if own else Permission.PLEDGE_EDIT, pledge.path)

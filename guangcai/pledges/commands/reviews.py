"""The review: at the end the community says in words what became of a pledge; the member may answer once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.accounts.commands import tell_members
from guangcai.commitments import rules as shared
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.permissions import Permission
from guangcai.pledges import rules
from guangcai.pledges.commands.pledges import lock_pledge
from guangcai.pledges.enums import Finding, PledgeState
from guangcai.pledges.models import Pledge, PledgeReview
from guangcai.pledges.notices import REVIEWED
from guangcai.pledges.queries.fulfilment import fulfilment


@transaction.atomic
def review(*, pledge: Pledge, finding: Finding, words: str, by: Actor, now: datetime) -> PledgeReview:
    """Say what became of a pledge that is over, or fulfilled before its day; the member is told. Harmless twice.

    Never a score. Nobody reviews his own. Raises RuleBroken: under_way, words_missing, given_up.
    """
    by.require(Permission.PLEDGE_EDIT, pledge.path)
    shared.check_confirmer(member_id=pledge.member_id, by_member=by.member_id)
    row = lock_pledge(pledge.pk)
    if row.outcome is not None:
        return row.review
    state = row.state_on(localdate(now))
    rules.check_review(
        is_over=state == PledgeState.TO_REVIEW,
        is_fulfilled=fulfilment([row])[row.pk].is_whole,
        was_given_up=row.ended_at is not None and row.end_reason != EndReason.TERM_OVER,
        finding=finding,
        words=words,
    )
    made = PledgeReview.objects.create(
        pledge=row,
        district_code=row.district_code,
        finding=finding,
        words=words.strip(),
        reviewed_at=now,
        reviewed_by=by.user_id,
    )
    audit.record(Tag.PLEDGE_REVIEW, by=by, on=made, now=now, path=row.path, finding=finding.value)
    _tell(row, now=now)
    return made


@transaction.atomic
def review_fulfilled(*, pledges: Sequence[Pledge], by: Actor, now: datetime) -> list[PledgeReview]:
    """Review several pledges whose every line is fulfilled; all of them or none. Harmless twice.

    Raises RuleBroken(code="not_all_fulfilled") when one is not.
    """
    rows = sorted(pledges, key=lambda one: one.pk)
    known = fulfilment(rows)
    rules.check_all_fulfilled([row for row in rows if not known[row.pk].is_whole])
    return [review(pledge=row, finding=Finding.FULFILLED, words="", by=by, now=now) for row in rows]


@transaction.atomic
def answer_review(*, pledge: Pledge, answer: str, by: Actor, now: datetime) -> PledgeReview:
    """The member's own words on the review, once. The same words sent again are the same answer."""
    if by.member_id != pledge.member_id:
        raise Forbidden() if by.can(Permission.PLEDGE_VIEW, pledge.path) else OutOfScope()
    row = lock_pledge(pledge.pk)
    if row.outcome is None:
        raise OutOfScope()
    found = row.review
    if found.answered_at is not None and found.answer == answer.strip():
        return found
    rules.check_answer(answer=answer, was_answered=found.answered_at is not None)
    found.answer, found.answered_at, found.answered_by = answer.strip(), now, by.user_id
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(Tag.PLEDGE_ANSWER, by=by, on=found, now=now, path=row.path)
    return found


def _tell(pledge: Pledge, *, now: datetime) -> None:
    tell_members([pledge.member_id], REVIEWED, now=now, title=pledge.template.name, year=pledge.year)

"""Ends without the asker's word, the street's rulings, and what the program does by itself every night."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.dispatching import Worker, hand_to, hold
from guangcai.cases.commands.locks import lock_case, lock_visible
from guangcai.cases.commands.steps import take_step
from guangcai.cases.commands.telling import tell_asker
from guangcai.cases.enums import RUNNING, CaseState, CloseCode, Side, StepKind
from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.orgs.policies import CaseTime, in_force_at


@transaction.atomic
def close_case(
    *, case: Case, code: str, by: Actor, now: datetime, note: str = "", duplicate_of: Case | None = None
) -> Case:
    """The desk closes a double, a withdrawn case or one that belongs elsewhere; the asker may still say "not solved".

    A double names another case of the same community that is none itself. Raises RuleBroken(field).
    """
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_EDIT, row.path)
    rules.check_close(code=code, has_other=duplicate_of is not None, note=note)
    if code == CloseCode.DUPLICATE and duplicate_of is not None:
        _check_other(row, duplicate_of)
        row.duplicate_of = duplicate_of
    take_step(row, StepKind.CLOSED, side=Side.DESK, by=by, now=now, note=note, close_code=code)
    if code == CloseCode.REFERRED:
        tell_asker(row, "ended", now=now)
    return row


def _check_other(row: Case, other: Case) -> None:
    is_fit = other.pk != row.pk and other.community_id == row.community_id and other.duplicate_of_id is None
    if not is_fit:
        words = _("Name another case of this community that is no double itself.")
        raise RuleBroken(words, field="duplicate_of", code="other_unfit")


@transaction.atomic
def escalate(*, case: Case, note: str, by: Actor, now: datetime) -> Case:
    """The desk brings a case before the street, which says who must do it."""
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_EDIT, row.path)
    rules.check_note(note, required=True)
    if row.dispatched_at is None:
        words = _("Ask somebody first: the street decides where two do not agree.")
        raise RuleBroken(words, code="not_dispatched")
    take_step(row, StepKind.ESCALATED, side=Side.DESK, by=by, now=now, note=note)
    return row


@transaction.atomic
def rule_worker(*, case: Case, worker: Worker, note: str, by: Actor, now: datetime) -> Case:
    """The street says who does it. The clock goes on from the first dispatch. Source: §2.10."""
    hold(worker)
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_RULE, row.path)
    rules.check_note(note, required=True)
    return hand_to(row, worker, StepKind.RULED, side=Side.STREET, by=by, now=now, note=note)


@transaction.atomic
def rule_out(*, case: Case, code: str, note: str, by: Actor, now: datetime) -> Case:
    """The street says that it is not done here, and why: closed, outside the rates, and the asker is told."""
    row = lock_visible(case.pk, by)
    by.require(Permission.CASE_RULE, row.path)
    rules.check_rule_out(code=code, note=note)
    take_step(row, StepKind.RULED_OUT, side=Side.STREET, by=by, now=now, note=note, close_code=code)
    tell_asker(row, "ended", now=now)
    return row


def close_unanswered(*, by: Actor, now: datetime) -> int:
    """Close what was called back and not answered within the days of the rule; returns how many. For the nightly job.

    Closed, not solved: only the asker says solved. Each in a transaction of its own.
    """
    # The shortest period that any rule could set.
    waiting = Case.objects.filter(state=CaseState.CALLED_BACK, called_back_at__lt=now - timedelta(days=1))
    done = 0
    for key in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = lock_case(key)
            days = in_force_at(CaseTime, path=row.path, on=localdate(now)).answer_days
            called = row.called_back_at
            if row.state != CaseState.CALLED_BACK or called is None:
                continue
            if rules.is_unanswered(called_back_at=called, answer_days=days, now=now):
                code = {"close_code": CloseCode.UNANSWERED}
                take_step(row, StepKind.CLOSED, side=Side.PROGRAM, by=by, now=now, **code)
                done += 1
    return done


def notice_overdue(*, by: Actor, now: datetime) -> int:
    """Tell the street of what is `notice_days` over time, once a case; returns how many. For the nightly job."""
    late = Case.objects.filter(state__in=RUNNING, due_solution__lt=now, noticed_at=None)
    done = 0
    for key in list(late.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = lock_case(key)
            days = in_force_at(CaseTime, path=row.path, on=localdate(now)).notice_days
            if row.noticed_at is not None or row.state not in RUNNING or row.due_solution is None:
                continue
            if now > row.due_solution + timedelta(days=days):
                take_step(row, StepKind.NOTICED, side=Side.PROGRAM, by=by, now=now)
                done += 1
    return done

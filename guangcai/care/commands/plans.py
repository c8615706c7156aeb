"""Five-fixed plans (A61) and the personal task card (A65)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.care import rules
from guangcai.care.commands.locks import lock_household
from guangcai.care.enums import Outcome, SaidBy
from guangcai.care.models import Household, Pairing, ServicePlan, TaskKind, TaskMark
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node


@transaction.atomic
def draft_plan(
    *,
    household: Household,
    member: Member | None,
    times: str,
    what: str,
    effect: str,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> ServicePlan:
    """Write a plan down, complete or not. The same id sent again is the same plan. Raises OutOfScope, RuleBroken.

    member: one who holds a pairing with the household; nobody else learns of it.
    """
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    rules.check_current(ended_at=row.ended_at)
    _check_member(row, member)
    words = {"times": times.strip(), "what": what.strip(), "effect": effect.strip()}
    if found := already(ServicePlan, id, household_id=row.pk, member_id=member.pk if member else None, **words):
        return found
    plan = ServicePlan.objects.create(
        **of_community(row.community),
        **words,
        id=id or new_id(),
        household=row,
        member=member,
        drafted_at=now,
        drafted_by=by.user_id,
    )
    audit.record(Tag.PLAN_DRAFT, by=by, on=plan, now=now, household=str(row.pk))
    return plan


@transaction.atomic
def start_plan(*, plan: ServicePlan, by: Actor, now: datetime) -> ServicePlan:
    """The plan begins today; only with who, when, for whom, what and the intended effect. Harmless twice."""
    by.require(Permission.CARE_EDIT, plan.path)
    row = ServicePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if row.started_on is not None:
        return row
    rules.check_plan_start(
        rules.missing_of_five(member=row.member_id, times=row.times, what=row.what, effect=row.effect)
    )
    row.started_on, row.started_by = localdate(now), by.user_id
    row.save(update_fields=["started_on", "started_by"])
    audit.record(Tag.PLAN_START, by=by, on=row, now=now)
    return row


@transaction.atomic
def check_plan(*, plan: ServicePlan, outcome: Outcome, said_by: SaidBy, by: Actor, now: datetime) -> ServicePlan:
    """Whether the intended effect was reached, by the word of the household or the desk, never of who did it."""
    if by.member_id is not None and by.member_id == plan.member_id:
        raise Forbidden()
    by.require(Permission.CARE_EDIT, plan.path)
    row = ServicePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    rules.check_plan_check(
        is_started=row.started_on is not None,
        is_checked=row.checked_at is not None,
        own=False,
        outcome=outcome,
        said_by=said_by,
    )
    row.outcome, row.outcome_by, row.checked_at, row.checked_by = outcome, said_by, now, by.user_id
    row.save(update_fields=["outcome", "outcome_by", "checked_at", "checked_by"])
    audit.record(Tag.PLAN_CHECK, by=by, on=row, now=now, outcome=outcome.value)
    return row


@transaction.atomic
def mark_task(
    *,
    member: Member,
    community: Node,
    kind: TaskKind,
    done_on: date,
    note: str,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> TaskMark:
    """A member notes on his own card what he did; nobody else does, and nothing is counted from it."""
    if by.member_id != member.pk:
        raise OutOfScope()
    note = note.strip()[:120]
    if found := already(TaskMark, id, member_id=member.pk, kind_id=kind.pk, done_on=done_on, note=note):
        return found
    rules.check_task(done_on=done_on, today=localdate(now), note=note)
    mark = TaskMark.objects.create(
        **of_community(community), id=id or new_id(), member=member, kind=kind, done_on=done_on, note=note, noted_at=now
    )
    audit.record(Tag.TASK_MARK, by=by, on=mark, now=now, kind=kind.code)
    return mark


def _check_member(row: Household, member: Member | None) -> None:
    if member is None:
        return
    if not Pairing.objects.held().filter(household=row, member=member).exists():
        raise RuleBroken(rules.NOT_THE_PAIR, field="member", code="not_the_pair")

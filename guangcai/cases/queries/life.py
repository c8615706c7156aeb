"""One timeline of a case, as each reader may see it; and what a member's own timeline tells of cases."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from guangcai.cases.enums import DeclineReason, ReturnReason, Side, StepKind
from guangcai.cases.models import Case, CaseStep
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.screens import TimelineItem
from guangcai.core.templatetags.core import moment
from guangcai.members.models import Member

SHOWN = 100
TONES = {
    StepKind.RAISED: "info",
    StepKind.DONE: "good",
    StepKind.CONFIRMED: "good",
    StepKind.RETURNED: "wait",
    StepKind.DISPUTED: "bad",
    StepKind.DECLINED: "wait",
    StepKind.REOPENED: "bad",
    StepKind.NOTICED: "bad",
    StepKind.ESCALATED: "wait",
}
# What the asker and whoever does it read of the words; the desk's talk with others is not theirs.
TOLD_TO_ALL = frozenset({StepKind.RULED_OUT, StepKind.CLOSED, StepKind.REOPENED, StepKind.CONFIRMED, StepKind.DONE})


def life_of(case: Case, actor: Actor) -> list[TimelineItem]:
    """Every step, oldest first. Notes are read by the desk and the street; others read the words meant for them.

    No line names a person who acted: it names his part. One statement.
    """
    sees_all = actor.can(Permission.CASE_VIEW, case.path)
    steps = case.steps.select_related("written").order_by("number")
    return [_line(step, sees_all=sees_all) for step in steps]


def public_life_of(case: Case) -> list[TimelineItem]:
    """The same for whoever follows a case by its code: no worker's name, and only words meant for everybody."""
    steps = case.steps.select_related("written").order_by("number")
    return [_line(step, sees_all=False, names_worker=False) for step in steps]


def _line(step: CaseStep, *, sees_all: bool, names_worker: bool = True) -> TimelineItem:
    parts = [*_facts(step, names_worker=names_worker)]
    written = getattr(step, "written", None)
    if written is not None and (sees_all or step.kind in TOLD_TO_ALL):
        parts.append(written.note)
    title = step.get_kind_display()
    if step.side != Side.PROGRAM and step.kind not in (StepKind.CONFIRMED, StepKind.REOPENED):
        title = _("%(step)s · %(side)s") % {"step": title, "side": step.get_side_display()}
    return TimelineItem(at=step.at, title=title, text=" · ".join(parts), tone=TONES.get(StepKind(step.kind), "idle"))


def _facts(step: CaseStep, *, names_worker: bool) -> Iterator[str]:
    if step.worker_name:
        yield step.worker_name if names_worker else step.get_worker_display()
    if step.reason:
        reasons = DeclineReason if step.kind == StepKind.DECLINED else ReturnReason
        yield str(reasons(step.reason).label)
    if step.appointed_for is not None:
        yield moment(step.appointed_for)
    if step.outcome:
        yield step.get_outcome_display()
    if step.is_satisfied is not None:
        yield _("satisfied") if step.is_satisfied else _("not satisfied")
    if step.close_code:
        yield step.get_close_code_display()


def timeline_of(member: Member, actor: Actor) -> Iterator[TimelineItem]:
    """Jobs a member finished, to himself and his desk: the number and the item, never who asked. One query."""
    if actor.member_id != member.pk and not actor.can(Permission.CASE_VIEW, member.path):
        return
    rows = CaseStep.objects.filter(Q(case__assignment__member=member) | Q(member=member), kind=StepKind.DONE)
    rows = rows.filter(Q(case__in=Case.objects.visible_to(actor).values("pk")) | Q(member=actor.member_id))
    for step in rows.select_related("case__item").order_by("-at", "pk")[:SHOWN]:
        title = _("Request done: %(item)s") % {"item": step.case.item.name}
        yield TimelineItem(at=step.at, title=title, text=step.case.number, tone="good", icon="check")

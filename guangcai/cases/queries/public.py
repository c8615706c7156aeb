"""What the resident's page reads: communities with a desk, what can be asked there, one case as its asker sees it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.cases.enums import CaseState, StateType, StepKind
from guangcai.cases.models import Case, CaseStep, Item
from guangcai.cases.queries.life import public_life_of
from guangcai.cases.rules import MOVES
from guangcai.core.database.fixed import Lookup
from guangcai.core.screens import TimelineItem
from guangcai.core.templatetags.core import moment
from guangcai.orgs.merged import community_at
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.roles import Role


def communities(*, on: date) -> "QuerySet[Node]":
    """Communities with a desk: those where somebody reads what is asked."""
    served = Grant.objects.in_force(on).filter(node=OuterRef("pk"), role=Role.DESK_WORKER, ended_at=None)
    return Node.objects.in_force(on).communities().filter(Exists(served)).order_by("code")


# What every resident's request asks for: a district may send hundreds in the same minute.
_COMMUNITY = Lookup(lambda code, on: communities(on=on).filter(code=code), code="", on=date.min)
_ITEM = Lookup(lambda pk: Item.objects.filter(pk=pk).order_by(), pk=0)


def community_of(code: str, *, on: date) -> Node:
    """The community with a desk that has this code. Raises LeadsOn where it was merged away, Http404 for any other."""
    return _COMMUNITY.first(code=code, on=on) or community_at(code, communities(on=on))


def item_of(community: Node, pk: int, *, on: date) -> Item | None:
    """One of items_of(community), by its key; None when it is not offered there today."""
    item = _ITEM.first(pk=pk)
    return item if item is not None and item.is_offered(community.path, on=on) else None


def items_of(community: Node, *, on: date) -> "QuerySet[Item]":
    """What can be asked for in a community today, in no order."""
    return Item.objects.valid_at(community.path).in_force(on).order_by()


@dataclass(frozen=True)
class Shelf:
    """A category with its items, as the resident's page lays them out."""

    name: str
    items: list[Item]


def shelves(community: Node, *, on: date) -> list[Shelf]:
    """Everything that can be asked for, by category. One statement."""
    rows = items_of(community, on=on).select_related("category").order_by("category__position", "position", "pk")
    grouped = groupby(rows, key=lambda row: row.category.name)
    return [Shelf(name, list(items)) for name, items in grouped]


@dataclass(frozen=True)
class OwnCase:
    """One case as its asker sees it: how it stands in a sentence, what happens next, and what he may say."""

    case: Case
    mark: str
    tone: str
    standing: str
    next_step: str
    lines: list[TimelineItem]
    may_confirm: bool
    may_reopen: bool


def own_case(pk: UUID) -> OwnCase | None:
    """The case behind a code that was shown; names nobody but the parts (desk, street, who does it). Three statements.

    None when it is no longer followed: its asker was taken away after the retention.
    """
    rows = Case.objects.select_related("item", "community", "place", "assignment", "asker")
    case = rows.filter(pk=pk, asker__isnull=False, anonymised_at=None).first()
    if case is None:
        return None
    moves = MOVES[CaseState(case.state)]
    standing, next_step = _words_of(case)
    return OwnCase(
        case=case,
        mark=_("Waits for your word") if case.state in DONE else str(case.state_type.label),
        tone=TONES[case.state_type],
        standing=standing,
        next_step=next_step,
        lines=public_life_of(case),
        may_confirm=StepKind.CONFIRMED in moves,
        may_reopen=StepKind.REOPENED in moves,
    )


def was_reopened_as(case: Case, note: str) -> bool:
    """Whether "not solved" in these words was the last thing said of the case: the same form sent twice."""
    last = CaseStep.objects.filter(case=case).select_related("written").order_by("-number").first()
    return last is not None and last.kind == StepKind.REOPENED and last.written.note == note.strip()


DONE = (CaseState.DONE, CaseState.CALLED_BACK)
TONES = {StateType.OPEN: "wait", StateType.CLOSED: "idle", StateType.SOLVED: "good"}


def _words_of(case: Case) -> tuple[str, str]:
    """How it stands, and what happens next: both in words for the asker."""
    match CaseState(case.state):
        case CaseState.TO_DISPATCH if case.dispatched_at is None:
            return pgettext("case", "Written down"), _(
                "The desk of your community reads it and asks somebody to see to it."
            )
        case CaseState.TO_DISPATCH:
            return _("At the desk again"), _("The desk asks somebody to see to it. The time goes on running.")
        case CaseState.DISPATCHED | CaseState.ACCEPTED:
            words = _("You are contacted by %(due)s.") if case.responded_at is None else _("It is done by %(due)s.")
            due = case.due_response if case.responded_at is None else case.due_solution
            return _("Somebody sees to it"), words % {"due": moment(due)}
        case CaseState.APPOINTED:
            return _("Day and hour are agreed"), _("The line below says when.")
        case CaseState.TO_RULE:
            return _("The street decides who does it"), _("You need not do anything. The time goes on running.")
        case CaseState.DONE | CaseState.CALLED_BACK:
            return _("It was worked on"), _("Is it solved? Only you can say so.")
        case CaseState.SOLVED:
            return _("Solved, as you said"), _("Should it come back, say so here: the same request is opened again.")
        case _:
            return _("Ended: %(why)s") % {"why": case.get_close_code_display()}, case.item.elsewhere or _(
                "If that is not right, say so here: the same request is opened again."
            )

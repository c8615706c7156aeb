"""Proposals as screens show them: lists, what is due, what a form may put to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.enums import MatterKind, ProposalState
from guangcai.councils.models import MatterLink, Proposal

S = ProposalState
# The pages whose address a link takes. Names of addresses, not imports.
PAGES = {
    MatterKind.SUGGESTION: "portal:suggestion_answer",
    MatterKind.BOOKING: "places:booking",
    MatterKind.ACTIVITY: "activities:activity",
    MatterKind.CASE: "cases:case",
    MatterKind.WISH: "wishes:wish",
    MatterKind.AGREEMENT: "councils:agreement",
}


def with_numbers(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Each with how many units promised something that stands."""
    live = Q(pledges__withdrawn_at=None, pledges__id__isnull=False)
    rows = proposals.select_related("community", "meeting__body", "proposer")
    return rows.annotate(promises=Count("pledges", filter=live))


@dataclass(frozen=True)
class ProposalsDue:
    """What waits for the desk: to be screened, to be tabled, done and to be judged, judged and to be published."""

    raised: int
    accepted: int
    done: int
    judged: int


def due(actor: Actor, *, paths: Iterable[str]) -> ProposalsDue:
    """One query."""
    mine = under("path", actor.paths_with(Permission.COUNCIL_EDIT)) & under("path", list(paths))
    rows = Proposal.objects.filter(mine, state__in=[S.RAISED, S.ACCEPTED, S.DONE, S.JUDGED])
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return ProposalsDue(*(counted.get(state, 0) for state in (S.RAISED, S.ACCEPTED, S.DONE, S.JUDGED)))


def own_proposals(actor: Actor) -> list[Proposal]:
    """What the actor proposed, what waits for his word first. One query."""
    if actor.member_id is None:
        return []
    rows = list(with_numbers(Proposal.objects.filter(proposer=actor.member_id)).order_by("-raised_at", "pk"))
    return sorted(rows, key=lambda row: row.state != S.DONE)


MOST_OFFERED = 100
# While it is in one of these, things are made for it.
TAKES_MORE = (S.ACCEPTED, S.TABLED, S.PLEDGED, S.UNDERWAY, S.DONE)


def open_to(actor: Actor) -> list[tuple[UUID, str]]:
    """Proposals the actor runs that something can still be made for, newest first. One query."""
    rows = Proposal.objects.filter(under("path", actor.paths_with(Permission.COUNCIL_EDIT)))
    rows = rows.filter(state__in=TAKES_MORE).order_by("-raised_at", "pk")
    return list(rows.values_list("pk", "title")[:MOST_OFFERED])


def holds(matter: UUID, kind: str, target: UUID) -> bool:
    return MatterLink.objects.filter(proposal=matter, kind=kind, target_id=target).exists()

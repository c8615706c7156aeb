"""What units promised: how each promise stands today, kept, late or silent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from guangcai.commitments.belonging import paths_of
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils import rules
from guangcai.councils.enums import ProposalState, Verdict
from guangcai.councils.models import JointPledge, Judgement, Proposal
from guangcai.orgs.models import FormerPath, Node
from guangcai.orgs.policies import MeetingRhythm, in_force_at_each

OPEN, LATE, KEPT, KEPT_LATE = "open", "late", "kept", "kept_late"
GOES_ON = Q(withdrawn_at=None, done_on=None) & ~Q(proposal__state=ProposalState.DROPPED)


def in_state(pledges: QuerySet[JointPledge], state: str, *, on: date) -> QuerySet[JointPledge]:
    """Those that are open, late, kept in time or kept late on the local date `on`."""
    conditions = {
        OPEN: GOES_ON,
        LATE: GOES_ON & Q(due_on__lt=on),
        KEPT: Q(done_on__lte=F("due_on")),
        KEPT_LATE: Q(done_on__gt=F("due_on")),
    }
    return pledges.filter(conditions[state])


def with_parts(pledges: QuerySet[JointPledge]) -> QuerySet[JointPledge]:
    rows = pledges.select_related("work_unit", "proposal", "community")
    return rows.annotate(heard_at=Max("progress__at"))


@dataclass(frozen=True)
class Promise:
    pledge: JointPledge
    standing: rules.Standing
    days_late: int


def standings(pledges: Iterable[JointPledge], *, on: date) -> list[Promise]:
    """How each stands on the local date `on`: two queries for rows of with_parts."""
    rows = list(pledges)
    verdicts = verdicts_of({row.proposal_id for row in rows})
    rhythms = in_force_at_each(MeetingRhythm, paths={row.path for row in rows}, on=on) if rows else {}
    found = []
    for row in rows:
        told = rules.Promise(
            due_on=row.due_on,
            heard_on=localdate(getattr(row, "heard_at", None) or row.made_at),
            done_on=row.done_on,
            is_withdrawn=row.withdrawn_at is not None,
            is_dropped=row.proposal.state == ProposalState.DROPPED,
            verdict=verdicts.get(row.proposal_id),
        )
        standing = rules.standing(told, today=on, silent_months=rhythms[row.path].joint_months)
        found.append(Promise(row, standing, max(0, ((row.done_on or on) - row.due_on).days)))
    return found


def verdicts_of(proposals: Iterable[UUID]) -> dict[UUID, Verdict | None]:
    """Proposal -> what the judgements of its last round come to. One query."""
    given: dict[UUID, list[tuple[object, str]]] = {}
    rows = Judgement.objects.filter(proposal__in=proposals, round=F("proposal__round"))
    for proposal, seat, verdict in rows.values_list("proposal_id", "seat_id", "verdict"):
        given.setdefault(proposal, []).append((seat, verdict))
    return {
        proposal: rules.last_word(
            next((verdict for seat, verdict in told if seat is None), None),
            [verdict for seat, verdict in told if seat is not None],
        )
        for proposal, told in given.items()
    }


def of_units(actor: Actor) -> QuerySet[JointPledge]:
    """What the actor's own units promised, open ones first by day."""
    rows = JointPledge.objects.filter(work_unit__in=actor.units_with(Permission.PROPOSAL_ANSWER))
    return with_parts(rows).order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")


@dataclass(frozen=True)
class UnitPromises:
    """What the actor's units owe: promises open, of these late, agreements to sign."""

    open: int
    late: int


def unit_due(actor: Actor, *, on: date) -> UnitPromises:
    """One query."""
    rows = JointPledge.objects.filter(GOES_ON, work_unit__in=actor.units_with(Permission.PROPOSAL_ANSWER))
    days = list(rows.values_list("due_on", flat=True))
    return UnitPromises(open=len(days), late=sum(day < on for day in days))


def late_in(actor: Actor, *, paths: Iterable[str], on: date) -> int:
    """Promises past their day under `paths`. One query."""
    rows = JointPledge.objects.visible_to(actor).filter(GOES_ON, under("path", list(paths)), due_on__lt=on)
    return rows.count()


def public_of(community: Node) -> QuerySet[JointPledge]:
    """What anybody may read of a community's promises: of proposals that were not dropped, newest first."""
    rows = JointPledge.objects.filter(under("path", paths_of(community.path)), withdrawn_at=None)
    return with_parts(rows.exclude(proposal__state=ProposalState.DROPPED)).order_by("-made_at", "pk")


def public_communities(*, on: date) -> "QuerySet[Node]":
    """Communities to which a unit has promised something anybody may read of. One query."""
    before = FormerPath.objects.filter(node=OuterRef(OuterRef("pk"))).values("path")
    rows = JointPledge.objects.live().exclude(proposal__state=ProposalState.DROPPED)
    here = rows.filter(Q(community=OuterRef("pk")) | Q(path__in=before))
    return Node.objects.in_force(on).communities().filter(Exists(here)).order_by("code")


def public_matters() -> QuerySet[Proposal]:
    """Matters whose story anybody may read: those for which something is promised, and that were not dropped."""
    promised = Exists(JointPledge.objects.live().filter(proposal=OuterRef("pk")))
    return Proposal.objects.filter(promised).exclude(state=ProposalState.DROPPED).select_related("community")


def on_the_table(actor: Actor) -> QuerySet[Proposal]:
    """Proposals that look for a unit, in bodies in which one's own unit sits. One query."""
    rows = Proposal.objects.visible_to(actor).filter(state=ProposalState.TABLED)
    return rows.select_related("community", "meeting__body").order_by("-raised_at", "pk")[:20]

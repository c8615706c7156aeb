"""Figures for reports (S11): proposals by state, promises kept and late, agreements, joint meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from guangcai.core.scoping import under
from guangcai.councils.enums import BodyKind, PledgeKind, ProposalState
from guangcai.councils.models import Body, JointAgreement, JointPledge, Proposal
from guangcai.orgs.models import FormerPath, Node

PROPOSAL_DIMENSIONS = {"state": "state", "community": "community__name"}
PROMISE_DIMENSIONS = {"kind": "kind", "community": "community__name", "unit": "work_unit__name"}
BODY_DIMENSIONS = {"kind": "kind", "community": "node__name"}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "state": dict(ProposalState.choices),
    "kind": {**dict(PledgeKind.choices), **dict(BodyKind.choices)},
}
Row = dict[str, Any]


def count_proposals(paths: Sequence[str], *, by: Sequence[str], on: date) -> list[Row]:
    """Proposals raised until `on`, by state and community. One query."""
    rows = Proposal.objects.filter(under("path", paths), raised_at__date__lte=on)
    return _grouped(rows, by, PROPOSAL_DIMENSIONS, count=Count("pk"))


def count_promises(paths: Sequence[str], *, by: Sequence[str], on: date) -> list[Row]:
    """Promises that stand: all, kept in time, kept late, late now. One query."""
    rows = JointPledge.objects.live().filter(under("path", paths), made_at__date__lte=on)
    open_now = Q(done_on=None) & ~Q(proposal__state=ProposalState.DROPPED)
    return _grouped(
        rows,
        by,
        PROMISE_DIMENSIONS,
        count=Count("pk"),
        kept=Count("pk", filter=Q(done_on__lte=F("due_on"))),
        kept_late=Count("pk", filter=Q(done_on__gt=F("due_on"))),
        late=Count("pk", filter=open_now & Q(due_on__lt=on)),
    )


def count_agreements(paths: Sequence[str], *, by: Sequence[str], on: date) -> list[Row]:
    """Agreements in force on `on`, and how many units have one. One query."""
    rows = JointAgreement.objects.in_force(on).filter(under("path", paths))
    dimensions = {"community": "community__name", "unit": "work_unit__name"}
    return _grouped(rows, by, dimensions, count=Count("pk"), units=Count("work_unit", distinct=True))


def _grouped(rows: QuerySet, by: Sequence[str], dimensions: Mapping[str, str], **measures: Any) -> list[Row]:
    """Rows of the dimensions in words, then the measures. Raises KeyError for a dimension that does not exist."""
    names: dict[str, F | Value] = {f"of_{name}": F(dimensions[name]) for name in by}
    names = names or {"of_nothing": Value("")}
    columns = {f"n_{name}": value for name, value in measures.items()}
    found = rows.order_by().annotate(**names).values(*names).annotate(**columns)
    listed = [
        {name: str(WORDS.get(name, {}).get(row[f"of_{name}"], row[f"of_{name}"]) or "") for name in by}
        | {name: row[f"n_{name}"] for name in measures}
        for row in found
    ]
    return sorted(listed, key=lambda row: [str(row[name]) for name in by])


@dataclass(frozen=True)
class Coverage:
    """A street: its communities, those with a joint meeting of units, those with an agreement in force."""

    street: str
    communities: int
    joint: int
    agreed: int


def coverage(paths: Sequence[str], *, on: date) -> list[Coverage]:
    """Communities with a joint meeting and with an agreement, by street ("11 of 60"). One query. Source: S11."""
    lives = Q(set_up_on__lte=on) & (Q(ended_on=None) | Q(ended_on__gt=on))
    joint = Body.objects.filter(lives, kind=BodyKind.JOINT, node=OuterRef("pk"))
    before = FormerPath.objects.filter(node=OuterRef(OuterRef("pk"))).values("path")
    agreed = JointAgreement.objects.in_force(on).filter(Q(community=OuterRef("pk")) | Q(path__in=before))
    rows = Node.objects.in_force(on).communities().filter(under("path", paths))
    counted: dict[str, list[int]] = {}
    for street, has_joint, has_agreed in rows.values_list("parent__name", Exists(joint), Exists(agreed)):
        one = counted.setdefault(street or "", [0, 0, 0])
        one[0] += 1
        one[1] += has_joint
        one[2] += has_agreed
    return [Coverage(street, *numbers) for street, numbers in sorted(counted.items())]

"""Rounds and their pairs, as screens show them."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from guangcai.core.actor import Actor
from guangcai.invitations.enums import Decision
from guangcai.invitations.models import Proposal, Round
from guangcai.members.models import Employment

SETTLED_SHOWN = 10


def with_numbers(rows: QuerySet[Round]) -> QuerySet[Any]:
    """Each with `pairs`, `to_decide`, `accepted`, `skipped` and `left_out`."""
    pair = Q(proposals__member__isnull=False)
    return rows.select_related("community").annotate(
        pairs=Count("proposals", filter=pair),
        to_decide=Count("proposals", filter=pair & Q(proposals__decision="")),
        accepted=Count("proposals", filter=Q(proposals__decision=Decision.ACCEPTED)),
        skipped=Count("proposals", filter=Q(proposals__decision=Decision.SKIPPED)),
        left_out=Count("proposals", filter=Q(proposals__member=None, proposals__round__isnull=False)),
    )


def open_rounds(actor: Actor) -> list[Any]:
    """What waits for a decision, the newest first. One query."""
    return list(with_numbers(Round.objects.visible_to(actor).open()).order_by("-made_at", "pk"))


def settled(actor: Actor) -> list[Round]:
    """The last rounds that were sent or dropped. One query."""
    rows = Round.objects.visible_to(actor).filter(closed_at__isnull=False).select_related("community")
    return list(rows.order_by("-closed_at", "pk")[:SETTLED_SHOWN])


def pairs_of(round_: Round, *, actor: Actor) -> QuerySet[Any]:
    """Every row of a round with what its line shows; `unit_name` is where the member works."""
    job = Employment.objects.filter(member=OuterRef("member_id"), until=None)
    rows = Proposal.objects.visible_to(actor).filter(round=round_)
    rows = rows.select_related("post", "shift__activity", "household__place", "member__building")
    return rows.annotate(unit_name=Subquery(job.values("work_unit__name")[:1]))

"""What became of the needs ticked at visits: taken on as a request or a wish, or still to be taken on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from guangcai.care.models import Household, Visit, VisitNeed
from guangcai.commitments import origins
from guangcai.commitments.origins import Offer, Outgrowth
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission

KIND = "visit_need"


@dataclass(frozen=True)
class NeedFollowed:
    """A need, what it became, and where it can be taken on while it became nothing."""

    name: str
    taken: Sequence[Outgrowth]
    offers: Sequence[Offer]


def followed(visits: Iterable[Visit], household: Household, actor: Actor) -> dict[UUID, tuple[NeedFollowed, ...]]:
    """By visit, for whoever runs the desk; visits come with their needs. One statement a room that takes needs on."""
    rows = {visit.pk: list(visit.needs.all()) for visit in visits}
    keys = [need.pk for needs in rows.values() for need in needs]
    if not keys or not actor.can(Permission.CARE_EDIT, household.path):
        return {}
    taken = origins.taken(KIND, keys, actor)

    def one(need: VisitNeed) -> NeedFollowed:
        became = taken.get(need.pk, [])
        where = {"path": household.path, "community": household.community.code}
        offers = [] if became or household.ended_at else origins.offers(KIND, need.pk, actor=actor, **where)
        return NeedFollowed(need.kind.name, became, offers)

    return {key: tuple(one(need) for need in needs) for key, needs in rows.items() if needs}


def is_known(need: UUID, actor: Actor) -> bool:
    """Whether the actor runs the desk of a household at which this need was ticked, at a visit that stands."""
    row = VisitNeed.objects.filter(pk=need, visit__in=Visit.objects.standing().visible_to(actor)).first()
    return row is not None and actor.can(Permission.CARE_EDIT, row.visit.path)

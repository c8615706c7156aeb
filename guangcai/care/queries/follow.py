"""What became of the needs ticked at visits: taken on as a request or a wish, or still to be taken on."""

from collections import defaultdict
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
    """By visit, for whoever runs the desk; visits come with their needs. Two statements, and one a room that takes
    needs on.

    A need ticked again when its visit was corrected is the same need: it is taken on under the id it had first.
    """
    rows = {visit.pk: list(visit.needs.all()) for visit in visits}
    if not any(rows.values()) or not actor.can(Permission.CARE_EDIT, household.path):
        return {}
    ticked = _as_ticked(household.pk)
    taken = origins.taken(KIND, [key for keys in ticked.values() for key in keys], actor)

    def one(need: VisitNeed) -> NeedFollowed:
        became = [grown for key in ticked[need.pk] for grown in taken.get(key, [])]
        where = {"path": household.path, "community": household.community.code}
        first = ticked[need.pk][0]
        offers = [] if became or household.ended_at else origins.offers(KIND, first, actor=actor, **where)
        return NeedFollowed(need.kind.name, became, offers)

    return {key: tuple(one(need) for need in needs) for key, needs in rows.items() if needs}


def is_known(need: UUID, actor: Actor) -> bool:
    """Whether the actor runs the desk of a household at which this need was ticked first, at a visit that still says
    so as it stands."""
    row = VisitNeed.objects.filter(pk=need, visit__in=Visit.objects.visible_to(actor)).select_related("visit").first()
    if row is None or not actor.can(Permission.CARE_EDIT, row.visit.path):
        return False
    return any(keys[0] == need for keys in _as_ticked(row.visit.household_id).values())


def _as_ticked(household: UUID) -> dict[UUID, list[UUID]]:
    """For each need of a visit that stands: its ids at that visit and at those it corrects, the first one first."""
    corrected = dict(Visit.objects.filter(household=household, corrects__isnull=False).values_list("pk", "corrects_id"))
    first_of = {}
    for visit in corrected:
        first = visit
        while first in corrected:
            first = corrected[first]
        first_of[visit] = first
    families = defaultdict(list)
    needs = VisitNeed.objects.filter(visit__household=household).order_by("visit__recorded_at", "pk")
    rows = list(needs.values_list("pk", "visit", "kind"))
    for key, visit, kind in rows:
        families[first_of.get(visit, visit), kind].append(key)
    standing = [row for row in rows if row[1] not in corrected.values()]
    return {key: families[first_of.get(visit, visit), kind] for key, visit, kind in standing}

"""One household's page: who looks after it, what was found, what is planned. Words are opened one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch

from guangcai.care.models import (
    Alert,
    Household,
    HouseholdConsent,
    HouseholdOpening,
    HouseholdTier,
    Pairing,
    ServicePlan,
    Visit,
    VisitNeed,
)
from guangcai.care.queries.follow import NeedFollowed, followed
from guangcai.care.queries.households import Home, homes, with_state
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import national

VISITS_SHOWN = 20


@dataclass(frozen=True)
class SeenVisit:
    """A visit as it is shown; note is "" while the record is closed. follow: what became of the needs, for the desk."""

    visit: Visit
    who: str
    needs: tuple[str, ...]
    note: str
    follow: tuple[NeedFollowed, ...] = ()


@dataclass(frozen=True)
class Record:
    """is_open: the sealed part is shown to this reader now; own: he holds a pairing with it."""

    home: Home
    household: Household
    is_open: bool
    own: Pairing | None
    pairings: tuple[Pairing, ...]
    visits: tuple[SeenVisit, ...]
    tiers: tuple[HouseholdTier, ...]
    consent: HouseholdConsent | None
    alert: Alert | None
    plans: tuple[ServicePlan, ...]
    may_edit: bool

    @property
    def phone(self) -> str:
        """As people dial it; "" while the record is closed."""
        return national(self.household.phone) if self.is_open and self.household.phone else ""

    @property
    def guardian_phone(self) -> str:
        return national(self.household.guardian_phone) if self.is_open and self.household.guardian_phone else ""


def record(actor: Actor, household: Household, *, now: datetime) -> Record:
    """Everything the reader may see of a household that visible_to gave him: nine statements, and for the desk one
    more for each room that takes needs on."""
    home = homes(with_state(Household.objects.filter(pk=household.pk)), now=now)[0]
    is_open = opened_by(actor, household)
    may_edit = actor.can(Permission.CARE_EDIT, household.path)
    pairings = list(household.pairings.select_related("member").order_by("-offered_at", "pk"))
    own = next((p for p in pairings if p.member_id == actor.member_id and p.held_since and not p.ended_at), None)
    sees_people = may_edit or own is None
    return Record(
        home=home,
        household=home.household,
        is_open=is_open,
        own=own,
        pairings=tuple(pairings) if sees_people else tuple(p for p in pairings if p.member_id == actor.member_id),
        visits=_followed(list(_visits(household, is_open=is_open)), household, actor),
        tiers=tuple(household.tiers.order_by("-since", "-set_at")),
        consent=household.consents.filter(withdrawn_at=None).first(),
        alert=household.alerts.filter(answered_at=None).first(),
        plans=tuple(household.plans.select_related("member").order_by("-drafted_at")),
        may_edit=may_edit and household.ended_at is None,
    )


def opened_by(actor: Actor, household: Household) -> bool:
    """Whether the reader opened the sealed part within the last fifteen minutes."""
    if actor.user_id is None:
        return False
    return HouseholdOpening.objects.fresh().filter(household=household, opened_by=actor.user_id).exists()


def last_visit(household: Household) -> SeenVisit | None:
    """The last visit without its words: what the next visitor looks at before he knocks. Two statements."""
    return next(_visits(household, is_open=False, most=1), None)


def _followed(visits: list[SeenVisit], household: Household, actor: Actor) -> tuple[SeenVisit, ...]:
    found = followed([seen.visit for seen in visits], household, actor)
    return tuple(replace(seen, follow=found.get(seen.visit.pk, ())) for seen in visits)


def _visits(household: Household, *, is_open: bool, most: int = VISITS_SHOWN) -> Iterator[SeenVisit]:
    needs = Prefetch("needs", VisitNeed.objects.select_related("kind").order_by("kind__position"))
    rows = Visit.objects.standing().filter(household=household).select_related("kind", "member", "written")
    for visit in rows.prefetch_related(needs).order_by("-visited_on", "-recorded_at")[:most]:
        written = getattr(visit, "written", None)
        yield SeenVisit(
            visit=visit,
            who=visit.member.name if visit.member else "",
            needs=tuple(need.kind.name for need in visit.needs.all()),
            note=written.note if is_open and written is not None else "",
        )

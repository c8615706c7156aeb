"""Households as screens show them: without a name, with who looks after them and when the next visit is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from guangcai.care import rules
from guangcai.care.enums import RiskTier
from guangcai.care.models import Alert, Household, HouseholdConsent, Pairing, Visit
from guangcai.commitments.belonging import away
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.policies import VisitRhythm, in_force_at_each

Rhythms = Mapping[str, VisitRhythm]


def with_state(households: QuerySet[Household]) -> QuerySet[Household]:
    """Each household with `holder`, `asked`, `held_from`, `last_on`, `alert_due` and `agrees`."""
    held = Pairing.objects.held().filter(household=OuterRef("pk")).order_by("held_since", "pk")
    asked = Pairing.objects.live().filter(household=OuterRef("pk"), held_since=None).order_by("-offered_at", "pk")
    first = held.order_by().values("household").annotate(first=Min("held_since")).values("first")
    last = Visit.objects.standing().filter(household=OuterRef("pk")).order_by("-visited_on").values("visited_on")
    alert = Alert.objects.filter(household=OuterRef("pk"), answered_at=None)
    consent = HouseholdConsent.objects.filter(household=OuterRef("pk"), withdrawn_at=None)
    return households.select_related("community", "place").annotate(
        holder=Subquery(held.values("member__name")[:1]),
        asked=Subquery(asked.values("member__name")[:1]),
        held_from=Subquery(first),
        last_on=Subquery(last[:1]),
        alert_due=Subquery(alert.values("due_at")[:1]),
        agrees=Exists(consent),
    )


def rhythms_for(paths: Iterable[str], *, on: date) -> Rhythms:
    """The rule of each community in one statement, none for no community."""
    asked = set(paths)
    return in_force_at_each(VisitRhythm, paths=asked, on=on) if asked else {}


@dataclass(frozen=True)
class Home:
    """A household with its next date. next_on None: nobody looks after it, so nobody is late."""

    household: Household
    holder: str
    asked: str
    last_on: date | None
    next_on: date | None
    alert_due: datetime | None
    agrees: bool
    is_late: bool
    is_due_today: bool

    @property
    def days_late(self) -> int:
        return 0 if self.next_on is None else max(0, (self.today - self.next_on).days)

    today: date = date.min


def home_of(row: Household, rhythm: VisitRhythm, *, now: datetime) -> Home:
    """What with_state read, judged by the rule of its community."""
    today = localdate(now)
    held_from, last_on, alert = row.held_from, row.last_on, row.alert_due  # type: ignore[attr-defined]
    next_on = None
    if held_from is not None:
        next_on = rules.next_visit_on(
            last_on=last_on, held_since=held_from, tier_since=row.tier_since, days=rules.days_of(row.tier, rhythm)
        )
    return Home(
        household=row,
        holder=row.holder or "",  # type: ignore[attr-defined]
        asked=row.asked or "",  # type: ignore[attr-defined]
        last_on=last_on,
        next_on=next_on,
        alert_due=alert,
        agrees=row.agrees,  # type: ignore[attr-defined]
        is_late=(alert is not None and alert < now) or (next_on is not None and next_on < today),
        is_due_today=alert is not None or next_on == today,
        today=today,
    )


def homes(rows: Iterable[Household], *, now: datetime) -> list[Home]:
    """The same for a page of rows made by with_state: one statement for the rules."""
    shown = list(rows)
    rhythms = rhythms_for((row.path for row in shown), on=localdate(now))
    return [home_of(row, rhythms[row.path], now=now) for row in shown]


def overdue(rhythms: Rhythms, *, now: datetime) -> Q:
    """Rows of with_state whose visit is late: the SQL of rules.next_visit_on, and alerts past their hour."""
    today = localdate(now)
    base = [
        Q(path=path, tier=tier, since_last__lt=today - timedelta(days=rules.days_of(tier, rhythm)))
        for path, rhythm in rhythms.items()
        for tier in RiskTier
    ]
    late = reduce(or_, base, Q(pk__in=[])) & Q(held_from__lt=today, tier_since__lt=today)
    return late | Q(alert_due__lt=now)


def late_among(households: QuerySet[Household], *, now: datetime) -> QuerySet[Household]:
    """Those of `households` whose visit is overdue: two statements for the rules, then the rows."""
    rows = with_state(households).annotate(since_last=Coalesce(F("last_on"), F("held_from")))
    paths = households.order_by().values_list("path", flat=True).distinct()
    return rows.filter(overdue(rhythms_for(paths, on=localdate(now)), now=now))


def moved_holders(actor: Actor) -> QuerySet[Pairing]:
    """Live pairings whose member lives elsewhere now or left the roster: to be handed over."""
    rows = Pairing.objects.visible_to(actor).live().filter(under("path", actor.paths_with(Permission.CARE_EDIT)))
    return rows.filter(away())


def nobodys(households: QuerySet[Household]) -> QuerySet[Household]:
    """Households without a live contact pairing."""
    live = Pairing.objects.live().contacts().filter(household=OuterRef("pk"))
    return households.filter(~Exists(live))


@dataclass(frozen=True)
class Due:
    """What waits for the desk: numbers for its home page."""

    overdue: int
    alerts: int
    unpaired: int
    moved: int
    confirmations: int


def due(actor: Actor, *, now: datetime) -> Due:
    """Where the actor runs the desk: seven statements, however many households."""
    mine = under("path", actor.paths_with(Permission.CARE_EDIT))
    rows = Household.objects.current().filter(mine)
    offered = Pairing.objects.live().filter(mine, confirmed_at=None)
    return Due(
        overdue=late_among(rows, now=now).count(),
        alerts=Alert.objects.filter(mine, answered_at=None).count(),
        unpaired=nobodys(rows).filter(tier=RiskTier.HIGH).count(),
        moved=moved_holders(actor).count(),
        confirmations=offered.exclude(member=actor.member_id).count() if actor.member_id else offered.count(),
    )


@dataclass(frozen=True)
class OwnPairing:
    """A pairing of the reader: an invitation knows where and how often, a held one its household."""

    pairing: Pairing
    days: int
    home: Home | None


def own_pairings(actor: Actor, *, now: datetime) -> list[OwnPairing]:
    """The actor's own live pairings, invitations first, then by the next date: three statements."""
    if actor.member_id is None:
        return []
    rows = Pairing.objects.visible_to(actor).live().filter(member=actor.member_id)
    pairings = list(rows.select_related("household__place", "household__community").order_by("offered_at", "pk"))
    held = {row.household_id for row in pairings if row.held_since is not None}
    seen = {home.household.pk: home for home in homes(_own_homes(held), now=now)}
    rhythms = rhythms_for((row.path for row in pairings), on=localdate(now))
    found = [
        OwnPairing(row, rules.days_of(row.household.tier, rhythms[row.path]), seen.get(row.household_id))
        for row in pairings
    ]
    return sorted(found, key=lambda one: (one.home is not None, _when(one)))


def _own_homes(keys: set[UUID]) -> Iterable[Household]:
    return with_state(Household.objects.filter(pk__in=keys)) if keys else []


def _when(one: OwnPairing) -> date:
    if one.home is None or one.home.next_on is None:
        return date.min
    return one.home.alert_due.date() if one.home.alert_due else one.home.next_on

"""Visits that were due in days gone by, and those of them that were made (S8): worked out from the pairings, the tiers
and the rules of those days, never stored."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from guangcai.care import rules
from guangcai.care.models import Household, HouseholdTier, Pairing, Visit
from guangcai.orgs.policies import VisitRhythm, spans_at_each

DAYS_SHOWN = 5


@dataclass(frozen=True)
class Past:
    """A household with the visits that fell due in a period, and the days of each kind of pairing it had."""

    key: UUID
    path: str
    community: str
    label: str
    category: str
    due: tuple[rules.DueVisit, ...]
    kinds: tuple[tuple[str, rules.Span[None]], ...]

    def in_tier(self, tier: str) -> "Past":
        """The same with the visits of one tier; of every tier for an empty one."""
        return replace(self, due=tuple(each for each in self.due if tier in ("", each.tier)))

    @property
    def total(self) -> int:
        return len(self.due)

    @property
    def made(self) -> int:
        return sum(1 for each in self.due if each.is_made)

    @property
    def missed(self) -> int:
        return len(self.due) - self.made

    @property
    def missed_last(self) -> list[date]:
        """The latest days on which one was missed, newest first, as many as a line holds."""
        return [each.on for each in reversed(self.due) if not each.is_made][:DAYS_SHOWN]

    @property
    def missed_more(self) -> int:
        return self.missed - len(self.missed_last)

    def kinds_on(self, day: date) -> list[str]:
        """Kinds of pairing it had on that day, each once."""
        return sorted({kind for kind, span in self.kinds if _holds(span, day)})


def past_of(households: QuerySet[Household], *, since: date, until: date, now: datetime) -> Iterator[Past]:
    """Those of `households` for which a visit fell due on the local days `since` to `until`, by label.

    Days that are not over do not count. Five statements, however many households.
    """
    before = min(until + rules.ONE_DAY, localdate(now))
    if since >= before:
        return
    looked_after = Pairing.objects.filter(
        Q(ended_at=None) | Q(ended_at__date__gte=since), held_since__lt=before, household__in=households.values("pk")
    )
    keys = looked_after.values("household")
    shown = Household.objects.filter(pk__in=keys).order_by("label", "pk")
    homes = list(shown.values_list("pk", "path", "community__name", "label", "category"))
    held, tiers, visits = _held(keys, before), _tiers(keys), _visits(keys, before)
    rhythms = _rhythms({path for _pk, path, *_rest in homes})
    for pk, path, community, label, category in homes:
        spans = sorted((span for _kind, span in held[pk]), key=lambda span: span.since)
        cut = rules.stretches(held=spans, tiers=tiers[pk], rhythms=rhythms[path])
        found = rules.due_visits(cut, visits=visits[pk], before=before)
        if due := tuple(each for each in found if each.on >= since):
            yield Past(pk, path, community, label, category, due, tuple(held[pk]))


def _held(keys: QuerySet[Any, Any], before: date) -> dict[UUID, list[tuple[str, rules.Span[None]]]]:
    """Household -> kind and days of each pairing; on the day on which one ends nothing falls due any more."""
    rows = Pairing.objects.filter(household__in=keys, held_since__lt=before)
    found: dict[UUID, list[tuple[str, rules.Span[None]]]] = defaultdict(list)
    for household, kind, since, ended_at in rows.values_list("household_id", "kind", "held_since", "ended_at"):
        found[household].append((kind, rules.Span(since, localdate(ended_at) if ended_at else None, None)))
    return found


def _tiers(keys: QuerySet[Any, Any]) -> dict[UUID, list[rules.Span[str]]]:
    rows = HouseholdTier.objects.filter(household__in=keys).order_by("since", "set_at")
    found: dict[UUID, list[rules.Span[str]]] = defaultdict(list)
    for household, since, until, tier in rows.values_list("household_id", "since", "until", "tier"):
        found[household].append(rules.Span(since, until, tier))
    return found


def _visits(keys: QuerySet[Any, Any], before: date) -> dict[UUID, list[date]]:
    rows = Visit.objects.standing().filter(household__in=keys, visited_on__lt=before).order_by("visited_on")
    found: dict[UUID, list[date]] = defaultdict(list)
    for household, day in rows.values_list("household_id", "visited_on"):
        found[household].append(day)
    return found


def _rhythms(paths: Collection[str]) -> dict[str, list[rules.Span[VisitRhythm]]]:
    spans = spans_at_each(VisitRhythm, paths=paths)
    return {path: [rules.Span(*each) for each in found] for path, found in spans.items()}


def _holds(span: rules.Span[None], day: date) -> bool:
    return span.since <= day and (span.until is None or day < span.until)

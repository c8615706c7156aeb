"""What is lent, when it is free next, and its calendar of the coming weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.orgs.models import Node, ResidentUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.places import rules
from guangcai.places.models import Booking, SharedResource
from guangcai.places.rules import Slot
from guangcai.places.wording import clock_words, slot_lines, span_words

WEEKS = 4
DAY = timedelta(days=1)


@dataclass(frozen=True)
class FreePart:
    """A free time on a local day, in minutes since its midnight."""

    day: date
    begins: int
    ends: int

    @property
    def words(self) -> str:
        return span_words(self.begins, self.ends)

    @property
    def first(self) -> str:
        return clock_words(self.begins)

    @property
    def last(self) -> str:
        return clock_words(min(self.ends, rules.DAY_MINUTES - 1))


@dataclass(frozen=True)
class ResourceRow:
    """A resource in a list. next_free: None when the coming weeks are full."""

    resource: SharedResource
    next_free: FreePart | None


@dataclass(frozen=True)
class CalendarDay:
    """One day of the calendar: what is free and what is booked, in order of the hour."""

    day: date
    free: tuple[FreePart, ...]
    booked: tuple[Booking, ...]


def listed(actor: Actor, *, on: date, text: str = "") -> QuerySet[SharedResource]:
    """What the actor may see and is still lent."""
    rows = SharedResource.objects.visible_to(actor, on=on).open().select_related("community", "work_unit")
    text = clean(text)
    if not text:
        return rows
    return rows.filter(Q(name__icontains=text) | Q(place__icontains=text) | Q(work_unit__name__icontains=text))


def with_times(rows: QuerySet[SharedResource] | Iterable[SharedResource], *, now: datetime) -> list[ResourceRow]:
    """Each with the next time nobody has booked: two queries more, however many rows."""
    found = list(_loaded(rows, now=now))
    return [ResourceRow(row, next_free(row, now=now)) for row in found]


def _loaded(rows: QuerySet[SharedResource] | Iterable[SharedResource], *, now: datetime) -> list[SharedResource]:
    found = list(rows)
    coming = Booking.objects.taking(now).filter(ends_at__gt=now, starts_at__lt=_horizon(now)).order_by("starts_at")
    coming = coming.select_related("community")
    prefetch_related_objects(found, "slots", Prefetch("bookings", coming, to_attr="coming"))
    return found


def _horizon(now: datetime) -> datetime:
    return now + timedelta(weeks=WEEKS) + DAY


def next_free(resource: SharedResource, *, now: datetime) -> FreePart | None:
    """Of a resource loaded by `with_times` or `calendar`."""
    for one in _days(resource, now=now):
        if one.free:
            return one.free[0]
    return None


def calendar(resource: SharedResource, *, now: datetime) -> list[CalendarDay]:
    """The coming weeks, only days on which something is free or booked. Two queries."""
    (loaded,) = _loaded([resource], now=now)
    return [one for one in _days(loaded, now=now) if one.free or one.booked]


def _days(resource: SharedResource, *, now: datetime) -> Iterable[CalendarDay]:
    slots = [Slot(slot.weekday, slot.begins, slot.ends) for slot in resource.slots.all()]
    coming: list[Booking] = resource.coming  # type: ignore[attr-defined]
    today = localdate(now)
    for ahead in range(WEEKS * 7):
        day = today + ahead * DAY
        booked = tuple(one for one in coming if _touches(one, day))
        taken = [rules.minutes_on(day, one.starts_at, one.ends_at) for one in booked]
        if day == today:
            taken.append((0, _next_quarter(now)))
        free = [
            FreePart(day, *left)
            for part in rules.parts_of(day.isoweekday(), slots)
            for left in rules.left_of(part, taken)
        ]
        yield CalendarDay(day, tuple(free) if day >= resource.since else (), booked)


def _touches(booking: Booking, day: date) -> bool:
    begins = timezone.make_aware(datetime.combine(day, time()))
    return booking.starts_at < begins + DAY and booking.ends_at > begins


def _next_quarter(now: datetime) -> int:
    """From which minute of today on something can still be booked."""
    local = localtime(now)
    return min(rules.DAY_MINUTES, -(-(local.hour * 60 + local.minute + 1) // 15) * 15)


def lines_of(resource: SharedResource) -> list[str]:
    """Its free times of the week in words. One query unless they are loaded."""
    return slot_lines(resource.slots.all())


def communities_for(resource: SharedResource, actor: Actor, *, on: date) -> QuerySet[Node]:
    """Communities for which the actor may book it: where it lies, and where its unit is resident."""
    held = Node.objects.in_force(on).communities().held_by(actor, Permission.RESOURCE_BOOK)
    where = Q(pk=resource.community_id)
    if resource.work_unit_id:
        homes = ResidentUnit.objects.filter(in_force(on), work_unit=resource.work_unit_id)
        where |= Q(pk__in=homes.values("community"))
    return held.filter(where).order_by("code")

"""What happened shift by shift: who signed up, who came, what was achieved, who confirmed it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from guangcai.activities.commands import Achieved, close_shift, mark_attendance, sign_up
from guangcai.activities.enums import Presence
from guangcai.activities.models import Shift
from guangcai.demo.content import year
from guangcai.demo.stage import Person, Stage, fixed_id
from guangcai.ledger.commands import confirm
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import note_contacts

SIGNED_UP_SINCE = timedelta(days=10)
# What the own community of the demo's secretary still has to confirm.
WAITING = timedelta(days=12)
HIDDEN = 7
# Wide enough that a first Saturday lies in it that is no holiday.
TWO_MONTHS = 63


@dataclass
class Year:
    """The shifts in their order, by plan, and who was busy on which day."""

    stage: Stage
    shifts: list[Shift]
    plans: dict[UUID, dict[str, Any]]
    busy: set[tuple[UUID, date]] = field(default_factory=set)
    shares: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)


def read_year(stage: Stage) -> Year:
    """Every shift with its plan, in order of time."""
    plans = {
        fixed_id("activity", plan["key"], community): plan
        for plan in year()["plans"]
        for community in plan["communities"]
    }
    rows = Shift.objects.select_related("activity", "community").order_by("starts_at", "pk")
    held = Year(stage, list(rows), plans)
    for shift in held.shifts:
        if shift.ends_at + timedelta(hours=1) <= stage.now:
            for name, _quantity, _unit in plans[shift.activity_id].get("outcomes", ()):
                held.shares.setdefault((plans[shift.activity_id]["key"], name), []).append(shift.pk)
    return held


def hold(held: Year, shift: Shift) -> None:
    """One past shift from sign-up to confirmation; one to come gets its first sign-ups."""
    stage, plan = held.stage, held.plans[shift.activity_id]
    if shift.ends_at + timedelta(hours=1) > stage.now:
        _fill(held, shift, plan)
        return
    coming = _who_comes(held, shift, plan)
    day = localdate(shift.starts_at)
    recent = shift.ends_at > stage.now - SIGNED_UP_SINCE
    if recent:
        for one in coming:
            _sign_up(stage, shift, one, now=shift.starts_at - timedelta(days=2))
    desk = stage.actor(f"desk:{shift.community.name}")
    marks = {one.member.pk: Presence.PRESENT for one in coming}
    if recent and len(coming) > 2:
        marks[coming[-1].member.pk] = Presence.ABSENT_TOLD if day.day % 2 else Presence.ABSENT
    mark_attendance(shift=shift, marks=marks, by=desk, now=shift.starts_at + timedelta(minutes=10))
    present = [member for member, presence in marks.items() if presence == Presence.PRESENT]
    note_contacts(members=present, on=day)
    if not _is_left_open(held, shift, plan):
        _close(held, shift, plan, head_count=len(present))


def _close(held: Year, shift: Shift, plan: dict[str, Any], *, head_count: int) -> None:
    stage, community = held.stage, shift.community.name
    now = shift.ends_at + timedelta(hours=1)
    if _is_closed_late(held, shift, plan):
        now = stage.at(localdate(now) + timedelta(days=year()["closed_late"][3]), "10:00")
    close_shift(
        shift=shift,
        head_count=head_count,
        outcomes=list(_achieved(held, shift, plan)),
        by=stage.actor(f"desk:{community}"),
        now=now,
    )
    check_service(stage, shift, now)


def check_service(stage: Stage, shift: Shift, closed_at: datetime) -> None:
    """The secretary confirms what a closed shift gave, unless he has put it off."""
    community = shift.community.name
    checked_at = _checked_at(stage, community, closed_at)
    if checked_at < stage.now:
        entries = ServiceEntry.objects.filter(
            source__in=[f"attendance:{key}" for key in shift.attendances.values_list("pk", flat=True)]
        )
        confirm(entries=entries, by=stage.actor(f"secretary:{community}"), now=checked_at)


def _checked_at(stage: Stage, community: str, closed_at: datetime) -> datetime:
    """The secretary looks every other day; the one of the demo has put it off for a while."""
    own = stage.users["secretary"].name == stage.users[f"secretary:{community}"].name
    if own and closed_at > stage.now - WAITING:
        return stage.now
    return closed_at + timedelta(days=2)


def _achieved(held: Year, shift: Shift, plan: dict[str, Any]) -> Iterable[Achieved]:
    """The shift's share of what the year achieved: all shares together are the stated sum (A41, A42)."""
    for name, total, unit in plan.get("outcomes", ()):
        shifts = held.shares[plan["key"], name]
        place = shifts.index(shift.pk)
        share = total * (place + 1) // len(shifts) - total * place // len(shifts)
        if share:
            yield Achieved(name=name, quantity=share, unit=unit)


def _is_left_open(held: Year, shift: Shift, plan: dict[str, Any]) -> bool:
    """One shift of the last fortnight that somebody forgot."""
    community, key, days = year()["left_open"]
    age = (held.stage.today - localdate(shift.starts_at)).days
    return (shift.community.name, plan["key"]) == (community, key) and days <= age < days + 7


def _is_closed_late(held: Year, shift: Shift, plan: dict[str, Any]) -> bool:
    community, key, days, _late = year()["closed_late"]
    age = (held.stage.today - localdate(shift.starts_at)).days
    return (shift.community.name, plan["key"]) == (community, key) and days <= age < days + TWO_MONTHS


def _who_comes(held: Year, shift: Shift, plan: dict[str, Any]) -> list[Person]:
    """Who came: by eagerness and a die that falls the same at every loading; nobody serves twice on a day.

    A plan for today has no turnout: loaded late in the evening it is over, and two came.
    """
    day = localdate(shift.starts_at)
    rolls = []
    for one in _eligible(held, shift, plan):
        die = Random(f"{one.row['phone']} {plan['key']} {day}").random()  # noqa: S311  a story, not a secret
        rolls.append((die / eagerness(held.stage, one), one))
    rolls.sort(key=lambda roll: roll[0])
    wanted = [one for roll, one in rolls if roll < plan.get("turnout", 0)]
    coming = (wanted or [one for _roll, one in rolls[:2]])[: shift.places]
    held.busy.update((one.member.pk, day) for one in coming)
    return coming


def _eligible(held: Year, shift: Shift, plan: dict[str, Any]) -> list[Person]:
    day, asked = localdate(shift.starts_at), plan.get("occupations")
    here = held.stage.people.get(shift.community.name, [])
    slow, how_many = year()["joined_by_phone"]
    late = [one.member.pk for one in here[-how_many:]] if shift.community.name == slow else []
    return [
        one
        for one in here
        if (one.member.pk, day) not in held.busy
        and (not asked or one.row["occupation"] in asked)
        and eagerness(held.stage, one) > 0
        and (one.member.pk not in late or day > held.stage.today - timedelta(days=98))
    ]


def eagerness(stage: Stage, one: Person) -> float:
    """How often somebody comes. One person has not been seen since launch day; who signs in comes often."""
    here = stage.people[one.row["community"]]
    if one is hidden_member(stage):
        return 0.0
    if one.row["name"] in (stage.users["member"].name, stage.users["member_police"].name):
        return 1.2
    return 0.4 + (here.index(one) * 7 % 11) / 12


def hidden_member(stage: Stage) -> Person:
    """The one whom nobody has seen for months."""
    return stage.people[year()["left_open"][0]][HIDDEN]


def _fill(held: Year, shift: Shift, plan: dict[str, Any]) -> None:
    """Sign-ups of what is to come: the next weeks half full, the short one full with people waiting."""
    stage = held.stage
    if "in_days" not in plan and shift.starts_at > stage.now + timedelta(days=12):
        return
    day = localdate(shift.starts_at)
    free = [one for one in _eligible(held, shift, plan) if (one.member.pk, day) not in held.busy]
    most = shift.places + 2 if plan["key"] == "full" else max(1, min(shift.places // 2, len(free) // 4))
    now = min(stage.now - timedelta(hours=1), shift.starts_at - timedelta(days=1))
    free.sort(key=lambda one: (-eagerness(stage, one), one.row["phone"]))
    for one in free[:most]:
        held.busy.add((one.member.pk, day))
        _sign_up(stage, shift, one, now=now)


def _sign_up(stage: Stage, shift: Shift, one: Person, *, now: datetime) -> None:
    desk = stage.actor(f"desk:{shift.community.name}")
    id = fixed_id("sign-up", shift.pk, one.member.pk)
    sign_up(id=id, shift=shift, member=one.member, by=desk, now=now, wait=True, clash_accepted=True)

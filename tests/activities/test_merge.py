"""Two records of one person stood at one shift: what stays, what is taken back, and who says what to do first."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.activities import commands
from guangcai.activities.enums import Method, Occasion, Presence
from guangcai.activities.models import Attendance, Shift, ShiftNotice, SignUp
from guangcai.core import invariants
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import confirm
from guangcai.ledger.models import Posting, ServiceEntry, YearTotal
from guangcai.members.commands import merge_members
from guangcai.members.models import DuplicatePair, Member
from guangcai.orgs.facts import of_community
from tests.cast import Cast

HOUR = timedelta(hours=1)


@pytest.fixture
def two(neighbours: Any) -> tuple[Member, Member]:
    """The record that stays, and the one that goes."""
    (kept, _), (gone, _) = neighbours(2)
    return kept, gone


def unbroken() -> None:
    rooms = ("activities.", "ledger.", "members.member.merged", "appraisal.")
    codes = [code for code in invariants.codes() if code.startswith(rooms)]
    assert len(codes) > 10
    assert {code: found for code in codes if (found := list(invariants.broken_by(code)))} == {}


def merge(two: tuple[Member, Member], by: Actor, now: datetime) -> Member:
    return merge_members(kept=two[0], gone=two[1], by=by, now=now)


@pytest.mark.parametrize("gone_first", [False, True])
def test_of_two_places_the_earlier_stays_and_the_other_goes_to_who_waits_longest(
    make_shift: Any, neighbours: Any, desk: Actor, now: datetime, gone_first: bool
) -> None:
    shift = make_shift(places=2)
    kept, gone, third, fourth = (member for member, _ in neighbours(4))
    order = [gone, kept, third, fourth] if gone_first else [kept, gone, third, fourth]
    for minutes, member in enumerate(order):
        commands.sign_up(shift=shift, member=member, by=desk, now=now + timedelta(minutes=minutes), wait=True)
    merge((kept, gone), desk, now + HOUR)
    places = dict(SignUp.objects.placed().filter(shift=shift).values_list("member", "place_no"))
    assert places == {kept.pk: 1, third.pk: 2}
    assert [row.member_id for row in SignUp.objects.waiting()] == [fourth.pk]
    dropped = SignUp.objects.get(cancelled_at__isnull=False)
    assert (dropped.member_id, dropped.cancelled_in_time, dropped.cancelled_by) == (kept.pk, True, desk.user_id)
    assert ShiftNotice.objects.get().member_id == third.pk
    unbroken()


def test_a_place_beats_a_wait(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(places=1)
    kept, gone, third = (member for member, _ in neighbours(3))
    for minutes, member in enumerate([gone, kept, third]):
        commands.sign_up(shift=shift, member=member, by=desk, now=now + timedelta(minutes=minutes), wait=True)
    merge((kept, gone), desk, now + HOUR)
    live = SignUp.objects.live().order_by("signed_up_at").values_list("member", "place_no")
    assert list(live) == [(kept.pk, 1), (third.pk, None)]
    unbroken()


def test_of_two_waits_the_earlier_stays(make_shift: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    shift = make_shift(places=1)
    first, kept, between, gone = (member for member, _ in neighbours(4))
    for minutes, member in enumerate([first, gone, between, kept]):
        commands.sign_up(shift=shift, member=member, by=desk, now=now + timedelta(minutes=minutes), wait=True)
    merge((kept, gone), desk, now + HOUR)
    assert [row.member_id for row in SignUp.objects.waiting()] == [kept.pk, between.pk]
    unbroken()


def test_told_of_one_thing_once(make_shift: Any, two: tuple[Member, Member], desk: Actor, now: datetime) -> None:
    shift = make_shift()
    for member, occasion in [(two[0], "before"), (two[1], "before"), (two[1], "changed")]:
        ShiftNotice.objects.create(
            **of_community(shift.community), shift=shift, member=member, occasion=Occasion(occasion), told_at=now
        )
    merge(two, desk, now)
    told = ShiftNotice.objects.order_by("occasion").values_list("member", "occasion")
    assert list(told) == [(two[0].pk, "before"), (two[0].pk, "changed")]


def came(shift: Shift, member: Member, at: datetime, **other: Any) -> Attendance:
    values: dict[str, Any] = {"presence": Presence.PRESENT, "arrived_at": at, "method": Method.BOARD} | other
    where = of_community(shift.community)
    return Attendance.objects.create(
        **where, id=new_id(), shift=shift, member=member, recorded_at=at, recorded_by=new_id(), **values
    )


def test_checked_in_twice_counts_from_the_first_arrival(
    make_shift: Any, two: tuple[Member, Member], desk: Actor, now: datetime
) -> None:
    shift = make_shift(starts_in=-HOUR)
    came(shift, two[0], now)
    came(shift, two[1], now - timedelta(minutes=40), minutes=50)
    merge(two, desk, now)
    row = Attendance.objects.get()
    assert (row.member_id, row.arrived_at, row.minutes) == (two[0].pk, now - timedelta(minutes=40), 50)
    line = AuditEvent.objects.get(tag="activities:attendance:mark")
    assert (line.subject_id, line.details["presence"], line.details["minutes"]) == (str(row.pk), "present", 50)
    unbroken()


@pytest.mark.parametrize(("kept", "gone", "stays"), [("absent", "present", "present"), ("present", "absent", "present"),
                                                     ("absent", "absent_told", "absent_told")])  # fmt: skip
def test_the_stronger_word_of_a_shift_stays(
    make_shift: Any, two: tuple[Member, Member], desk: Actor, now: datetime, kept: str, gone: str, stays: str
) -> None:
    shift = make_shift(starts_in=-HOUR)
    for member, presence in zip(two, (kept, gone), strict=True):
        came(shift, member, now, presence=presence, arrived_at=now if presence == "present" else None)
    merge(two, desk, now)
    assert [(row.member_id, row.presence) for row in Attendance.objects.all()] == [(two[0].pk, stays)]
    unbroken()


@pytest.fixture
def served_twice(make_shift: Any, two: tuple[Member, Member], desk: Actor, now: datetime) -> list[ServiceEntry]:
    """One shift of two hours, closed: both records have hours, the kept one's first. Nothing is confirmed."""
    shift = make_shift(starts_in=-3 * HOUR)
    for member in two:
        came(shift, member, shift.starts_at)
    commands.close_shift(shift=shift, head_count=2, by=desk, now=now)
    by_member = {entry.member_id: entry for entry in ServiceEntry.objects.all()}
    return [by_member[member.pk] for member in two]


def test_hours_that_wait_are_declined_once(
    two: tuple[Member, Member], served_twice: list[ServiceEntry], desk: Actor, now: datetime
) -> None:
    merge(two, desk, now)
    stays, falls = served_twice
    assert list(ServiceEntry.objects.waiting()) == [stays]
    assert falls.decline.reason
    assert Attendance.objects.get().member_id == two[0].pk
    result = confirm(entries=[stays], by=two_actor(), now=now)
    assert result.confirmed == (stays.pk,)
    assert YearTotal.objects.get().minutes == 120
    unbroken()


def two_actor() -> Actor:
    return Actor(user_id=new_id(), holdings=Actor.system().holdings)


def test_confirmed_hours_stay_and_waiting_ones_fall(
    two: tuple[Member, Member], served_twice: list[ServiceEntry], desk: Actor, now: datetime
) -> None:
    _, of_gone = served_twice
    confirm(entries=[of_gone], by=two_actor(), now=now)
    merge(two, desk, now)
    assert Posting.objects.get().member_id == two[0].pk
    assert ServiceEntry.objects.waiting().count() == 0
    assert Attendance.objects.get().pk.hex in of_gone.source.replace("-", "")
    unbroken()


def test_hours_confirmed_twice_are_taken_back_by_the_secretary_and_nobody_else(
    cast: Cast, two: tuple[Member, Member], served_twice: list[ServiceEntry], desk: Actor, now: datetime
) -> None:
    confirm(entries=served_twice, by=two_actor(), now=now)
    with pytest.raises(RuleBroken, match=r"2026-11-20.*周末义务清扫") as refusal:
        merge(two, desk, now)
    assert refusal.value.code == "merge_in_the_way"
    assert Attendance.objects.count() == 2
    assert Member.objects.filter(merged_into__isnull=False).count() == 0

    merge(two, cast.actor("secretary"), now)
    assert Attendance.objects.get().member_id == two[0].pk
    assert sorted(Posting.objects.values_list("minutes", flat=True)) == [-120, 120, 120]
    assert (YearTotal.objects.get().member_id, YearTotal.objects.get().minutes) == (two[0].pk, 120)
    assert ServiceEntry.objects.get(reverses__isnull=False).reverses == served_twice[1]
    unbroken()


def test_two_shifts_at_one_time_are_named(
    two: tuple[Member, Member], make_shift: Any, make_activity: Any, desk: Actor, now: datetime
) -> None:
    for member, title in zip(two, ("义务巡逻", "读书会服务"), strict=True):
        shift = make_shift(starts_in=-3 * HOUR, activity=make_activity(title=title))
        came(shift, member, shift.starts_at)
        commands.close_shift(shift=shift, head_count=1, by=desk, now=now)
    confirm(entries=ServiceEntry.objects.all(), by=two_actor(), now=now)
    with pytest.raises(RuleBroken, match=r"2026-11-20.*读书会服务"):
        merge(two, desk, now)
    unbroken()


def test_on_the_screen_the_desk_reads_what_to_do_and_the_secretary_merges(
    cast: Cast, signed_in: Any, two: tuple[Member, Member], served_twice: list[ServiceEntry], now: datetime
) -> None:
    confirm(entries=served_twice, by=two_actor(), now=now)
    low, high = sorted(two, key=lambda member: member.pk)
    pair = DuplicatePair.objects.create(
        district_code=low.district_code, first=low, second=high, reason="same_name", found_at=now
    )
    url = f"/members/duplicates/{pair.pk}/"
    kept = {"kept": "first" if two[0] == low else "second"}
    assert signed_in(cast.users["desk_next_door"]).post(url, kept).status_code == 404
    refused = signed_in(cast.users["desk"]).post(url, kept)
    assert refused.status_code == 422
    assert "请社区书记先冲正其中一条" in refused.content.decode()
    assert Member.objects.filter(merged_into__isnull=False).count() == 0
    answer = signed_in(cast.users["secretary"]).post(url, kept)
    assert (answer.status_code, answer["Location"]) == (302, two[0].get_absolute_url())
    two[1].refresh_from_db()
    assert two[1].merged_into == two[0]
    unbroken()

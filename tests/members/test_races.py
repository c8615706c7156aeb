"""Two at the same moment, with real threads: one winner, the other gets the same answer or a sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from guangcai.core.actor import Actor
from guangcai.core.errors import DomainError
from guangcai.members import checks, commands
from guangcai.members.commands import Placement
from guangcai.members.enums import Channel
from guangcai.members.models import DuplicatePair, Member, ReportIn, Residence
from guangcai.members.slips import SlipForm
from tests.cast import Cast, make_cast
from tests.members.rosters import numbered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return make_cast(now)


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run every task at the same moment on a connection of its own; refusals are answers too."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return task()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def hand_in(cast: Cast, name: str, phone: str, now: datetime, community: str = "nanyuan") -> ReportIn:
    form = SlipForm(name=name, phone=phone, notice="2026-01")
    place = cast.nodes[community]
    return commands.report_in_submit(community=place, form=form, channel=Channel.PHONE, by=Actor(), now=now)


def test_two_desks_accept_the_same_slip(cast: Cast, now: datetime) -> None:
    slip = hand_in(cast, "周明远", "13900000201", now)
    desks = [cast.actor("desk"), cast.actor("desk_colleague")] * 4

    residences = at_once(
        *(lambda by=by: commands.accept_report_in(report_in=slip, by=by, now=now) for by in desks)  # type: ignore[misc]
    )

    assert {residence.pk for residence in residences} == {Residence.objects.get(member__name="周明远").pk}
    assert Member.objects.filter(name="周明远").count() == 1


def test_receipts_of_many_desks_are_numbered_without_gap_or_double(cast: Cast, now: datetime) -> None:
    desk = cast.actor("desk")
    slips = [hand_in(cast, numbered("周", number), f"139000007{number:02d}", now) for number in range(12)]

    at_once(*(lambda slip=slip: commands.accept_report_in(report_in=slip, by=desk, now=now) for slip in slips))  # type: ignore[misc]

    numbers = Residence.objects.filter(receipt_no__contains="-2026-").values_list("receipt_no", flat=True)
    assert sorted(numbers) == [f"210802001002-2026-{number:05d}" for number in range(1, 13)]
    assert list(checks.receipts_are_complete()) == []


def test_two_communities_accept_the_same_member(cast: Cast, now: datetime) -> None:
    here = hand_in(cast, "林晓岚", "13900000101", now, "gongyuan")
    police = hand_in(cast, "林晓岚", "13900000101", now, "other_community")
    system = Actor.system()

    at_once(
        lambda: commands.accept_report_in(report_in=here, by=system, now=now),
        lambda: commands.accept_report_in(report_in=police, by=system, now=now),
    )

    member = cast.teacher_member
    assert Residence.objects.filter(member=member, until=None).count() == 1
    assert list(checks.places_equal_open_residences()) == []


def test_the_same_phone_presses_twice(cast: Cast, now: datetime) -> None:
    slips = at_once(*[lambda: hand_in(cast, "周明远", "13900000201", now)] * 8)
    assert {slip.pk for slip in slips} == {ReportIn.objects.get().pk}


def test_accepting_one_by_one_and_all_at_once_meet(cast: Cast, now: datetime) -> None:
    desk = cast.actor("desk")
    slips = [hand_in(cast, numbered("周", number), f"139000007{number:02d}", now) for number in range(6)]
    keys = [slip.pk for slip in slips]

    at_once(
        lambda: commands.accept_many(community=cast.nanyuan, report_ins=keys, by=desk, now=now),
        *(lambda slip=slip: commands.accept_report_in(report_in=slip, by=desk, now=now) for slip in slips),  # type: ignore[misc]
    )

    assert ReportIn.objects.filter(is_accepted=True).count() == 6
    assert Member.objects.filter(name__startswith="周").count() == 6
    assert list(checks.receipts_are_complete()) == []


def test_two_desks_merge_a_pair_both_ways(cast: Cast, now: datetime) -> None:
    system, kept = Actor.system(), cast.teacher_member
    placed = Placement(community=cast.nanyuan)
    gone = commands.add_member(name="林小岚", phone="13900000101", placed=placed, by=system, now=now)

    at_once(
        lambda: commands.merge_members(kept=kept, gone=gone, by=system, now=now),
        lambda: commands.merge_members(kept=gone, gone=kept, by=system, now=now),
    )

    assert Member.objects.filter(merged_into__isnull=False).count() == 1
    assert DuplicatePair.objects.open().count() == 0
    assert list(checks.merged_records_have_no_relations()) == []

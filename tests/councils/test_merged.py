"""Communities become one, or one goes to another street: bodies, what they owe and what is proposed go on."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.commitments.belonging import place_now
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope
from guangcai.core.permissions import Permission
from guangcai.councils import commands
from guangcai.councils.enums import BodyKind, PartyClass, Side
from guangcai.councils.models import Body, Contest, Meeting, Proposal
from guangcai.councils.queries import bodies as body_queries
from guangcai.councils.queries import promises
from guangcai.councils.queries.counts import coverage
from guangcai.orgs.commands import merge_nodes, move_node
from guangcai.orgs.models import Node
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, call, close, promise, seat, set_up

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
system = Actor.system()


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def merged(cast: Cast, now: datetime) -> Node:
    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=system, now=now)
    return Node.objects.get(pk=cast.gongyuan.pk)


def moved(cast: Cast, now: datetime) -> Node:
    move_node(node=cast.nanyuan, parent=cast.other_street, by=system, now=now)
    return Node.objects.get(pk=cast.nanyuan.pk)


@pytest.fixture(params=[merged, moved], ids=["merged", "moved"])
def change(request: Any, cast: Cast, now: datetime) -> Callable[[], Node]:
    return lambda: request.param(cast, now)


def test_bodies_stand_where_their_place_lies_now(
    cast: Cast, body: Body, desk: Actor, change: Callable[[], Node], now: datetime
) -> None:
    held, to_come = call(body, desk, now - 2 * DAY, title="开过的"), call(body, desk, now, title="要开的")
    close(held, desk, now)
    contest = commands.open_contest(
        node=cast.nanyuan, name="评比", closes_on=now.date() + DAY, criteria=[("居民受益", 100)], by=desk, now=now
    )
    ended = set_up(cast.nanyuan, BodyKind.HEARING, "老听证会", desk, now)
    commands.end_body(body=ended, reason="开完了", by=desk, now=now)
    old, seats = cast.nanyuan.path, set(body.seats.values_list("pk", flat=True))  # type: ignore[attr-defined]
    place = change()
    for row in (body, held, to_come, contest, ended):
        row.refresh_from_db()
    assert (body.node, body.path) == (place, place.path)
    assert (Contest.objects.get().node, contest.path) == (place, place.path)
    assert to_come.path == place.path
    assert (held.path, ended.path) == (old, old)
    assert {one.row.pk for one in body_queries.seats_of(body, desk)} == seats
    runner = cast.actor("desk")
    assert [one.body for one in body_queries.due(runner, on=now.date())] != []
    assert {one.body for one in body_queries.due(runner, on=now.date())} == {body}
    for who in ("desk", "member"):
        assert set(Meeting.objects.visible_to(cast.actor(who))) == {held, to_come}, who
    assert broken() == []


def test_of_two_bodies_of_one_name_one_is_told_apart(cast: Cast, body: Body, now: datetime) -> None:
    twin = set_up(cast.gongyuan, BodyKind.JOINT, body.name, cast.actor("desk_next_door"), now)
    seat(twin, cast.actor("desk_next_door"), now, PartyClass.UNIT, work_unit=cast.school)
    merged(cast, now)
    body.refresh_from_db()
    twin.refresh_from_db()
    assert (twin.name, body.name) == ("南园社区党建联席会", "南园社区党建联席会 (2)")
    assert {one.body for one in body_queries.due(cast.actor("desk_next_door"), on=now.date())} == {body, twin}
    # The school sits in both until somebody ends one of them.
    assert body.seats.filter(work_unit=cast.school, until=None).exists()  # type: ignore[attr-defined]
    assert twin.seats.filter(work_unit=cast.school, until=None).exists()  # type: ignore[attr-defined]
    assert broken() == []


def test_seats_are_found_among_the_people_who_live_there_now(
    cast: Cast, body: Body, change: Callable[[], Node], signed_in: SignIn
) -> None:
    place = change()
    cast.teacher_member.refresh_from_db()
    assert cast.teacher_member.path == place.path
    found = signed_in(cast.desk).get(reverse("councils:people", args=[body.pk]), {"q": "林晓岚"})
    assert "林晓岚" in found.content.decode()


def test_a_proposal_raised_before_is_tabled_in_the_body_that_serves_it_now(
    cast: Cast, proposal: Proposal, change: Callable[[], Node], signed_in: SignIn, now: datetime
) -> None:
    desk = cast.actor("desk")
    commands.screen_proposal(proposal=proposal, accepts=True, note="", by=desk, now=now)
    place = change()
    desk, row = cast.actor("desk"), Proposal.objects.get()
    assert row.path == cast.members["teacher_member"].path != place.path
    later = set_up(place, BodyKind.COUNCIL, "新议事会", desk, now)
    meeting = call(later, desk, now, title="合并后第一次")
    elsewhere = cast.gongyuan if place.pk == cast.nanyuan.pk else cast.other_community
    strange = call(set_up(elsewhere, BodyKind.COUNCIL, "别处", system, now), system, now)
    shown = signed_in(cast.desk).get(reverse("councils:tabling", args=[row.pk])).content.decode()
    assert "合并后第一次" in shown
    assert str(strange.pk) not in shown
    with pytest.raises(OutOfScope):
        commands.table_proposal(proposal=row, meeting=strange, by=system, now=now)
    row = commands.table_proposal(proposal=row, meeting=meeting, by=desk, now=now)
    assert (row.state, row.community) == ("tabled", cast.nanyuan)
    pledge = promise(row, cast, desk, now)
    assert place_now(pledge.path) == place.path
    (told,) = promises.standings(promises.with_parts(type(pledge).objects.all()), on=now.date())
    assert told.standing == "on_time"
    assert promises.late_in(desk, paths=desk.paths_with(Permission.COUNCIL_EDIT), on=now.date()) == 0
    public = Client().get(reverse("councils:public", args=[place.code])).content.decode()
    assert pledge.item in public
    assert broken() == []


def test_an_agreement_counts_for_the_successor_and_is_renewed_with_it(
    cast: Cast, desk: Actor, change: Callable[[], Node], now: datetime
) -> None:
    items = [
        commands.ItemDraft(Side.UNIT, "开放图书室", 24, "次"),
        commands.ItemDraft(Side.COMMUNITY, "护学岗", 9, "次"),
    ]
    draft = commands.AgreementDraft(cast.school, now.date(), now.date() + 99 * DAY, items)
    row = commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=desk, now=now)
    signature = commands.Signature("何静", row.starts_on, "柜")
    row = commands.sign_agreement(agreement=row, signature=signature, by=desk, now=now)
    place = change()
    assert sum(one.agreed for one in coverage([cast.district.path], on=now.date())) == 1
    made = commands.renew_agreement(agreement=row, by=cast.actor("desk"), now=now)
    assert (made.community, made.path, made.renews) == (place, place.path, row)
    assert made.number.startswith(f"GJ{place.code}-")

"""Wishes of 南园, made through the commands, and members enough to take them on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.roles import Role
from guangcai.wishes import checks, commands
from guangcai.wishes.models import Wish, WishClaim, WishKind
from tests.cast import Cast, grant, make_member, make_user

Neighbours = Callable[[int], list[tuple[Member, Actor]]]
NAME, PHONE = "王桂芳", "13612340001"
CHECKS = (
    checks.states_are_the_last_step,
    checks.a_wish_taken_on_is_somebodys,
    checks.no_claim_outlives_its_wish,
    checks.helpers_help_whoever_has_the_wish,
    checks.nothing_came_true_without_the_wishers_word,
    checks.claims_lie_where_their_wish_does,
    checks.nothing_published_names_anybody,
    checks.the_turns_are_those_of_the_lot,
    checks.gifts_cover_what_was_spent,
)


def broken() -> list[str]:
    return [line for check in CHECKS for line in check()]


def wish_draft(**other: Any) -> commands.WishDraft:
    told: dict[str, Any] = {"said": "想要一台收音机，听戏", "name": NAME, "phone": PHONE, "address": "3号楼501"}
    return commands.WishDraft(**(told | other))


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def secretary(cast: Cast) -> Actor:
    return cast.actor("secretary")


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_wish_lists(by=Actor.system(), now=now)


@pytest.fixture
def collected(cast: Cast, desk: Actor, now: datetime) -> Callable[..., Wish]:
    """`collected(said=...)`: written down at the counter."""
    return lambda **other: commands.collect_wish(community=cast.nanyuan, draft=wish_draft(**other), by=desk, now=now)


@pytest.fixture
def published(collected: Callable[..., Wish], desk: Actor, now: datetime) -> Callable[..., Wish]:
    """`published(people=2)`: on the wall."""

    def make(**other: Any) -> Wish:
        words = {"title": "一台收音机", "words": "一位爱听戏的老人想要一台收音机。", "people": 1} | other
        kind = WishKind.objects.get(code="goods")
        row = commands.verify_wish(wish=collected(), kind=kind, **words, by=desk, now=now)
        return commands.publish_wish(wish=row, by=desk, now=now)

    return make


@pytest.fixture
def held(cast: Cast, published: Callable[..., Wish], desk: Actor, now: datetime) -> Callable[..., WishClaim]:
    """`held()`: claimed by the teacher and confirmed."""

    def make(**other: Any) -> WishClaim:
        wish, teacher = published(**other), cast.teacher_member
        claim = commands.claim_wish(wish=wish, member=teacher, by=cast.actor("member"), now=now)
        return commands.confirm_claim(claim=claim, by=desk, now=now)

    return make


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """`neighbours(3)`: members of 南园 with their own sign-in."""

    def make(count: int) -> list[tuple[Member, Actor]]:
        found = []
        for number in range(count):
            phone = f"1371234{number:04d}"
            member = make_member(cast, f"n{number}", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school)
            user = make_user(cast, f"nu{number}", member.name, phone, member=member)
            grant(user, Role.MEMBER, node=cast.nanyuan)
            found.append((member, cast.actor(user)))
        return found

    return make

"""Households of 南园, made through the commands, and neighbours who look after them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils.timezone import localdate

from guangcai.care import checks, commands
from guangcai.care.enums import ConsentBy, HouseholdCategory, PairingKind, RiskTier
from guangcai.care.models import Household, NeedKind, Pairing, VisitKind
from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.roles import Role
from tests.cast import Cast, grant, make_member, make_user

Neighbours = Callable[[int], list[tuple[Member, Actor]]]
MARK = "金丝雀户主"


def draft(label: str, **other: Any) -> commands.HouseholdDraft:
    words: dict[str, Any] = {
        "label": label,
        "name": f"{MARK}姓名",
        "category": HouseholdCategory.ELDER_ALONE,
        "phone": "13911112222",
        "address": f"{MARK}门牌",
        "notes": f"{MARK}备注",
    }
    return commands.HouseholdDraft(**(words | other))


def child(label: str, **other: Any) -> commands.HouseholdDraft:
    words = {"guardian_name": f"{MARK}监护", "guardian_phone": "13911113333"}
    return draft(label, category=HouseholdCategory.CHILD, **(words | other))


def broken() -> list[str]:
    found = [checks.tiers_agree, checks.children_have_guardians, checks.no_pairing_outlives_its_household]
    found += [checks.no_pairing_without_consent, checks.pairings_lie_where_their_household_does]
    found += [checks.nobody_over_the_limit, checks.visits_belong_to_their_pairing, checks.entries_belong_to_a_visit]
    return [line for check in found for line in check()]


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_care_lists(by=Actor.system(), now=now)


@pytest.fixture
def make_household(cast: Cast, desk: Actor, now: datetime) -> Callable[..., Household]:
    """`make_household("A1")`: of 南园, agreed to, in the general tier."""
    numbers = iter(range(1, 1000))

    def make(
        label: str = "", *, tier: RiskTier = RiskTier.GENERAL, consent: bool = True, at: datetime = now, **other: Any
    ) -> Household:
        words = other.pop("draft", None) or draft(label or f"N{next(numbers)}", **other)
        row = commands.add_household(community=cast.nanyuan, draft=words, tier=tier, by=desk, now=at)
        if consent:
            by = ConsentBy.GUARDIAN if row.needs_guardian else ConsentBy.SELF
            commands.give_consent(household=row, said_by=by, how="上门", given_on=localdate(at), by=desk, now=at)
        return row

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


@pytest.fixture
def pair(desk: Actor, now: datetime) -> Callable[..., Pairing]:
    """`pair(household, member, actor)`: invited and taken up."""

    def make(household: Household, member: Member, actor: Actor, *, at: datetime = now, **other: Any) -> Pairing:
        kind = other.pop("kind", PairingKind.CONTACT)
        row = commands.offer_pairing(household=household, member=member, kind=kind, by=desk, now=at, **other)
        return commands.take_up(pairing=row, by=actor, now=at)

    return make


def seen(**other: Any) -> commands.VisitDraft:
    """A visit of today."""
    words: dict[str, Any] = {"kind": VisitKind.objects.get(code="visit"), "note": f"{MARK}见闻"}
    return commands.VisitDraft(**(words | other))


def need(code: str) -> NeedKind:
    return NeedKind.objects.get(code=code)

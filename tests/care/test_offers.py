"""A member offers himself for looking after a household; a new category asks for a new consent."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from guangcai.care import checks, commands
from guangcai.care.enums import ConsentBy
from guangcai.care.models import CareOffer, Household, HouseholdConsent, Pairing
from guangcai.care.queries.load import willing_among
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.members.commands import end_member, merge_members
from tests.care.conftest import child, draft
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def test_a_member_offers_himself_once_and_takes_it_back(neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, actor), (other, stranger) = neighbours(2)
    key = new_id()
    row = commands.offer_care(member=member, note="周末", by=actor, now=now, id=key)
    assert commands.offer_care(member=member, note="周末", by=actor, now=now, id=key) == row
    assert commands.offer_care(member=member, note="随时", by=actor, now=now) == row, "one open offer"
    with pytest.raises(Conflict):
        commands.offer_care(member=member, note="别的话", by=actor, now=now, id=key)
    for who in (desk, stranger):
        with pytest.raises(Forbidden):
            commands.offer_care(member=member, note="", by=who, now=now)
        with pytest.raises(Forbidden):
            commands.withdraw_offer(offer=row, by=who, now=now)
    assert willing_among([member.pk, other.pk]) == {member.pk: "周末"}
    commands.withdraw_offer(offer=row, by=actor, now=now)
    commands.withdraw_offer(offer=row, by=actor, now=now)
    assert willing_among([member.pk]) == {}
    assert AuditEvent.objects.filter(tag__startswith="care:offer").count() == 2


def test_who_left_the_roster_is_not_willing_any_more(neighbours: Any, desk: Actor, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    commands.offer_care(member=member, note="", by=actor, now=now)
    end_member(member=member, reason="迁出", by=desk, now=now)
    assert willing_among([member.pk]) == {}
    with pytest.raises(RuleBroken):
        commands.offer_care(member=member, note="", by=actor, now=now)


def test_one_open_offer_by_constraint(neighbours: Any, now: datetime) -> None:
    ((member, actor),) = neighbours(1)
    row = commands.offer_care(member=member, note="", by=actor, now=now)
    row.pk = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_two_records_of_one_person_keep_one_offer(neighbours: Any, desk: Actor, now: datetime) -> None:
    (kept, one), (gone, two) = neighbours(2)
    for member, actor in ((kept, one), (gone, two)):
        commands.offer_care(member=member, note=member.name, by=actor, now=now)
    merge_members(kept=kept, gone=gone, by=Actor.system(), now=now)
    assert [row.note for row in CareOffer.objects.open().filter(member=kept)] == [kept.name]


def test_the_desk_sees_the_willing_before_it_searches(
    cast: Cast, neighbours: Any, make_household: Any, desk: Actor, now: datetime
) -> None:
    (member, _actor), (other, _other) = neighbours(2)
    row, phone, clerk, next_door = make_household("甲"), Client(), Client(), Client()
    phone.force_login(cast.users["nu0"])
    clerk.force_login(cast.users["desk"])
    next_door.force_login(cast.users["desk_next_door"])
    assert phone.post(reverse("care:offers"), {"id": new_id(), "note": "x" * 80}).status_code == 422
    assert phone.post(reverse("care:offers"), {"id": new_id(), "note": "周末有空"}).status_code == 302
    assert "周末有空" in phone.get(reverse("care:mine")).content.decode()
    page = clerk.get(reverse("care:people", args=[row.pk])).content.decode()
    assert member.name in page
    assert "周末有空" in page
    assert other.name not in page
    found = clerk.get(reverse("invitations:household", args=[row.pk])).context["others"]
    assert (found[0].member.name, found[0].is_willing) == (member.name, True)
    offer = CareOffer.objects.get()
    assert clerk.post(reverse("care:offer_end", args=[offer.pk])).status_code == 404
    assert next_door.post(reverse("care:offers"), {"id": new_id(), "note": ""}).status_code == 404
    assert phone.post(reverse("care:offer_end", args=[offer.pk])).status_code == 302
    assert not CareOffer.objects.open().exists()


def test_the_willing_are_read_with_as_many_statements_for_three_as_for_one(
    cast: Cast, neighbours: Any, make_household: Any, now: datetime, queries: Any
) -> None:
    clerk, address = Client(), reverse("care:people", args=[make_household("甲").pk])
    clerk.force_login(cast.users["desk"])
    seen = []
    people = neighbours(3)
    clerk.get(address)
    for some in (people[:1], people[1:]):
        for member, actor in some:
            commands.offer_care(member=member, note="", by=actor, now=now)
        with queries() as statements:
            assert clerk.get(address).status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_a_category_to_or_from_a_child_asks_for_a_new_consent(
    cast: Cast, make_household: Any, neighbours: Any, pair: Any, desk: Actor, now: datetime
) -> None:
    row: Household = make_household("甲")
    ((member, actor),) = neighbours(1)
    pair(row, member, actor)

    def change(words: Any, **said: str) -> None:
        commands.change_household(household=row, draft=words, by=desk, now=now, **said)

    with pytest.raises(RuleBroken) as refused:
        change(child("甲"))
    assert refused.value.code == "consent_anew"
    with pytest.raises(RuleBroken) as refused:
        change(child("甲"), said_by=ConsentBy.SELF, how="电话")
    assert refused.value.code == "guardian_agrees"
    assert Household.objects.get().category == row.category, "refused whole"
    change(child("甲"), said_by=ConsentBy.GUARDIAN, how="电话")
    said = HouseholdConsent.objects.order_by("noted_at", "withdrawn_at").values_list("said_by", "withdrawn_at")
    assert sorted(said, key=lambda one: one[1] is None) == [("self", now), ("guardian", None)]
    assert Pairing.objects.held().count() == 1, "who looks after it goes on"
    assert list(checks.no_pairing_without_consent()) == []
    change(child("乙"))
    assert HouseholdConsent.objects.count() == 2, "other words ask for nothing"
    with pytest.raises(RuleBroken):
        change(draft("乙"))

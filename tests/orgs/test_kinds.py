"""Lists to choose from: a kind is added, renamed, ended and offered again by whoever sets rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.cases.forms import ItemForm
from guangcai.cases.models import Category, Item
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.kinds import KeptKind, KindList, declared, declared_as
from guangcai.core.models import AuditEvent
from guangcai.mediation.commands import load_causes
from guangcai.mediation.models import CauseKind
from guangcai.members.models import ServiceKind
from guangcai.orgs import commands
from guangcai.studios.models import StudioKind
from guangcai.wishes.models import AidMeasure
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
PAGE = reverse("orgs:kinds")


def listed(code: str) -> KindList:
    found = declared_as(code)
    assert found is not None
    return found


@pytest.fixture
def causes(cast: Cast, now: datetime) -> KindList:
    load_causes(by=Actor.system(), now=now)
    return listed("quarrels")


@pytest.fixture
def administrator(cast: Cast) -> Actor:
    return cast.actor("administrator")


@pytest.fixture
def browser(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast.users["administrator"])


def add(kinds: KindList, by: Actor, now: datetime, name: str = "宠物扰民", **other: Any) -> KeptKind:
    return commands.add_kind(kinds=kinds, **{"name": name, "id": new_id()} | other, by=by, now=now)


def row_of(kinds: KindList, name: str) -> KeptKind:
    return kinds.model.objects.get(name=name)


def test_every_list_that_the_district_keeps_is_declared() -> None:
    assert {one.model for one in declared()} == set(KeptKind.__subclasses__())


def test_added_renamed_ended_and_offered_again(
    cast: Cast, causes: KindList, administrator: Actor, now: datetime
) -> None:
    row = add(causes, administrator, now)
    assert CauseKind.objects.last() == row
    assert commands.rename_kind(kinds=causes, kind=row, name="养宠物", by=administrator, now=now).name == "养宠物"
    for _twice in range(2):
        commands.end_kind(kinds=causes, kind=row, by=administrator, now=now)
    assert row not in CauseKind.objects.offered()
    assert row in CauseKind.objects.offered(keeping=row.pk)
    for _twice in range(2):
        commands.offer_kind(kinds=causes, kind=row, by=administrator, now=now)
    assert row in CauseKind.objects.offered()
    assert AuditEvent.objects.filter(tag="orgs:kind:change").count() == 4


def test_sent_twice_is_one_row(cast: Cast, causes: KindList, administrator: Actor, now: datetime) -> None:
    key = new_id()
    assert add(causes, administrator, now, id=key) == add(causes, administrator, now, id=key)
    with pytest.raises(Conflict):
        add(causes, administrator, now, "别的", id=key)


@pytest.mark.parametrize(
    ("name", "code"), [("\u3164\u200b", "name_missing"), ("长" * 41, "name_long"), ("宠物扰民", "name_taken")]
)
def test_a_name_is_short_and_stands_once(
    cast: Cast, causes: KindList, administrator: Actor, now: datetime, name: str, code: str
) -> None:
    row, other = add(causes, administrator, now), add(causes, administrator, now, "占道")
    for act in (
        lambda: add(causes, administrator, now, name),
        lambda: commands.rename_kind(kinds=causes, kind=other, name=name, by=administrator, now=now),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert (refused.value.field, refused.value.code) == ("name", code)
    commands.end_kind(kinds=causes, kind=row, by=administrator, now=now)
    with pytest.raises(RuleBroken) as refused:
        add(causes, administrator, now)
    assert refused.value.code == "name_ended"


def test_the_last_one_stays(cast: Cast, causes: KindList, administrator: Actor, now: datetime) -> None:
    first, *others = CauseKind.objects.all()
    for row in others:
        commands.end_kind(kinds=causes, kind=row, by=administrator, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.end_kind(kinds=causes, kind=first, by=administrator, now=now)
    assert refused.value.code == "kind_last"


def test_a_category_ends_after_its_items(cast: Cast, administrator: Actor, now: datetime) -> None:
    kinds = listed("request-categories")
    row, _other = (Category.objects.create(code=code, name=code) for code in ("repair", "noise"))
    item = Item.objects.create(category=row, code="lamp", name="楼道灯", since=SINCE)
    with pytest.raises(RuleBroken) as refused:
        commands.end_kind(kinds=kinds, kind=row, by=administrator, now=now)
    assert refused.value.code == "kind_used"
    Item.objects.filter(pk=item.pk).update(until=now.date() - timedelta(days=1))
    commands.end_kind(kinds=kinds, kind=row, by=administrator, now=now)
    assert row not in ItemForm(node=cast.nanyuan).fields["category"].queryset  # type: ignore[attr-defined]


def test_only_whoever_sets_rules(cast: Cast, causes: KindList, signed_in: SignIn, now: datetime) -> None:
    row = CauseKind.objects.first()
    assert row is not None
    with pytest.raises(OutOfScope):
        add(causes, cast.actor("desk"), now)
    paths = [reverse(f"orgs:{name}", args=["quarrels", row.pk]) for name in ("kind", "kind_end", "kind_offer")]
    for key in ("desk", "overseer", "liaison", "member"):
        stranger = signed_in(cast.users[key])
        assert stranger.get(PAGE).status_code == 403
        assert {stranger.post(path, {"name": "别的"}).status_code for path in paths} == {403}
    row.refresh_from_db()
    assert (row.name, row.ended_on) == (CauseKind.objects.first().name, None)  # type: ignore[union-attr]


def test_on_the_screen(cast: Cast, browser: Client, now: datetime) -> None:
    served = ServiceKind.objects.get(code="aid")
    new = reverse("orgs:kind_new", args=["studios"])
    assert browser.post(new, {"id": new_id(), "name": "法律咨询"}).status_code == 422
    form = {"id": new_id(), "name": "法律咨询", "service_kind": served.pk}
    assert [browser.post(new, form).status_code for _twice in range(2)] == [302, 302]
    row = StudioKind.objects.get()
    assert row.service_kind == served
    page = reverse("orgs:kind", args=["studios", row.pk])
    assert browser.post(page, {"name": "\u200b"}).status_code == 422
    browser.post(page, {"name": "法律援助"})
    assert "法律援助" in browser.get(PAGE).text
    # The only one: refused in words on the next page.
    browser.post(reverse("orgs:kind_end", args=["studios", row.pk]))
    assert StudioKind.objects.offered().count() == 1
    measured = {"id": new_id(), "name": "走访户数", "unit": "户", "counts_people": "on"}
    assert browser.post(reverse("orgs:kind_new", args=["aid-results"]), measured).status_code == 302
    assert (AidMeasure.objects.get().unit, AidMeasure.objects.get().counts_people) == ("户", True)
    for path in ("nothing/new/", "nothing/1/", "studios/999/"):
        assert browser.get(f"{PAGE}{path}").status_code == 404


def test_an_ended_kind_is_offered_only_to_what_has_it(cast: Cast, administrator: Actor, now: datetime) -> None:
    kinds, served = listed("studios"), ServiceKind.objects.get(code="aid")
    one = add(kinds, administrator, now, "一", service_kind=served)
    add(kinds, administrator, now, "二", service_kind=served)
    commands.end_kind(kinds=kinds, kind=one, by=administrator, now=now)
    assert [row.name for row in StudioKind.objects.offered()] == ["二"]
    assert [row.name for row in StudioKind.objects.offered(keeping=one.pk)] == ["一", "二"]


def test_three_rows_take_as_many_statements_as_one(
    cast: Cast, causes: KindList, browser: Client, administrator: Actor, now: datetime, queries: Any
) -> None:
    browser.get(PAGE)
    with queries() as few:
        browser.get(PAGE)
    for name in ("一", "二", "三"):
        add(causes, administrator, now, name)
    with queries() as many:
        browser.get(PAGE)
    assert len(few) == len(many)

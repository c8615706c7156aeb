"""A need ticked at a visit is taken on once, as a request or a wish, and the household's page says so."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from guangcai.care import commands
from guangcai.care.models import Household, NeedKind, Visit, VisitKind, VisitNeed
from guangcai.cases.models import Case, Category, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.wishes.models import Wish
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def need(make_household: Callable[..., Household], desk: Actor, now: datetime) -> VisitNeed:
    row = make_household("A1")
    repair = NeedKind.objects.get(code="repair")
    kind = VisitKind.objects.get(code="visit")
    draft = commands.VisitDraft(kind=kind, visited_on=localdate(now), needs=(repair,))
    commands.record_visit(household=row, draft=draft, by=desk, now=now)
    return VisitNeed.objects.select_related("visit__household", "kind").get()


@pytest.fixture
def lamp() -> Item:
    category = Category.objects.create(code="repair", name="水电维修")
    return Item.objects.create(category=category, code="lamp", name="楼道灯", since=SINCE)


def query(need: VisitNeed, code: str) -> str:
    return f"?community={code}&from_kind=visit_need&from_id={need.pk}"


def sent(lamp: Item) -> dict[str, str]:
    key = str(new_id())
    return {"id": key, "item": str(lamp.pk), "what": "家里灯不亮", "channel": "desk", "phone": "13922223333"}


def test_as_a_request_once(cast: Cast, signed_in: SignIn, need: VisitNeed, lamp: Item) -> None:
    desk, page = signed_in(cast.desk), need.visit.household.get_absolute_url()
    address = reverse("cases:new") + query(need, cast.nanyuan.code)
    shown = desk.get(page).content.decode()
    assert address.replace("&", "&amp;") in shown
    assert reverse("wishes:new") in shown
    assert desk.get(address).status_code == 200
    assert desk.post(address, sent(lamp)).status_code == 302
    case = Case.objects.get()
    assert (case.from_kind, case.from_id) == ("visit_need", need.pk)
    assert desk.post(address, sent(lamp)).status_code == 409
    shown = desk.get(page).content.decode()
    assert case.get_absolute_url() in shown
    assert address.replace("&", "&amp;") not in shown
    assert reverse("wishes:new") not in shown


def test_as_a_wish_once(cast: Cast, signed_in: SignIn, need: VisitNeed) -> None:
    desk, page = signed_in(cast.desk), need.visit.household.get_absolute_url()
    address = reverse("wishes:new") + query(need, cast.nanyuan.code)
    wish = {
        "id": str(new_id()), "community": str(cast.nanyuan.pk), "said": "想要一副老花镜", "name": "张",
        "phone": "13922223333", "channel": "visit",
    }  # fmt: skip
    assert desk.post(address, wish).status_code == 302
    row = Wish.objects.get()
    assert (row.from_kind, row.from_id) == ("visit_need", need.pk)
    assert row.get_absolute_url() in desk.get(page).content.decode()
    assert desk.post(address, wish | {"id": str(new_id())}).status_code == 422


def test_a_corrected_visit_does_not_let_it_be_taken_on_again(
    cast: Cast, signed_in: SignIn, need: VisitNeed, lamp: Item, desk: Actor, now: datetime
) -> None:
    browser, household = signed_in(cast.desk), need.visit.household
    draft = commands.VisitDraft(kind=need.visit.kind, visited_on=localdate(now), needs=(need.kind,), note="改了一笔")
    first = commands.correct_visit(visit=need.visit, draft=draft, by=desk, now=now)
    other = commands.correct_visit(visit=first, draft=draft, by=desk, now=now)
    same = other.needs.get()
    # It is taken on under the id it had first, whichever correction stands.
    address = reverse("cases:new") + query(need, cast.nanyuan.code)
    assert address.replace("&", "&amp;") in browser.get(household.get_absolute_url()).content.decode()
    assert browser.get(reverse("cases:new") + query(same, cast.nanyuan.code)).status_code == 404
    assert browser.post(address, sent(lamp)).status_code == 302
    last = commands.correct_visit(visit=other, draft=draft, by=desk, now=now)
    shown = browser.get(household.get_absolute_url()).content.decode()
    assert Case.objects.get().get_absolute_url() in shown
    assert "from_kind" not in shown
    for key in (same, last.needs.get()):
        wrong = reverse("cases:new") + query(key, cast.nanyuan.code)
        assert browser.post(wrong, sent(lamp)).status_code == 404
    assert browser.post(address, sent(lamp)).status_code == 409
    assert Case.objects.count() == 1
    # Said to be no need after all: nothing grows out of it any more.
    none = commands.VisitDraft(kind=need.visit.kind, visited_on=localdate(now), note="其实不用")
    commands.correct_visit(visit=last, draft=none, by=desk, now=now)
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("page", ["cases:new", "wishes:new"])
def test_nothing_grows_out_of_what_is_not_there_or_not_ones_own(
    cast: Cast, signed_in: SignIn, need: VisitNeed, page: str
) -> None:
    desk, next_door, code = signed_in(cast.desk), signed_in(cast.desk_next_door), cast.nanyuan.code
    address = reverse(page)
    for wrong in ("from_kind=visit_need", f"from_kind=visit_need&from_id={new_id()}", "from_kind=x&from_id=1"):
        assert desk.get(f"{address}?community={code}&{wrong}").status_code == 404, wrong
    assert desk.get(f"{address}?from_kind=suggestion&from_id={need.pk}").status_code == 404
    own = f"?community={cast.gongyuan.code}&from_kind=visit_need&from_id={need.pk}"
    assert next_door.get(address + own).status_code == 404


def test_a_visitor_sees_the_need_and_no_button(cast: Cast, signed_in: SignIn, need: VisitNeed) -> None:
    """Only the desk takes it on; the street reads."""
    shown = signed_in(cast.desk).get(need.visit.household.get_absolute_url()).content.decode()
    assert need.kind.name in shown
    seen = signed_in(cast.overseer).get(need.visit.household.get_absolute_url()).content.decode()
    assert "from_kind" not in seen


def test_many_needs_cost_no_statement_more(cast: Cast, signed_in: SignIn, need: VisitNeed, queries: Any) -> None:
    desk, page, counts = signed_in(cast.desk), need.visit.household.get_absolute_url(), []
    for number in (1, 3):
        for _more in range(number - 1):
            visit = Visit.objects.get(pk=need.visit_id)
            visit.pk = new_id()
            visit._state.adding = True
            visit.save()
            VisitNeed.objects.create(visit=visit, kind=need.kind, district_code=need.district_code)
        desk.get(page)
        with queries() as seen:
            assert desk.get(page).content.decode().count("from_kind") == 2 * number
        counts.append(len(seen))
    assert counts[0] == counts[1]

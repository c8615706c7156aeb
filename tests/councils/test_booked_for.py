"""From the page of a proposal to the booking for it, link by link and without scripts: the proposal goes along."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.councils.enums import MatterKind
from guangcai.councils.models import MatterLink, Proposal
from guangcai.orgs.models import ResidentUnit
from guangcai.places import commands as places
from guangcai.places.models import Booking, SharedResource
from tests.cast import SINCE, Cast
from tests.councils.conftest import DAY
from tests.places.conftest import hall

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def resource(cast: Cast, liaison: Actor, now: datetime) -> SharedResource:
    ResidentUnit.objects.create(work_unit=cast.school, community=cast.nanyuan, path=cast.nanyuan.path, since=SINCE)
    return places.add_resource(community=cast.nanyuan, work_unit=cast.school, content=hall(), by=liaison, now=now)


def links_to(page: str, address: str, *, at: str) -> list[str]:
    """Every link of a page (shown at `at`) whose address begins with `address`."""
    found = [urljoin(at, unescape(one)) for one in re.findall(r'<a[^>]* href="([^"]*)"', page)]
    return [one for one in found if one.split("?")[0] == address]


def test_the_proposal_goes_along_to_the_booking(
    cast: Cast, signed_in: SignIn, tabled: Proposal, resource: SharedResource, desk: Actor, now: datetime
) -> None:
    browser, form_at = signed_in(cast.users["desk"]), reverse("places:booking_new", args=[resource.pk])
    at = tabled.get_absolute_url()
    for address in (reverse("places:resources"), resource.get_absolute_url()):
        (at, *_more) = [one for one in links_to(browser.get(at).text, address, at=at) if "matter=" in one]
        shown = browser.get(at).text
        assert tabled.title in shown, at
        # The same page without the proposal is one tap away.
        assert (address in links_to(shown, address, at=at), "不为提议，直接借用" in shown) == (True, True), at
    ways = links_to(browser.get(at).text, form_at, at=at)
    assert len(ways) > 2
    assert all(f"matter={tabled.pk}" in one for one in ways)
    form = browser.get(ways[-1]).context["form"]
    assert form["matter"].value() == str(tabled.pk)
    typed = {name: form[name].value() for name in ("id", "community", "contact_name", "contact_phone", "matter")}
    when = {"day": now.date() + 3 * DAY, "start_time": "09:00", "end_time": "10:00"}
    answer = browser.post(ways[-1], typed | when | {"purpose": "居民议事"})
    assert answer.status_code == 302
    booking = Booking.objects.get()
    assert MatterLink.objects.filter(proposal=tabled, kind=MatterKind.BOOKING, target_id=booking.pk).exists()


def test_a_search_keeps_the_proposal(cast: Cast, signed_in: SignIn, tabled: Proposal, resource: SharedResource) -> None:
    browser = signed_in(cast.users["desk"])
    page = browser.get(reverse("places:resources"), {"matter": str(tabled.pk)}).text
    assert f'<input type="hidden" name="matter" value="{tabled.pk}">' in page


def test_what_is_no_proposal_of_his_is_left_out(
    cast: Cast, signed_in: SignIn, tabled: Proposal, resource: SharedResource, queries: Any
) -> None:
    for who, matter in (("desk", ""), ("desk", "x"), ("desk", str(resource.pk)), ("liaison", str(tabled.pk))):
        browser = signed_in(cast.users[who])
        for address in (reverse("places:resources"), resource.get_absolute_url()):
            answer = browser.get(address, {"matter": matter})
            assert answer.status_code == 200
            onward = (resource.get_absolute_url(), reverse("places:booking_new", args=[resource.pk]))
            ways = [way for one in onward for way in links_to(answer.text, one, at=address)]
            assert [way for way in ways if "matter=" in way] == [], (who, matter)
            assert tabled.title not in answer.text, (who, matter)

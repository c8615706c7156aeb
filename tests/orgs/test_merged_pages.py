"""Public pages of a community that was merged away lead to the one it became; of one that was closed they are gone."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.commands import load_lists
from guangcai.members.views.door import door_token
from guangcai.orgs.commands import add_node, end_node, merge_nodes
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.places import commands as places
from guangcai.places.enums import PointKind
from guangcai.studios import commands as studios
from guangcai.wishes.models import Wish
from tests.cast import Cast
from tests.places.conftest import content
from tests.studios.conftest import draft, fridays

pytestmark = pytest.mark.django_db
system = Actor.system()
Address = Callable[[Node], str]
PAGES: dict[str, Address] = {
    "councils:public": lambda node: reverse("councils:public", args=[node.code]),
    "cases:public_shelves": lambda node: reverse("cases:public_shelves", args=[node.code]),
    "wishes:wall": lambda node: reverse("wishes:wall", args=[node.code]),
    "wishes:ask": lambda node: reverse("wishes:ask", args=[node.code]),
    "studios:public_community": lambda node: reverse("studios:public_community", args=[node.code]),
    "members:door": lambda node: reverse("members:door", args=[door_token(node)]),
    "members:door_phone": lambda node: reverse("members:door_phone", args=[door_token(node)]),
    "places:directory": lambda node: reverse("places:directory") + f"?area={node.pk}",
}


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture(autouse=True)
def _something_everywhere(cast: Cast, now: datetime) -> None:
    """A studio and a service point in 南园: pages of rooms that have nothing to show are not there."""
    load_lists(by=system, now=now)
    studios.load_studio_kinds(by=system, now=now)
    desk = cast.actor("desk")
    studios.open_studio(community=cast.nanyuan, draft=draft(), repeat=fridays(), by=desk, now=now)
    places.add_point(node=cast.nanyuan, content=content(PointKind.STATION, "南园服务站"), by=desk, now=now)


def put_together(node: Node, successor: Node, now: datetime) -> Node:
    merge_nodes(node=node, successor=successor, by=system, now=now)
    return Node.objects.get(pk=successor.pk)


@pytest.mark.parametrize("name", PAGES)
def test_the_old_address_leads_to_the_community_it_became(cast: Cast, name: str, now: datetime) -> None:
    address, browser = PAGES[name], Client()
    assert browser.get(address(cast.nanyuan)).status_code == 200
    put_together(cast.nanyuan, cast.gongyuan, now)
    answer = browser.get(address(cast.nanyuan))
    assert (answer.status_code, answer["Location"]) == (302, address(cast.gongyuan))
    assert browser.get(address(cast.gongyuan)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_merged_twice_leads_to_the_last(cast: Cast, name: str, now: datetime) -> None:
    put_together(cast.nanyuan, cast.gongyuan, now)
    third = add_node(
        parent=cast.street, level=Level.COMMUNITY, code="210802001777", name="新园社区", valid_from=date(2020, 1, 1),
        by=system, now=now,
    )  # fmt: skip
    put_together(Node.objects.get(pk=cast.gongyuan.pk), third, now)
    answer = Client().get(PAGES[name](cast.nanyuan))
    assert (answer.status_code, answer["Location"]) == (302, PAGES[name](third))


@pytest.mark.parametrize("name", [name for name in PAGES if name != "places:directory"])
def test_closed_without_a_successor_is_gone(cast: Cast, name: str, now: datetime) -> None:
    for node in sorted(Node.objects.filter(path__under=cast.nanyuan.path), key=lambda one: -len(one.path)):
        end_node(node=node, by=system, now=now)
    assert Client().get(PAGES[name](cast.nanyuan)).status_code == 404


def test_what_never_was_is_not_found(cast: Cast) -> None:
    for name in ("councils:public", "wishes:wall", "studios:public_community"):
        assert Client().get(reverse(name, args=["999999999999"])).status_code == 404
    for area in ("x", "0", "9" * 30, "１２"):
        assert Client().get(reverse("places:directory"), {"area": area}).status_code == 200


def test_a_form_opened_before_the_merger_reaches_the_successor(cast: Cast, now: datetime) -> None:
    """What was typed is not lost: the browser sends it on, and the query goes along."""
    put_together(cast.nanyuan, cast.gongyuan, now)
    old, new = (PAGES["wishes:ask"](node) for node in (cast.nanyuan, cast.gongyuan))
    typed: dict[str, Any] = {"id": str(new_id()), "what": "想要一把轮椅", "asker_name": "王阿姨"}
    answer = Client().post(old, typed)
    assert (answer.status_code, answer["Location"]) == (307, new)
    assert not Wish.objects.exists()
    assert Client().get(f"{old}?from=poster")["Location"] == f"{new}?from=poster"


def test_the_studio_stands_on_the_page_of_the_successor(cast: Cast, now: datetime) -> None:
    put_together(cast.nanyuan, cast.gongyuan, now)
    page = Client().get(PAGES["studios:public_community"](cast.gongyuan)).text
    assert draft().name in page
    rows = Client().get(reverse("studios:public")).context["rows"]
    assert list(rows) == [Node.objects.get(pk=cast.gongyuan.pk)]

"""No page offers a way that is closed to its reader: links lead to pages that open, for everybody, everywhere."""

import html
import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.guards.conftest import Answers
from tests.guards.world import ANONYMOUS, World

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
LINKS = re.compile(r'<(?:a|img|iframe)\b[^>]*?\s(?:href|src)="([^"#][^"]*)"|\shx-get="([^"]+)"')
KEYS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d[\w.-]*(?=/|$)")
# Followed of each kind of address, by each reader.
EACH = 2


def links_on(page: bytes, at: str = "/") -> set[str]:
    """Addresses of our own that a page leads to, with their queries."""
    found = set()
    for one in LINKS.finditer(page.decode()):
        parts = urlsplit(urljoin(HOST + at, html.unescape(one[1] or one[2])))
        if f"{parts.scheme}://{parts.netloc}" == HOST and not parts.path.startswith(("/static/", "/account/logout/")):
            found.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def shape_of(address: str) -> str:
    path, _mark, query = address.partition("?")
    return KEYS.sub("<key>", path) + "?" + "&".join(sorted(part.partition("=")[0] for part in query.split("&")))


def test_no_page_leads_to_a_door_that_is_closed_to_its_reader(read: Answers, paths: dict[str, str]) -> None:
    named = {path: name for name, path in paths.items()}
    looked_at, closed = 0, set()
    for (name, actor), answer in read.items():
        for link in links_on(answer.body, paths[name]) if answer.is_page else ():
            if link in named:
                looked_at += 1
                there = read[named[link], actor]
                if there.status >= 400:
                    closed.add((actor, name, named[link], there.status))
    assert looked_at > 5000
    assert sorted(closed) == []


def broken_from_home(browser: Client) -> tuple[int, list[tuple[int, str, str]]]:
    """Follow links from the front page; how many kinds of address there are, and what did not open."""
    seen, waiting, kinds = {"/"}, deque([("/", "")]), Counter[str]()
    broken = []
    while waiting:
        address, before = waiting.popleft()
        answer = browser.get(address)
        if answer.status_code >= 400:
            broken.append((answer.status_code, address, before))
        leads = {answer.headers["Location"]} if "Location" in answer.headers else set()
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            leads |= links_on(answer.content, address)
        for link in sorted(leads - seen):
            kinds[shape_of(link)] += 1
            if kinds[shape_of(link)] <= EACH:
                seen.add(link)
                waiting.append((link, address))
    return len(kinds), broken


@pytest.mark.nightly
@pytest.mark.parametrize(
    "who", [ANONYMOUS, "administrator", "overseer", "secretary", "desk", "liaison", "member", "auditor"]
)
def test_every_link_from_the_front_page_opens(world: World, who: str) -> None:
    kinds, broken = broken_from_home(world.browser(who))
    assert kinds > 10
    assert broken == []

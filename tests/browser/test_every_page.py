"""Every page that somebody may open, opened by him in Chromium over the demo: sound, and no wider than the screen.

The main screens of each audience run every time; all pages of all audiences run nightly.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.guards.addresses import addresses, fill
from tests.guards.conftest import GUARDED_AT
from tests.guards.world import KIOSK, PROGRAM, World, make_world

Check = Callable[[Page], None]
ACCESS = Path(__file__).parents[1] / "guards" / "access.json"
# Answers that are no pages to look at.
NO_PAGES = ("core:healthz", "core:readyz", "core:metrics", "activities:worker", "api:")
DEVICES = (KIOSK, PROGRAM)
FILES = ("paper", "workbook", "roster", "export")
MAIN = {
    "anonymous": ["portal:home", "portal:suggestion", "ledger:verification"],
    "desk": [
        "portal:home",
        "members:roster",
        "members:person",
        "activities:list",
        "activities:board",
        "ledger:entries",
    ],
    "secretary": ["ledger:confirmations", "appraisal:quarters", "appraisal:sheet", "appraisal:appraisals", "orgs:node"],
    "overseer": ["portal:home", "reports:statistic", "ledger:samples"],
    "liaison": ["portal:home", "members:unit", "appraisal:sheet"],
    "member": ["portal:home", "activities:open", "activities:mine", "ledger:mine", "members:me"],
    "auditor": ["portal:audit_trail"],
    "administrator": ["portal:home", "orgs:policies", "orgs:units"],
}


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world(GUARDED_AT)


def main_screens(world: World) -> Iterator[tuple[str, str]]:
    patterns = dict(addresses())
    for actor, names in MAIN.items():
        for name in names:
            path = fill(world, name, patterns[name])
            assert path is not None, f"the demo holds nothing for {name}"
            yield actor, path


def all_screens(world: World) -> Iterator[tuple[str, str]]:
    """One actor for every address that answers 200, the first who may open it."""
    access: dict[str, str] = json.loads(ACCESS.read_text())
    actors = access["actors"].split()
    for name, pattern in addresses():
        path = fill(world, name, pattern)
        words = access.get(f"{name} GET", "").split()
        words = words * len(actors) if len(words) == 1 else words
        seers = [
            actor for actor, word in zip(actors, words, strict=False) if word == "200" and actor not in (KIOSK, PROGRAM)
        ]
        if path and seers and not name.startswith(NO_PAGES) and not any(part in name for part in FILES):
            yield seers[0], path


def look(
    screens: Iterator[tuple[str, str]],
    world: World,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    checks: list[Check],
) -> None:
    pages: dict[tuple[str, int], Page] = {}
    findings: list[str] = []
    for actor, path in screens:
        for width, height in ((1440, 900), (390, 844)):
            page = pages.get((actor, width))
            if page is None:
                page = pages[actor, width] = new_page(width=width, height=height)
                if actor != "anonymous":
                    sign_in(page, world.users[actor])
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, f"{path} as {actor}: {answer.status}"
            if "<title>" in answer.text():  # A part of a page is looked at on its page.
                findings += [f"{path} as {actor} at {width} px: {found}" for found in _findings(page, checks)]
    assert findings == []


def _findings(page: Page, checks: list[Check]) -> Iterator[str]:
    for check in checks:
        try:
            check(page)
        except AssertionError as found:
            yield str(found)[:600]


def test_main_screens_are_sound(
    world: World,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Check,
    no_sideways_scroll: Check,
) -> None:
    look(main_screens(world), world, new_page, sign_in, [axe, no_sideways_scroll])


@pytest.mark.nightly
def test_every_screen_is_sound(
    world: World,
    new_page: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    axe: Check,
    no_sideways_scroll: Check,
) -> None:
    look(all_screens(world), world, new_page, sign_in, [axe, no_sideways_scroll])

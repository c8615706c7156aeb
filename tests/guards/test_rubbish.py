"""Rubbish in a form is refused in words: no field of any form, filled with what it cannot mean, is a fault of ours."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.guards.forms import Form
from tests.guards.sweep import ask
from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

ROOT = Path(__file__).resolve().parents[2]
READ_FROM_POST = re.compile(r"request\.POST(?:\.get(?:list)?\(|\[)\"(\w+)\"")
RUBBISH = ("☃", "-1", "99999999999999999999", "0001-01-01", "9999-12-31", "a\0b")
# What lists, filters and statistics read out of an address.
ASKED = (
    *("page", "sort", "q", "node", "community", "by", "year", "month", "quarter", "kind", "state", "category"),
    *("since", "until", "on", "day", "unit", "work_unit", "type", "next", "show"),
)


def fields_read_by_hand() -> set[str]:
    """Names that views take out of a POST without a form that would check them."""
    return {name for file in ROOT.glob("guangcai/*/views/*.py") for name in READ_FROM_POST.findall(file.read_text())}


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_never_a_fault_of_ours(
    world: World, paths: dict[str, str], forms: Mapping[str, Form], rubbish: str
) -> None:
    by_hand = dict.fromkeys(fields_read_by_hand(), rubbish)
    assert {"member", "kept"} & set(by_hand)
    broken = []
    for name, path in paths.items():
        if name.startswith("api:"):
            continue
        form = forms.get(name, Form("secretary", path))
        said = by_hand | dict.fromkeys(form.fields, rubbish)
        if ask(world.browser(form.seen_by), "POST", form.path, said).status >= 500:
            broken.append(name)
    assert broken == []


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_in_an_address_is_never_a_fault_of_ours(world: World, paths: dict[str, str], rubbish: str) -> None:
    browser, asked = world.browser("secretary"), urlencode(dict.fromkeys(ASKED, rubbish))
    broken = [
        name
        for name, path in paths.items()
        if not name.startswith("api:") and ask(browser, "GET", f"{path}?{asked}").status >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("address", ["activities:list", "orgs:units", "appraisal:sheets", "ledger:entries"])
def test_an_odd_character_in_a_search_is_refused_in_words(world: World, paths: dict[str, str], address: str) -> None:
    answer = ask(world.browser("secretary"), "GET", f"{paths[address]}?q=%00")
    assert answer.status == 422
    assert "无法保存" in answer.text


def test_what_cannot_be_understood_is_answered_in_words(world: World, paths: dict[str, str]) -> None:
    answer = ask(world.browser("secretary"), "GET", paths["activities:list"], HTTP_HOST="elsewhere.example")
    assert answer.status == 400
    assert "GUANGCAI_HOSTS" in answer.text

"""The guards bite: each is run against a house with one lock taken off, and has to find it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.middleware.csrf import CsrfViewMiddleware
from django.test import override_settings

from guangcai.accounts.models import User
from guangcai.activities.forms import TimesForm
from guangcai.appraisal.models.feedback import FeedbackSheetQuerySet
from guangcai.core import middleware
from guangcai.ledger.models.certificates import CertificateQuerySet
from guangcai.ledger.models.entries import ServiceEntryQuerySet
from guangcai.members.models import Member
from guangcai.members.views import lists
from tests.guards.addresses import addresses
from tests.guards.forms import Form
from tests.guards.sweep import ask
from tests.guards.test_canaries import leaks_in, names_hidden_from
from tests.guards.test_csrf import let_through
from tests.guards.test_lists import ENOUGH_ROWS, MOST_REPEATS
from tests.guards.test_twice import sent_twice
from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]


def everything(rows: Any, actor: object) -> Any:
    return rows.all()


def hidden_from(world: World, outsider: str) -> set[str]:
    """Names and keys: the API shows a member by his key."""
    names = names_hidden_from(world, outsider)
    return names | {str(key) for key in Member.objects.filter(name__in=names).values_list("pk", flat=True)}


@pytest.mark.parametrize(
    ("rows", "address"),
    [
        (CertificateQuerySet, "ledger:certificate"),
        (FeedbackSheetQuerySet, "appraisal:sheet"),
        (ServiceEntryQuerySet, "api:list_entries"),
    ],
)
def test_a_record_without_its_scope_is_found(
    world: World, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch, rows: type, address: str
) -> None:
    """Most lists are scoped twice, by the query and by the area asked for; these have one lock alone."""
    outsider = "desk_next_door"
    hidden = {outsider: hidden_from(world, outsider)}
    browser = world.browser(outsider)
    assert leaks_in([(address, outsider, ask(browser, "GET", paths[address]))], hidden) == set()
    monkeypatch.setattr(rows, "visible_to", everything)
    assert leaks_in([(address, outsider, ask(browser, "GET", paths[address]))], hidden)


def test_forgery_let_in_is_found(world: World, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    some = {f"POST {name}": ("POST", paths[name]) for name in ("members:contact", "portal:suggestion", "members:new")}
    assert let_through(world, some, "secretary") == set()
    monkeypatch.setattr(CsrfViewMiddleware, "process_view", lambda *given: None)
    assert {address for address, _attempt, _status in let_through(world, some, "secretary")} == set(some)


@pytest.fixture
def page_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let the page of hidden members do something more each time it is shown."""
    whole = lists.render

    def change(act: Callable[[], Any]) -> None:
        def shown(*given: Any, **more: Any) -> Any:
            act()
            return whole(*given, **more)

        monkeypatch.setattr(lists, "render", shown)

    return change


def note_a_reader() -> None:
    User.objects.filter(name="nobody").update(name="was here")


def ask_once_per_row() -> None:
    for key in range(ENOUGH_ROWS):
        User.objects.filter(name=f"row {key}").exists()


def test_a_page_that_writes_is_stopped_by_the_house(world: World, paths: dict[str, str], page_that: Any) -> None:
    page_that(note_a_reader)
    assert ask(world.browser("desk"), "GET", paths["members:hidden"]).status == 500


def test_a_page_that_writes_is_found(
    world: World, paths: dict[str, str], page_that: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_that(note_a_reader)
    monkeypatch.setattr(middleware, "WRITES", re.compile("the house looks away"))
    found = ask(world.browser("desk"), "GET", paths["members:hidden"])
    assert (found.word, dict(found.wrote)) == ("200+", {"accounts_user": 1})


def test_a_statement_per_row_is_found(world: World, paths: dict[str, str], page_that: Any) -> None:
    page_that(ask_once_per_row)
    assert ask(world.browser("desk"), "GET", paths["members:hidden"]).most_repeated[0] > MOST_REPEATS


def test_a_form_that_forgets_its_id_is_found(
    world: World, forms: Mapping[str, Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's id dropped on the way: sent twice, made twice."""
    monkeypatch.setattr(TimesForm, "clean_id", lambda form: None, raising=False)
    _first, _second, once, twice = sent_twice(world, "activities:shift_new", forms["activities:shift_new"])
    assert once != twice


def test_an_address_nobody_reviewed_is_found() -> None:
    known = {name for name, _pattern in addresses()}
    with override_settings(ROOT_URLCONF="tests.guards.unlisted"):
        assert {name for name, _pattern in addresses()} - known == {"unlisted"}

"""No other site can act in somebody's name: every address that writes refuses a request without the page's own token.

Only a program's key, which no browser sends by itself, needs none - and on the API alone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.guards.sweep import FORM, JSON, Answer, ask, quick
from tests.guards.world import ANONYMOUS, PROGRAM, World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

OWN, FOREIGN = "a" * 32, "b" * 32
# Nothing is there to be written: the API's answer to an address it does not have.
NO_ADDRESS = ("api:api-root", "api:", "open311:nothing")
ATTEMPTS: dict[str, dict[str, Any]] = {
    "no token": {"body": {"id": "x"}},
    "foreign token": {"body": {"csrfmiddlewaretoken": FOREIGN}},
    "foreign header": {"body": {"id": "x"}, "HTTP_X_CSRFTOKEN": FOREIGN},
    "htmx only": {"body": {"id": "x"}, "HTTP_HX_REQUEST": "true"},
    "text/plain": {"body": f"csrfmiddlewaretoken={OWN}", "content_type": "text/plain"},
}


def writing(world: World, paths: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Every (method, path) that exists for an administrator and is no reading; test_access knows no other methods."""
    browser = world.browser("administrator")
    return {
        f"{method} {name}": (method, path)
        for name, path in paths.items()
        for method in ("POST", "PATCH")
        if name not in NO_ADDRESS and (method == "POST" or name.startswith("api:"))
        if ask(browser, method, path, "{}", JSON).status != 405
    }


def attempted(browser: Client, addresses: dict[str, tuple[str, str]]) -> Iterator[tuple[str, str, Answer]]:
    browser.cookies["csrftoken"] = OWN
    for address, (method, path) in addresses.items():
        for attempt, question in ATTEMPTS.items():
            if " api:" in address and question.get("content_type", FORM) == FORM:
                question = question | {"body": "{}", "content_type": JSON}
            yield address, attempt, ask(browser, method, path, **question)


@pytest.fixture(scope="module")
def targets(loaded_world: World, paths: dict[str, str], django_db_blocker: Any) -> dict[str, tuple[str, str]]:
    with django_db_blocker.unblock(), quick():
        found = writing(loaded_world, paths)
    assert len(found) > 120
    return found


def let_through(world: World, addresses: dict[str, tuple[str, str]], actor: str) -> set[tuple[str, str, int]]:
    """Attempts that were not refused, or left something. test_bites runs it in a house without the check."""
    return {
        (address, attempt, answer.status)
        for address, attempt, answer in attempted(world.browser(actor, checks_csrf=True), addresses)
        if answer.status not in (401, 403) or answer.wrote
    }


def test_a_forged_request_of_somebody_signed_in_is_refused(world: World, targets: dict[str, tuple[str, str]]) -> None:
    assert let_through(world, targets, "secretary") == set()


def test_a_forged_request_of_a_stranger_is_refused(world: World, targets: dict[str, tuple[str, str]]) -> None:
    """Sign-in, the door and the suggestion box are open to him; not to a page that sends him there."""
    assert let_through(world, targets, ANONYMOUS) == set()


def test_the_page_s_own_token_is_let_in(world: World, paths: dict[str, str]) -> None:
    """The guard above would pass in a house that refuses everybody."""
    browser = world.browser("secretary", checks_csrf=True)
    browser.cookies["csrftoken"] = OWN
    said = {"csrfmiddlewaretoken": OWN}
    assert ask(browser, "POST", paths["members:contact"], said).word == "302+"
    assert ask(browser, "POST", paths["members:contact"], "", HTTP_X_CSRFTOKEN=OWN).word == "302+"
    assert ask(browser, "POST", paths["api:list_members"], "{}", JSON, HTTP_X_CSRFTOKEN=OWN).status == 422


def test_a_key_needs_no_token_on_the_api_and_opens_nothing_else(world: World, paths: dict[str, str]) -> None:
    program = world.browser(PROGRAM, checks_csrf=True)
    assert ask(program, "POST", paths["api:list_members"], "{}", JSON).status == 422
    assert ask(program, "POST", paths["members:contact"], {"x": "1"}).status == 403
    signed_in = world.browser("secretary", checks_csrf=True)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {world.key}"}
    assert ask(signed_in, "POST", paths["members:contact"], {"x": "1"}, **bearer).status == 403
    forged = {"HTTP_AUTHORIZATION": "Bearer gc_" + "x" * 43}
    assert ask(signed_in, "POST", paths["api:list_members"], "{}", JSON, **forged).status == 401
    assert ask(signed_in, "POST", paths["api:list_members"], "{}", JSON).status == 403

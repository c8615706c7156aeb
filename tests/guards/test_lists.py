"""No page asks the database more for more rows.

Every page that holds a list is read in the demo, where lists are long: a statement sent once per row shows itself as a
statement repeated. Lists that are short in the demo are counted with 1 and 3 rows by a test of their room, named here;
a list that is neither long here nor counted there fails.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from lxml import html

from guangcai.accounts.models import ApiToken, KioskSession
from guangcai.activities.models import Shift
from guangcai.core.ids import new_id
from guangcai.ledger.models import Certificate
from tests.guards.addresses import fill
from tests.guards.conftest import Answers
from tests.guards.sweep import Answer, ask
from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

ROOT = Path(__file__).resolve().parents[2]
MOST_REPEATS = 2
ENOUGH_ROWS = 3
LISTS = "//main//table[.//tbody] | //main//*[contains(@class, 'gc-rows') or contains(@class, 'act-board')]"
ROWS = "count(.//tbody/tr) + count(./li)"
# allauth asks for each kind of second factor by itself, several times over: a fixed number, however many there are.
ASKED_BY_ALLAUTH = ("mfa_", "account_reauthenticate")
# Address -> the test that reads it with 1 and with 3 rows; the demo's list is shorter.
COUNTED_IN_ROOM = {
    "invitations:rounds": "tests/invitations/test_views.py::test_lists_have_a_fixed_number_of_statements",
    "invitations:sending": "tests/invitations/test_views.py::test_lists_have_a_fixed_number_of_statements",
    "pledges:mine": "tests/pledges/test_views.py::test_lists_send_as_many_statements_for_three_rows_as_for_one",
    **{
        f"councils:{name}": "tests/councils/test_views.py::test_lists_need_a_fixed_number_of_statements"
        for name in ("contests", "ours", "proposal")
    },
    "councils:public_communities": "tests/councils/test_story.py::test_the_communities_with_promises_are_one_statement",
    "councils:public_matter": "tests/councils/test_story.py::test_the_statements_do_not_grow_with_the_story",
    "care:people": "tests/care/test_offers.py::test_the_willing_are_read_with_as_many_statements_for_three_as_for_one",
    "mediation:mine": "tests/mediation/test_views.py::test_lists_ask_as_much_for_three_as_for_one",
    "mediation:matter": "tests/mediation/test_views.py::test_one_matter_asks_as_much_after_many_steps",
    "cases:case": "tests/cases/test_views.py::test_one_request_asks_as_much_after_many_steps",
    "studios:public": "tests/studios/test_views.py::test_lists_cost_the_same",
    "portal:suggestions": "tests/portal/test_suggestions.py::test_the_list_needs_a_fixed_number_of_queries",
    "teams:inbox": "tests/teams/test_views.py::test_lists_need_a_fixed_number_of_statements",
    "wishes:open": "tests/wishes/test_views.py::test_the_list_needs_a_fixed_number_of_queries",
    "wishes:campaigns": "tests/wishes/test_gifts.py::test_lists_need_a_fixed_number_of_queries",
    "teams:roles": "tests/teams/test_views.py::test_lists_need_a_fixed_number_of_statements",
    "members:hidden": "tests/members/test_numbers.py::test_lists_ask_as_often_for_three_rows_as_for_one",
    "members:elsewhere": "tests/members/test_numbers.py::test_lists_ask_as_often_for_three_rows_as_for_one",
    "members:duplicates": "tests/members/test_numbers.py::test_lists_ask_as_often_for_three_rows_as_for_one",
    "members:report_ins": "tests/members/test_numbers.py::test_lists_ask_as_often_for_three_rows_as_for_one",
    "members:launch_day": "tests/members/test_numbers.py::test_lists_ask_as_often_for_three_rows_as_for_one",
}


def _shift_of_the_page(world: World) -> Model:
    activity = fill(world, "activities:activity", "activities/<uuid:pk>/").split("/")[2]
    return Shift.objects.filter(activity=activity).order_by("pk").first()


def _days_later(number: int) -> dict[str, Any]:
    begins = datetime(2026, 12, 20 + number, 1, 0, tzinfo=UTC)
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}


# Address -> who reads it, and the row of the demo of which the list gets two more.
LENGTHENED: dict[str, tuple[str, Callable[[World], Model], Callable[[int], dict[str, Any]]]] = {
    "accounts:kiosk_start": ("desk", lambda world: KioskSession.objects.get(), lambda n: {}),
    "accounts:tokens": ("desk", lambda world: ApiToken.objects.get(), lambda n: {"token_hash": f"{n}" * 64}),
    "activities:activity": ("desk", _shift_of_the_page, _days_later),
    "ledger:certificates": (
        "desk",
        lambda world: Certificate.objects.order_by("pk").first(),
        lambda n: {"number": f"GC-2026-99990{n}"},
    ),
}
# Lists of fixed length, or of what hardly anybody has three of: address -> why it stays uncounted.
NO_ROWS = {
    "teams:public_plate": "what one member serves as, read in one statement by each room",
    "accounts:sessions": "a person's own devices, read in one statement by allauth",
    "places:point": "what one service point offers",
    "orgs:unit": "the few places a unit has moved into",
    "ledger:objections": "objections that wait: cloned rows would break their one-per-entry rule",
    "appraisal:appraisal": "one appraisal, with its few objections",
    "appraisal:mine": "one row a year",
}
# A fixed number of questions, one for each rule of the district, however many records there are.
ONE_PER_RULE = {"ledger:plausibility": 4, "portal:home": 3}


def rows_of(answer: Answer) -> int:
    """Rows of the longest list on a page; -1 without a list."""
    if not answer.body.strip():
        return -1
    lists = html.fromstring(answer.body).xpath(LISTS)
    return int(max((one.xpath(ROWS) for one in lists), default=-1))


@pytest.fixture(scope="module")
def longest(read: Answers) -> dict[str, int]:
    """Rows of the longest list that anybody sees at an address that shows lists."""
    found: dict[str, int] = {}
    for (name, _actor), answer in read.items():
        if answer.is_page and found.get(name, -1) < ENOUGH_ROWS:
            found[name] = max(found.get(name, -1), rows_of(answer))
    return {name: rows for name, rows in found.items() if rows >= 0}


def test_no_statement_is_sent_once_per_row(read: Answers) -> None:
    repeated = {
        (name, answer.most_repeated)
        for (name, _actor), answer in read.items()
        if answer.most_repeated[0] > ONE_PER_RULE.get(name, MOST_REPEATS) and not name.startswith(ASKED_BY_ALLAUTH)
    }
    assert repeated == set()


def test_every_list_is_long_enough_here_or_counted_in_its_room(longest: dict[str, int]) -> None:
    assert len(longest) > 25
    short = {name for name, rows in longest.items() if rows < ENOUGH_ROWS}
    assert short - set(COUNTED_IN_ROOM) - set(LENGTHENED) - set(NO_ROWS) == set(), (
        "nobody counts this list's statements"
    )
    assert set(COUNTED_IN_ROOM) - short == set(), "the demo shows it long enough: the line can go"


def test_the_tests_of_the_rooms_exist_and_count() -> None:
    for place in COUNTED_IN_ROOM.values():
        file, _colons, name = place.partition("::")
        text = (ROOT / file).read_text()
        assert f"def {name}(" in text, place
        assert "queries" in text.split(f"def {name}(")[1].split("\ndef ")[0], place


@pytest.mark.parametrize("name", LENGTHENED)
def test_a_list_asks_as_often_with_two_rows_more(world: World, paths: dict[str, str], name: str) -> None:
    reader, find, changes = LENGTHENED[name]
    browser = world.browser(reader)
    with transaction.atomic():
        short = ask(browser, "GET", paths[name])
        pattern = find(world)
        for number in (1, 2):
            row = copy(pattern)
            row.pk, row._state.adding = new_id(), True
            for field, value in changes(number).items():
                setattr(row, field, value)
            row.save()
        long = ask(browser, "GET", paths[name])
        transaction.set_rollback(True)
    assert rows_of(long) >= rows_of(short) + 2
    assert long.statements == short.statements

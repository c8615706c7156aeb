"""Who gets in where: actor x address x method over every address the resolver knows.

`access.json` holds the reviewed answers, one line per address and method, one word per actor in the order of its first
line (one word alone: the same for everybody). `in`: asked to sign in. `kiosk`: back to the kiosk's start screen. `+`:
it wrote. A method that even the administrator is told does not exist has no line. A POST carries the form of the page.

A new address fails until its line is there: print what happens now with `GUANGCAI_PRINT_ACCESS=1`, and review it.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.guards.conftest import Answers
from tests.guards.forms import Form, said_to
from tests.guards.sweep import ASKED_TO_SIGN_IN, BACK_TO_THE_KIOSK, JSON, Answer, ask, quick
from tests.guards.world import ANONYMOUS, OVERSEER_NEXT_DOOR, POWERLESS, World

# Without the mark no test database is made, and the world would be loaded into the real one.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

ACCESS = Path(__file__).with_name("access.json")
NEXT_DOOR = ("desk_next_door", OVERSEER_NEXT_DOOR, "liaison_next_door", "member_police", "nobody")
RARE_METHODS = ("PUT", "PATCH", "DELETE")
# A stranger may write here, and nothing but this: his slip at the door, a suggestion, what he has to say under a plate,
# his own sign-in, his session.
OPEN_TO_STRANGERS = {
    "members:door",
    "portal:suggestion",
    "teams:public_plate",
    # A resident asks without an account and tries his code.
    "cases:public_ask",
    "cases:public_follow",
    "wishes:ask",
    "wishes:follow",
    "wishes:followed",
    "wishes:taking_back",
    # A number, an appointment, one's turn and giving it back.
    "studios:public_numbers",
    "studios:public_appointments",
    "studios:public_follow",
    "studios:public_end",
    "account_login",
    "account_reauthenticate",
}
# What belongs to the account: its sessions, keys and calendar links, the filters it kept.
OWN_ACCOUNT = ("accounts:", "account_", "mfa_", "feeds:", "members:filter_removal")
# The demo holds none of these; their rooms' tests walk them with objects of their own.
WITHOUT_OBJECT = {
    "members:roster_import",
    "members:roster_import_progress",
    "members:roster_import_columns",
    "members:roster_import_row",
    "members:roster_import_decision",
    "members:roster_import_unit",
    "members:roster_import_application",
    "members:roster_import_removal",
    "members:roster_import_refused",
    "feeds:feed",
    "feeds:revocation",
    "pledges:checklist_mark",
    "reports:print",
    "reports:print_file",
}
# Nothing is ever there, or only for an account with a second factor, a session of the kiosk, or an owner whom no actor
# of the world plays: those are walked by the tests of their rooms.
NOBODYS = {
    "api:",
    "api:api-root",
    "open311:nothing",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_view_recovery_codes",
    "appraisal:objection",
    "care:offer_end",
    "cases:public_photo",
    "pledges:checklist_mark_removal",
}
# Not an outsider there: his unit sits in the joint meeting and may promise what was tabled.
PARTY_TOO = {("councils:minutes", "liaison_next_door"), ("councils:pledge_new", "liaison_next_door")}
MADE_UP = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def content_for(name: str, paths: Mapping[str, str], forms: Mapping[str, Form]) -> dict[str, Any]:
    """Body and content type of a POST: JSON to the API, a form to everything else."""
    if name.startswith("api:"):
        return {"body": "{}", "content_type": JSON}
    return {"body": said_to(name, paths, forms)}


@pytest.fixture(scope="module")
def written(loaded_world: World, paths: dict[str, str], forms: Mapping[str, Form], django_db_blocker: Any) -> Answers:
    """The answer to a POST as everybody, for every address that knows POST."""
    with django_db_blocker.unblock(), quick():
        browsers = {actor: loaded_world.browser(actor) for actor in loaded_world.actors}
        known = [n for n, path in paths.items() if ask(browsers["administrator"], "POST", path).status != 405]
        return {
            (n, actor): ask(browser, "POST", paths[n], **content_for(n, paths, forms))
            for n in known
            for actor, browser in browsers.items()
        }


@pytest.fixture(scope="module")
def rare(loaded_world: World, paths: dict[str, str], django_db_blocker: Any) -> dict[str, dict[str, Answer]]:
    """PUT, PATCH and DELETE of every address as the administrator; as everybody where he is let in."""
    found: dict[str, dict[str, Answer]] = {}
    with django_db_blocker.unblock(), quick():
        browsers = {actor: loaded_world.browser(actor) for actor in loaded_world.actors}
        for name, path in paths.items():
            for method in RARE_METHODS:
                if ask(browsers["administrator"], method, path, "{}", JSON).status not in (404, 405):
                    found[f"{name} {method}"] = {a: ask(b, method, path, "{}", JSON) for a, b in browsers.items()}
    return found


def lines_of(answers: Answers, method: str, actors: list[str]) -> dict[str, str]:
    names = dict.fromkeys(name for name, _actor in answers)
    rows = {f"{name} {method}": [answers[name, actor].word for actor in actors] for name in names}
    kept = {key: words for key, words in rows.items() if words[actors.index("administrator")] != "405"}
    return {key: words[0] if len(set(words)) == 1 else " ".join(words) for key, words in kept.items()}


def test_every_answer_is_the_reviewed_one(
    read: Answers, written: Answers, rare: dict[str, dict[str, Answer]], world: World
) -> None:
    actors = world.actors
    found = {"actors": " ".join(actors)} | lines_of(read, "GET", actors) | lines_of(written, "POST", actors)
    found |= {key: " ".join(answers[actor].word for actor in actors) for key, answers in rare.items()}
    if os.environ.get("GUANGCAI_PRINT_ACCESS"):
        width = max(len(key) for key in found) + 3
        lines = [f"{json.dumps(key)}:".ljust(width + 1) + json.dumps(words) for key, words in found.items()]
        ACCESS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    assert found == json.loads(ACCESS.read_text())


def test_the_demo_holds_an_object_for_every_address(paths: dict[str, str]) -> None:
    from tests.guards.addresses import addresses

    assert {name for name, _pattern in addresses()} - set(paths) == WITHOUT_OBJECT


def test_every_object_is_somebodys(read: Answers, written: Answers) -> None:
    """An address where all are told that nothing is there was asked with an object that nobody made."""
    nothing = {ASKED_TO_SIGN_IN, BACK_TO_THE_KIOSK, "404"}
    words: dict[str, set[str]] = {}
    for (name, _actor), answer in [*read.items(), *written.items()]:
        words.setdefault(name, set()).add(answer.word)
    assert {name for name, said in words.items() if said <= nothing | {"405"}} == NOBODYS


def test_reading_changes_nothing(read: Answers) -> None:
    """Pages of the sign-in keep codes and sessions, which are no facts; everything else writes nothing at all."""
    assert {(name, actor, *answer.wrote) for (name, actor), answer in read.items() if answer.wrote} == set()


def test_no_answer_is_a_fault_of_ours(read: Answers, written: Answers) -> None:
    everything = [*read.items(), *written.items()]
    assert [(key, answer.status) for key, answer in everything if answer.status >= 500] == []


def test_who_is_refused_leaves_nothing(written: Answers) -> None:
    """Not even an attempt that a later rollback undid; tries at a sign-in are written down on purpose."""
    left = {
        (name, actor, *answer.wrote)
        for (name, actor), answer in written.items()
        if answer.is_refusal and answer.wrote and not name.startswith(OWN_ACCOUNT)
    }
    assert left == set()


def test_who_has_no_right_writes_nowhere(written: Answers) -> None:
    """Beyond what is open to everybody; his own account and keys are his."""
    wrote = {
        (name, actor)
        for (name, actor), answer in written.items()
        if actor in POWERLESS and answer.wrote and not set(answer.wrote) <= {"core_auditevent"}
        if name not in OPEN_TO_STRANGERS and not (actor != ANONYMOUS and name.startswith(OWN_ACCOUNT))
    }
    assert wrote == set()


def test_strangers_are_asked_to_sign_in_or_see_public_pages_only(read: Answers, settings: Any) -> None:
    open_doors = {name for (name, actor), answer in read.items() if actor == ANONYMOUS and answer.status == 200}
    open_doors = {name for name in open_doors if not name.startswith(settings.PUBLIC_PREFIXES)}
    assert open_doors <= settings.PUBLIC_ADDRESSES
    assert {
        n for (n, a), answer in read.items() if n.startswith("api:") and a == ANONYMOUS and answer.status == 200
    } == {"api:openapi-json"}


def test_the_closed_and_the_ended_get_what_a_stranger_gets(read: Answers, written: Answers) -> None:
    """A closed account is nobody; a person whose role ended is an account without a role. At once, not tomorrow."""
    for answers in (read, written):
        names = {name for name, _actor in answers}
        assert {n for n in names if answers[n, "closed"].status != answers[n, ANONYMOUS].status} == set()
        assert {n for n in names if answers[n, "ended"].word != answers[n, "nobody"].word} == set()


def test_a_program_with_a_key_gets_what_its_user_gets_and_no_page(read: Answers) -> None:
    names = {name for name, _actor in read}
    api = {name for name in names if name.startswith("api:")}
    assert {name for name in api if read[name, "program"].status != read[name, "desk"].status} == set()
    assert {name for name in names - api if read[name, "program"].status != read[name, ANONYMOUS].status} == set()


def test_outsiders_cannot_tell_what_exists_from_what_does_not(
    read: Answers, written: Answers, paths: dict[str, str], forms: Mapping[str, Form], world: World
) -> None:
    """Refused by a record of 南园, an outsider gets the answer that a record nobody made would give.

    Where a stranger without an account gets the same, nothing is hidden: the page is public.
    """
    told = set()
    for actor in NEXT_DOOR:
        browser = world.browser(actor)
        for method, answers in (("GET", read), ("POST", written)):
            for name, path in paths.items():
                real = answers.get((name, actor))
                if real is None or (name, actor) in PARTY_TOO or real.status == answers[name, ANONYMOUS].status:
                    continue
                if real.status not in (403, 404, 409, 422) or not MADE_UP.search(path):
                    continue
                content = content_for(name, paths, forms) if method == "POST" else {}
                made_up = ask(browser, method, MADE_UP.sub(str(uuid4()), path), **content)
                if made_up.status != real.status:
                    told.add((method, name, actor, real.status, made_up.status))
    assert told == set()

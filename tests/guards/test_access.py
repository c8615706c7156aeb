"""Who gets in where: role x address over every address the resolver knows, and nobody reads what is not his.

`access.json` holds the reviewed answer to a GET of each address, filled with an object of 南园, per actor. A new
address fails until its row is there: print what happens now with `GUANGCAI_PRINT_ACCESS=1`, and review it.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from guangcai.core.phones import national
from guangcai.core.scoping import covers, under
from guangcai.members.models import Employment, Member, OrgRelation
from tests.guards.world import World, addresses, fill

# Without the mark no test database is made, and the world would be loaded into the real one.
pytestmark = pytest.mark.django_db

ACCESS = Path(__file__).with_name("access.json")
FULL_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# Answers that depend on how the session signed in, proved in tests/accounts.
SIGN_IN_PAGES = ("account_", "mfa_", "accounts:")
# Reading which leaves a mark of its own is a POST; these answers are no pages.
NOT_READ = ("core:metrics", "core:readyz")


def read_all(world: World) -> Iterator[tuple[str, str, str, HttpResponse]]:
    """(address, path, actor, answer) of a GET of everything as everybody."""
    browsers = {actor: world.browser(actor) for actor in world.actors}
    for name, pattern in addresses():
        path = fill(world, name, pattern)
        if path is not None and name not in NOT_READ:
            for actor, browser in browsers.items():
                yield name, path, actor, browser.get(path)


@pytest.fixture(scope="module")
def answers(loaded_world: World, django_db_blocker: Any) -> list[tuple[str, str, str, HttpResponse]]:
    with django_db_blocker.unblock():
        before = fingerprint()
        read = list(read_all(loaded_world))
        assert fingerprint() == before, "a GET changed the database"
        return read


def fingerprint() -> dict[str, int]:
    """Rows inserted, updated and deleted so far in this transaction, by table; sessions and limits aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
            "WHERE relname !~ '^(django_session|core_cache|accounts_|usersessions_)'"
        )
        return dict(cursor.fetchall())


def test_every_answer_is_the_reviewed_one(answers: list[tuple[str, str, str, HttpResponse]]) -> None:
    found: dict[str, dict[str, int]] = {}
    for name, _path, actor, answer in answers:
        if not name.startswith(SIGN_IN_PAGES):
            found.setdefault(name, {})[actor] = answer.status_code
    if os.environ.get("GUANGCAI_PRINT_ACCESS"):
        ACCESS.write_text(json.dumps(found, indent=0) + "\n")
    assert found == json.loads(ACCESS.read_text())


def test_strangers_are_asked_to_sign_in_or_see_public_pages_only(
    answers: list[tuple[str, str, str, HttpResponse]], settings: Any
) -> None:
    open_doors = {
        name
        for name, _path, actor, answer in answers
        if actor == "anonymous" and answer.status_code == 200 and not name.startswith(SIGN_IN_PAGES)
    }
    assert open_doors <= settings.PUBLIC_ADDRESSES


def test_no_answer_is_a_fault_of_ours(answers: list[tuple[str, str, str, HttpResponse]]) -> None:
    assert [(name, actor) for name, _path, actor, answer in answers if answer.status_code >= 500] == []


def text_of(answer: HttpResponse) -> str:
    """The body as text; workbooks and Word files unpacked."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "".join(packed.read(member).decode("utf-8", "replace") for member in packed.namelist())


def names_hidden_from(world: World, actor: str) -> set[str]:
    """Canaries: members that lie outside what the actor's grants cover."""
    members = Member.objects.values_list("pk", "name", "path")
    if actor in ("anonymous", "nobody"):
        return {name for _pk, name, _path in members}
    grants = world.users[actor].grants.filter(ended_at=None)
    paths = [g.path for g in grants if g.node_id and g.role not in ("member", "auditor", "system_administrator")]
    units = [g.work_unit_id for g in grants if g.work_unit_id]
    own_staff = set(Employment.objects.filter(work_unit__in=units).values_list("member_id", flat=True))
    own = {world.users[actor].member_id} | own_staff
    # A community knows those whose Party relation it keeps, wherever they live (A07).
    own |= set(
        OrgRelation.objects.filter(until=None)
        .filter(under("party_organisation__node__path", paths))
        .values_list("member_id", flat=True)
    )
    seen = {name for pk, name, path in members if pk in own or (path and covers(paths, path))}
    return {name for _pk, name, _path in members} - seen


def test_nobody_reads_a_name_that_is_not_his_to_read(
    answers: list[tuple[str, str, str, HttpResponse]], loaded_world: World, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        hidden = {actor: names_hidden_from(loaded_world, actor) for actor in loaded_world.actors}
    assert all(hidden[actor] for actor in ("desk", "liaison", "member", "anonymous"))  # the canaries exist
    leaks = {
        (name, actor, canary)
        for name, _path, actor, answer in answers
        if answer.status_code == 200 and hidden[actor]
        for canary in hidden[actor]
        if canary in text_of(answer)
    }
    assert leaks == set()


def test_no_page_shows_a_full_phone(answers: list[tuple[str, str, str, HttpResponse]], django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        phones = {national(member.phone) for member in Member.objects.all() if member.phone}
    assert len(phones) >= 75
    shown = {
        (name, actor, match)
        for name, _path, actor, answer in answers
        if answer.status_code == 200
        for match in FULL_PHONE.findall(text_of(answer))
        if match in phones
    }
    assert shown == set()

"""What the database itself refuses, each broken once by raw SQL; and that no constraint is left out here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.mediation import commands
from guangcai.mediation.models import Mediation, Mediator
from tests.cast import Cast
from tests.mediation.conftest import Open, agreed

pytestmark = pytest.mark.django_db
Run = Callable[..., None]


def run(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def again(table: str, key: Any, /, **changes: Any) -> None:
    """Insert the row of `key` once more under a new key, with these columns otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [key])
        columns = [one.name for one in cursor.description]
    said = {"id": new_id(), **changes}
    shown = ", ".join("%s" if name in said else f'"{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    values = [said[name] for name in columns if name in said]
    run(f"INSERT INTO {table} ({names}) SELECT {shown} FROM {table} WHERE id = %s", *values, key)


MATTER = {
    "mediation_from_whole": "from_kind = 'case'",
    "mediation_ended_when_over": "ended_at = now()",
    "mediation_agreed_is_visited": "due_on = '2026-12-01'",
    "mediation_anonymised_after_end": "anonymised_at = now()",
}
MEDIATOR = {"mediator_named": "name = ''", "mediator_ends_after": "until = since - 1"}
ASSIGNMENT = {"mediation_assignment_forward": "ended_at = started_at - interval '1 hour'"}
STEP: dict[str, dict[str, Any]] = {
    "mediation_step_number_once": {},
    "mediation_step_shows_another_way": {"number": 99, "other_way": "court"},
    "mediation_step_corrects_for_a_reason": {"number": 99, "slip": "time"},
}
ELSEWHERE = {
    "mediation_number_once",
    "mediation_from_once",
    "mediation_party_member_once",
    "mediation_assignment_once",
    "mediator_member_once",
    "mediation_step_does_not_correct_itself",
    "mediation_session_minutes",
    "session_mediator_once",
    "session_party_once",
}


def test_every_constraint_is_broken_here() -> None:
    kept = {one.name for model in apps.get_app_config("mediation").get_models() for one in model._meta.constraints}
    assert kept == {*MATTER, *MEDIATOR, *ASSIGNMENT, *STEP, *ELSEWHERE}


ROWS = {"mediation": MATTER, "mediator": MEDIATOR, "assignment": ASSIGNMENT}


@pytest.mark.parametrize(
    ("table", "name", "change"), [(table, *case) for table, cases in ROWS.items() for case in cases.items()]
)
def test_a_row_is_whole(opened: Open, table: str, name: str, change: str) -> None:
    opened()
    with pytest.raises(IntegrityError, match=name):
        run(f"UPDATE mediation_{table} SET {change}")


def test_numbers_and_origins_once(opened: Open) -> None:
    first = opened(from_kind="case", from_id=new_id())
    with pytest.raises(IntegrityError, match="mediation_number_once"):
        again("mediation_mediation", first.pk, from_kind="", from_id=None)
    with pytest.raises(IntegrityError, match="mediation_from_once"):
        again("mediation_mediation", first.pk, number="99-0001")


def test_people_once(cast: Cast, opened: Open, mediator: Mediator, now: datetime) -> None:
    row = opened()
    with pytest.raises(IntegrityError, match="mediation_assignment_once"):
        again("mediation_assignment", row.assignments.get().pk)
    with pytest.raises(IntegrityError, match="mediator_member_once"):
        again("mediation_mediator", mediator.pk)
    party = row.parties.all()[0]
    run("UPDATE mediation_party SET member_id = %s WHERE id = %s", cast.teacher_member.pk, party.pk)
    with pytest.raises(IntegrityError, match="mediation_party_member_once"):
        again("mediation_party", party.pk)


@pytest.mark.parametrize(("name", "changes"), STEP.items())
def test_a_step_is_whole(opened: Open, name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name):
        again("mediation_mediationstep", opened().steps.get().pk, **changes)


def test_a_step_does_not_correct_itself(opened: Open) -> None:
    step, key = opened().steps.get(), new_id()
    with pytest.raises(IntegrityError, match="mediation_step_does_not_correct_itself"):
        again("mediation_mediationstep", step.pk, id=key, corrects_id=key, slip="time", number=99)


def test_a_session_is_whole(opened: Open, own: Actor, now: datetime) -> None:
    session = agreed(opened(), by=own, now=now).steps.get(kind="heard").session
    for minutes in (4, 481):
        with pytest.raises(IntegrityError, match="mediation_session_minutes"):
            again("mediation_mediationsession", session.pk, minutes=minutes)
    with pytest.raises(IntegrityError, match="session_mediator_once"):
        again("mediation_sessionmediator", session.mediators.get().pk)
    with pytest.raises(IntegrityError, match="session_party_once"):
        again("mediation_sessionparty", session.parties.all()[0].pk)


@pytest.mark.parametrize("table", ["mediationstep", "mediationsession", "sessionmediator", "sessionparty", "agreement"])
def test_what_happened_is_never_changed_nor_taken_away(opened: Open, own: Actor, now: datetime, table: str) -> None:
    agreed(opened(), by=own, now=now)
    for sql in ("UPDATE mediation_{} SET district_code = district_code", "DELETE FROM mediation_{}"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(sql.format(table))
    # Databases of tests alone may be emptied: that the trigger is there has to do.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [f"mediation_{table}"]
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names == {f"mediation_{table}_append_only", f"mediation_{table}_no_truncate"}


def test_a_matter_keeps_its_people(opened: Open, mediator: Mediator, desk: Actor, now: datetime) -> None:
    """No command deletes; a row that others stand on cannot be deleted by hand either."""
    row = opened()
    with pytest.raises(IntegrityError):
        run("DELETE FROM mediation_mediation WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE", row.pk)
    commands.end_mediator(mediator=mediator, by=desk, now=now)
    with pytest.raises(IntegrityError):
        run("DELETE FROM mediation_mediator WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE", mediator.pk)
    assert Mediation.objects.filter(pk=row.pk).exists()

"""The audit trail refuses change, numbers and chains its lines, and shows a line that was tampered with."""

import threading
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.models import AuditEvent


def write_lines(count: int, now: datetime) -> None:
    for number in range(count):
        audit.record(Tag.NODE_ADD, by=Actor.system(), now=now, path="/1/", number=number)


@pytest.mark.django_db
def test_line_says_who_what_and_when(now: datetime) -> None:
    audit.record(Tag.NODE_ADD, by=Actor.system(), now=now, path="/1/", level="street")
    event = AuditEvent.objects.get()
    assert (event.tag, event.at, event.actor_roles, event.path, event.details) == (
        "orgs:node:add",
        now,
        "system",
        "/1/",
        {"level": "street"},
    )


@pytest.mark.django_db
def test_unknown_tag_cannot_be_recorded(now: datetime) -> None:
    with pytest.raises(ValueError, match="is not a valid Tag"):
        audit.record("orgs:node:invented", by=Actor.system(), now=now)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE core_auditevent SET tag = 'x'", "DELETE FROM core_auditevent"])
def test_lines_refuse_change(now: datetime, statement: str) -> None:
    write_lines(1, now)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_untouched_trail_verifies(now: datetime) -> None:
    write_lines(20, now)
    assert audit.broken_links() == []


TAMPERING = [
    "UPDATE core_auditevent SET details = '{\"number\": 99}' WHERE details ->> 'number' = '3'",
    "DELETE FROM core_auditevent WHERE details ->> 'number' = '3'",
    "UPDATE core_auditevent SET at = at + interval '1 second' WHERE details ->> 'number' = '5'",
    "UPDATE core_auditevent SET actor_roles = '' WHERE details ->> 'number' = '0'",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", TAMPERING)
def test_tampering_by_the_owner_of_the_database_shows(now: datetime, statement: str) -> None:
    write_lines(8, now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER audit_append_only")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER audit_append_only")
    assert audit.broken_links() != []


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_whole_chains(now: datetime) -> None:
    def write() -> None:
        try:
            write_lines(25, now)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert AuditEvent.objects.count() == 200
    assert audit.broken_links() == []

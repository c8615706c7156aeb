"""The same id sent twice is the same row; with other content it is refused."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict
from guangcai.core.ids import new_id
from guangcai.core.models import Job, Sent
from guangcai.core.once import already, forget_sent, once
from guangcai.members.models import PrivacyNotice


@pytest.mark.django_db
def test_known_id_with_same_content_is_the_row() -> None:
    notice = PrivacyNotice.objects.create(version="once", text="text", since=date(2025, 1, 1))
    assert already(PrivacyNotice, notice.pk, version="once") == notice


@pytest.mark.django_db
def test_known_id_with_other_content_is_a_conflict() -> None:
    notice = PrivacyNotice.objects.create(version="once", text="text", since=date(2025, 1, 1))
    with pytest.raises(Conflict):
        already(PrivacyNotice, notice.pk, version="twice")


@pytest.mark.django_db
def test_unknown_id_is_new() -> None:
    from guangcai.core.models import AuditEvent
    from guangcai.ledger.models import ServiceEntry

    assert already(AuditEvent, None) is None
    assert already(ServiceEntry, new_id()) is None


@pytest.mark.django_db
def test_what_was_sent_long_ago_is_forgotten_and_still_never_doubles(now: datetime) -> None:
    def make(key: UUID, at: datetime) -> tuple[Job, bool]:
        def command() -> Job:
            return already(Job, key, kind="x") or Job.objects.create(id=key, kind="x", queued_at=at)

        return once(Job, key, content="x", by=Actor(), now=at, command=command)

    old, young = new_id(), new_id()
    first = now - timedelta(days=401)
    make(old, first)
    make(young, now - timedelta(days=399))
    assert make(old, now)[1]
    assert forget_sent(now=now) == 1
    assert Sent.objects.get().pk == young
    with pytest.raises(Conflict):
        make(old, now)
    assert make(young, now)[1]
    assert Job.objects.filter(kind="x").count() == 2

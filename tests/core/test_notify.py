"""core.notify: messages go with their transaction, leave at least once, and fail quietly."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import translation

from guangcai.core import notify
from guangcai.core.enums import Channel
from guangcai.core.models import Outbox

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(monkeypatch):
    """A gateway that keeps what it gets; recipients are reached at "address of <id>"."""
    for name in ("_templates", "_addresses", "_senders"):
        monkeypatch.setattr(notify, name, {})
    kept = []
    notify.template("tests.shift_moved", "The shift begins at %(at)s.")
    notify.reached_by(Channel.SMS, lambda recipient: f"address of {recipient}")
    notify.sent_by(Channel.SMS, kept.append)
    return kept


def _post(recipient=None, **kwargs):
    return notify.post(
        Channel.SMS, "tests.shift_moved", recipient=recipient or uuid4(), now=NOW, **{"at": "9:00"} | kwargs
    )


def test_post_and_deliver(letters):
    row = _post()
    assert notify.deliver(now=NOW) == 1
    (letter,) = letters
    assert (letter.id, letter.address, letter.text) == (
        row.pk,
        f"address of {row.recipient}",
        "The shift begins at 9:00.",
    )
    row.refresh_from_db()
    assert row.sent_at == NOW
    assert notify.deliver(now=NOW + timedelta(days=1)) == 0


def test_days_are_told_in_the_language_of_the_installation(letters):
    """Also when who writes reads English: the message goes to somebody else."""
    with translation.override("en"):
        day, moment = _post(at=date(2026, 12, 6)), _post(at=datetime(2026, 12, 6, 10, 30, tzinfo=UTC))
    assert (day.parameters["at"], moment.parameters["at"]) == ("2026年12月6日", "12月6日 18:30")


def test_a_message_rolls_back_with_its_transaction(letters):
    with transaction.atomic():
        _post()
        transaction.set_rollback(True)
    assert notify.deliver(now=NOW) == 0
    assert letters == []


def test_a_message_for_later_waits(letters):
    _post(send_after=NOW + timedelta(hours=1))
    assert notify.deliver(now=NOW) == 0
    assert notify.deliver(now=NOW + timedelta(hours=1)) == 1


def test_a_failure_is_tried_again_with_the_same_id_then_given_up(letters):
    ids = []

    def broken(letter):
        ids.append(letter.id)
        raise ConnectionError("13800138000 refused")

    notify.sent_by(Channel.SMS, broken)
    row = _post()
    for attempt in range(notify.MOST_ATTEMPTS + 2):
        notify.deliver(now=NOW + timedelta(days=attempt))
    row.refresh_from_db()
    assert ids == [row.pk] * notify.MOST_ATTEMPTS
    assert row.given_up_at is not None
    assert row.last_error == "ConnectionError"


def test_who_dies_while_sending_sends_again(letters):
    def dies(letter):
        letters.append(letter)
        raise SystemExit

    notify.sent_by(Channel.SMS, dies)
    _post()
    with pytest.raises(SystemExit):
        notify.deliver(now=NOW)
    notify.sent_by(Channel.SMS, letters.append)
    assert notify.deliver(now=NOW) == 0
    assert notify.deliver(now=NOW + timedelta(minutes=1)) == 1
    assert letters[0].id == letters[1].id


def test_a_dead_gateway_is_left_alone_after_three_failures(letters):
    calls = []

    def dead(letter):
        calls.append(1)
        raise TimeoutError

    notify.sent_by(Channel.SMS, dead)
    for _row in range(10):
        _post()
    notify.deliver(now=NOW)
    assert len(calls) == 3
    assert sorted(Outbox.objects.values_list("attempts", flat=True)) == [0] * 7 + [1] * 3


def test_somebody_without_an_address_is_given_up_at_once(letters):
    notify._addresses[Channel.SMS] = [lambda recipient: ""]
    row = _post()
    assert notify.deliver(now=NOW) == 0
    row.refresh_from_db()
    assert (row.last_error, row.given_up_at) == ("no_address", NOW)


def test_an_unknown_template_fails_loudly(letters):
    with pytest.raises(LookupError):
        notify.post(Channel.SMS, "tests.nothing", recipient=None, now=NOW)


def test_without_a_gateway_the_log_has_ids_only(letters, caplog):
    notify.post(Channel.CHAT, "tests.shift_moved", recipient=None, now=NOW, at="9:00")
    assert notify.deliver(now=NOW) == 1
    assert "9:00" not in caplog.text
    assert "tests.shift_moved" in caplog.text

"""A key is replaced from the command line, and a database of other keys is told apart."""

import base64
from datetime import UTC, datetime
from typing import Any

import click
import pytest

from guangcai.accounts.models import PHONE_PURPOSE, User
from guangcai.cli.commands import rotate_keys
from guangcai.core import reseal
from guangcai.core.crypto import blind_index, key_id_of
from guangcai.core.models import AuditEvent

FIRST, SECOND = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PHONE = "+8613800130001"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def user(settings: Any) -> User:
    settings.GUANGCAI_KEYS = f"1:{FIRST}"
    return User.objects.create(name="x", phone=PHONE, phone_index=blind_index(PHONE, PHONE_PURPOSE), created_at=NOW)


def rotate(capsys: pytest.CaptureFixture) -> str:
    rotate_keys.command.main([], standalone_mode=False)
    return capsys.readouterr().out


def test_the_three_steps(user: User, settings: Any, capsys: pytest.CaptureFixture) -> None:
    settings.GUANGCAI_KEYS = f"1:{FIRST},2:{SECOND}"
    said = rotate(capsys)
    assert key_id_of(User.objects.values_list("phone", flat=True).get()) == 2
    assert "1 " in said
    assert "GUANGCAI_KEYS" in said
    settings.GUANGCAI_KEYS = f"2:{SECOND}"
    assert "GUANGCAI_KEYS" not in rotate(capsys)
    assert User.objects.with_phone(PHONE).get() == user
    lines = AuditEvent.objects.filter(tag="core:keys:rotate").order_by("at")
    assert [line.details for line in lines] == [{"rows": 1, "key": 2}] * 2


def test_nothing_to_do_writes_nothing(user: User, capsys: pytest.CaptureFixture) -> None:
    rotate(capsys)
    assert not AuditEvent.objects.exists()


def test_a_key_taken_out_too_early_is_named_and_nothing_lost(user: User, settings: Any) -> None:
    settings.GUANGCAI_KEYS = f"2:{SECOND}"
    assert not reseal.opens()
    with pytest.raises(click.ClickException):
        rotate_keys.command.main([], standalone_mode=False)
    settings.GUANGCAI_KEYS = f"1:{FIRST}"
    assert reseal.opens()
    assert User.objects.with_phone(PHONE).get().phone == PHONE


def test_another_key_of_the_same_number_does_not_open(user: User, settings: Any) -> None:
    settings.GUANGCAI_KEYS = f"1:{SECOND}"
    assert not reseal.opens()

"""core.reseal: a key is replaced without losing a phone or a look-up."""

import base64
from datetime import UTC, datetime

import pytest

from guangcai.accounts.models import PHONE_PURPOSE, User
from guangcai.core import invariants, reseal
from guangcai.core.crypto import CannotOpen, blind_index, key_id_of

FIRST, SECOND = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PHONES = [f"+861380013{n:04}" for n in range(5)]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def users(settings, monkeypatch):
    settings.GUANGCAI_KEYS = f"1:{FIRST}"
    monkeypatch.setattr(reseal, "_indexes", {})
    monkeypatch.setattr(reseal, "_BATCH", 2)
    invariants.codes()
    reseal.indexed(User, "phone_index", source="phone", purpose=PHONE_PURPOSE)
    rows = [User(name="x", phone=p, phone_index=blind_index(p, PHONE_PURPOSE), created_at=NOW) for p in PHONES]
    return User.objects.bulk_create(rows)


def _keys():
    return {key_id_of(token) for token in User.objects.values_list("phone", flat=True)}


def _found():
    return [phone for phone in PHONES if User.objects.with_phone(phone).count() == 1]


def test_rotation_in_its_three_steps(users, settings):
    settings.GUANGCAI_KEYS = f"1:{FIRST},2:{SECOND}"
    assert (reseal.stale(User), _found()) == (5, PHONES)
    reports = []
    assert reseal.reseal_all(lambda done, total: reports.append((done, total))) == 5
    assert reports == [(2, 5), (4, 5), (5, 5)]
    assert (reseal.stale(User), _keys(), _found()) == (0, {2}, PHONES)

    settings.GUANGCAI_KEYS = f"2:{SECOND}"
    assert (reseal.stale(User), _found()) == (5, [])
    assert reseal.reseal_all() == 5
    assert (reseal.stale(User), _found()) == (0, PHONES)
    assert sorted(user.phone for user in User.objects.all()) == PHONES


def test_running_again_changes_nothing(users, settings):
    assert reseal.reseal_all() == 0
    settings.GUANGCAI_KEYS = f"1:{FIRST},2:{SECOND}"
    reseal.reseal_all()
    before = sorted(User.objects.values_list("pk", "phone"))
    assert reseal.reseal_all() == 0
    assert sorted(User.objects.values_list("pk", "phone")) == before


def test_taking_a_key_out_too_early_stops_instead_of_losing(users, settings):
    settings.GUANGCAI_KEYS = f"2:{SECOND}"
    with pytest.raises(CannotOpen):
        reseal.reseal_all()
    settings.GUANGCAI_KEYS = f"1:{FIRST}"
    assert _found() == PHONES


def test_verify_names_a_row_whose_value_or_index_is_wrong(users):
    assert list(reseal.broken_rows(User)) == []
    copied, misplaced, _other, *_rest = sorted(users, key=lambda user: user.pk)
    token = User.objects.values_list("phone", flat=True).get(pk=misplaced.pk)
    User.objects.filter(pk=copied.pk).update(phone=token)
    User.objects.filter(pk=misplaced.pk).update(phone_index="1:00")
    broken = [f"accounts.User {copied.pk}: does not open", f"accounts.User {misplaced.pk}: phone_index"]
    assert list(reseal.broken_rows(User)) == broken
    assert {row.what for row in invariants.broken_by("core.sealed.opens")} == set(broken)


def test_every_sealed_table_is_known():
    assert User in reseal.sealed_models()

"""core.crypto: sealed columns open only for their row, purpose and key; look-ups go by blind index."""

import base64
import time
from uuid import UUID

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from guangcai.accounts.models import PHONE_PURPOSE, User
from guangcai.core import crypto
from guangcai.core.crypto import CannotOpen, Sealed, blind_index, open_sealed, seal
from guangcai.core.ids import new_id

FIRST, SECOND = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
ROW, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.GUANGCAI_KEYS = f"1:{FIRST}"


@given(st.text())
def test_what_is_sealed_opens(text):
    assert open_sealed(seal(text, ROW, "phone"), ROW, "phone") == text


@given(st.text(min_size=1), st.integers(min_value=0))
def test_a_changed_token_never_opens(text, at):
    token = bytearray(seal(text, ROW, "phone"))
    token[at % len(token)] ^= 1
    with pytest.raises(CannotOpen):
        open_sealed(bytes(token), ROW, "phone")


def test_a_token_is_bound_to_row_and_purpose():
    token = seal("+8613800138000", ROW, "phone")
    for row, purpose in ((OTHER, "phone"), (ROW, "address")):
        with pytest.raises(CannotOpen):
            open_sealed(token, row, purpose)


def test_sealing_twice_gives_two_tokens_and_neither_shows_the_text():
    tokens = {seal("+8613800138000", ROW, "phone") for _ in range(50)}
    assert len(tokens) == 50
    assert not any(b"13800138000" in token for token in tokens)


def test_the_last_key_seals_every_key_opens_the_first_makes_indexes(settings):
    old, index = seal("text", ROW, "phone"), blind_index("text", "phone")
    settings.GUANGCAI_KEYS = f"1:{FIRST},2:{SECOND}"
    new = seal("text", ROW, "phone")
    assert [crypto.key_id_of(token) for token in (old, new)] == [1, 2]
    assert open_sealed(old, ROW, "phone") == open_sealed(new, ROW, "phone") == "text"
    assert blind_index("text", "phone") == index
    settings.GUANGCAI_KEYS = f"2:{SECOND}"
    with pytest.raises(CannotOpen):
        open_sealed(old, ROW, "phone")
    assert blind_index("text", "phone").startswith("2:")


@pytest.mark.parametrize(
    "ring", ["", "1", "x:" + FIRST, f"1:{FIRST},1:{SECOND}", "1:c2hvcnQ=", "1:***", f"70000:{FIRST}"]
)
def test_a_broken_key_ring_stops_the_program_without_naming_a_key(settings, ring):
    settings.GUANGCAI_KEYS = ring
    with pytest.raises(ImproperlyConfigured) as refusal:
        seal("text", ROW, "phone")
    assert FIRST not in str(refusal.value)


def test_blind_index_differs_by_purpose_and_fits_its_column():
    one, other = blind_index("+8613800138000", "phone"), blind_index("+8613800138000", "tail")
    assert one != other
    assert len(one) <= 80
    assert blind_index("", "phone") == ""


def test_100_000_phones_are_sealed_in_well_under_a_second():
    rows = [new_id() for _ in range(100_000)]
    started = time.process_time()
    for row in rows:
        seal("+8613800138000", row, "phone")
    assert time.process_time() - started < 2


def _user(phone="+8613800138000"):
    return User(name="x", phone=phone, phone_index=blind_index(phone, PHONE_PURPOSE), created_at="2026-01-01T00:00Z")


@pytest.mark.django_db
def test_a_column_is_bytes_in_the_table_and_text_on_the_row():
    user = _user()
    user.save()
    (token,) = User.objects.filter(pk=user.pk).values_list("phone", flat=True)
    assert isinstance(token, Sealed)
    assert str(token) == repr(token) == "****"
    assert open_sealed(token, user.pk, PHONE_PURPOSE) == "+8613800138000"
    assert User.objects.get(pk=user.pk).phone == "+8613800138000"
    assert User.objects.defer("phone").get(pk=user.pk).phone == "+8613800138000"


@pytest.mark.django_db
def test_saving_an_unchanged_row_keeps_its_token():
    _user().save()
    user = User.objects.get()
    before = User.objects.values_list("phone", flat=True).get()
    assert user.phone
    user.save()
    assert User.objects.values_list("phone", flat=True).get() == before
    user.phone = "+8613900139000"
    user.save(update_fields=["phone"])
    user.refresh_from_db()
    assert user.phone == "+8613900139000"


@pytest.mark.django_db
def test_bulk_create_seals_every_row():
    users = [_user(f"+861380013{n:04}") for n in range(3)]
    User.objects.bulk_create(users)
    assert {user.phone for user in User.objects.all()} == {user.phone for user in users}


@pytest.mark.django_db
def test_update_takes_tokens_and_refuses_text():
    user = _user()
    user.save()
    with pytest.raises(TypeError, match="seal"), transaction.atomic():
        User.objects.update(phone="+8613900139000")
    User.objects.update(phone=seal("+8613900139000", user.pk, PHONE_PURPOSE))
    assert User.objects.get().phone == "+8613900139000"


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_compared():
    with pytest.raises(FieldError, match="blind index"):
        User.objects.filter(phone="+8613800138000").exists()


@pytest.mark.django_db
def test_a_token_copied_to_another_row_does_not_open():
    one, other = _user("+8613800138001"), _user("+8613800138002")
    User.objects.bulk_create([one, other])
    User.objects.filter(pk=other.pk).update(phone=User.objects.values_list("phone", flat=True).get(pk=one.pk))
    with pytest.raises(CannotOpen):
        _ = User.objects.get(pk=other.pk).phone

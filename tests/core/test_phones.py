"""core.phones: every spelling of one number is one number."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core import phones
from guangcai.core.errors import RuleBroken

SAME = [
    "13800138000",
    "13800138000.0",
    "13800138000.00",
    " 138 0013 8000 ",
    "138-0013-8000",
    "１３８００１３８０００",
    "+8613800138000",
    "+86 138 0013 8000",
    "86-13800138000",
    "0086-13800138000",
    "0086 138-0013-8000",
    "\u202d13800138000\u202c",
    "13800138000\u3000",
    "138—0013—8000",
]
LANDLINES = [
    ("0417-2823456", "+864172823456"),
    ("(0417)2823456", "+864172823456"),
    ("（０４１７）２８２３４５６", "+864172823456"),
    ("010-65123456", "+861065123456"),
    ("+86 10 65123456", "+861065123456"),
    ("400-810-8888", "+864008108888"),
]
REFUSED = [
    ("", "phone_missing"),
    ("一三八零零一三八零零零", "phone_chinese_digits"),
    ("138001380001", "phone_length"),
    ("1380013800", "phone_length"),
    ("1.38001E+10", "phone_digits_lost"),
    ("13800138000/13900139000", "phone_several"),
    ("13800138000、0417-2823456", "phone_several"),
    ("1380013800O", "phone_letters"),
    ("2823456", "phone_area_code"),
    ("无", "phone_letters"),
    ("12345678901", "phone_unknown"),
    ("=1+1", "phone_letters"),
]


@pytest.mark.parametrize("text", SAME)
def test_normalise_mobile(text):
    assert phones.normalise(text) == "+8613800138000"


@pytest.mark.parametrize(("text", "number"), LANDLINES)
def test_normalise_landline(text, number):
    assert phones.normalise(text) == number


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_normalise_refuses_with_a_code(text, code):
    with pytest.raises(RuleBroken) as refusal:
        phones.normalise(text, field="phone")
    assert (refusal.value.code, refusal.value.field) == (code, "phone")


def test_mask_and_last_four():
    assert phones.mask("+8613800138000") == "138****8000"
    assert phones.mask("+864172823456") == "****3456"
    assert phones.mask("") == ""
    assert phones.last_four("+8613800138000") == "8000"
    assert phones.national("+8613800138000") == "13800138000"
    assert phones.national("+864172823456") == "04172823456"
    assert phones.is_mobile("+8613800138000")
    assert not phones.is_mobile("+864172823456")


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(mobiles, st.sampled_from(["", "+86", "86", "0086", "+86 ", "86-"]), st.sampled_from(["", ".0", " ", "\u3000"]))
def test_normalise_ignores_dress(number, before, after):
    assert phones.normalise(before + number + after) == "+86" + number


@given(mobiles)
def test_normalise_is_stable_and_mask_hides_the_middle(number):
    once = phones.normalise(number)
    assert phones.normalise(once) == once
    assert phones.mask(once) == number[:3] + "****" + number[-4:]


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_refusal(text):
    with contextlib.suppress(RuleBroken):
        assert phones.normalise(text).startswith("+")

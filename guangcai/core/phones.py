"""Phone numbers: one stored form (E.164), one masked form.

Rosters are full of 13800138000.0, full-width digits, +86 and dashes. Mobiles take a fast path; only landlines and
service numbers ask phonenumbers, whose tables are loaded then.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext as _

from guangcai.core import lexicon
from guangcai.core.errors import RuleBroken

_NARROW = str.maketrans(
    dict(zip("０１２３４５６７８９＋－（）．", "0123456789+-().", strict=True))
    | dict.fromkeys(" \t\r\n\xa0\u3000\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u202e\u2060\ufeff", "")
    # The apostrophe by which a spreadsheet marks a number as text.
    | dict.fromkeys("'`\u2018\u2019", "")
    | dict.fromkeys("‐‑‒–—―−﹣", "-")
)
_MOBILE = re.compile(r"(?:\+?86|0086)?-?(1[3-9]\d)-?(\d{4})-?(\d{4})(?:\.0+)?", re.ASCII)
_LANDLINE = re.compile(r"[+()0-9-]{7,24}", re.ASCII)
_SEVERAL = re.compile(r"\d{7,}[^0-9.-]+[0-9-]{7,}", re.ASCII)
_LOST = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+", re.ASCII)
_MOBILE_E164 = re.compile(r"\+861[3-9]\d{9}", re.ASCII)


def normalise(text: str, *, field: str | None = None) -> str:
    """The number in E.164: "１３８ 0013-8000", "0086-13800138000", "13800138000.0" -> "+8613800138000".

    Landlines need their area code; a bare number is read as Chinese.
    Raises RuleBroken(field) in words that say what to write instead.
    """
    plain = text.translate(_NARROW)
    if match := _MOBILE.fullmatch(plain):
        return "+86" + match[1] + match[2] + match[3]
    return _other_number(plain, field)


def is_mobile(phone: str) -> bool:
    """Whether a number in E.164 is a Chinese mobile, which alone can receive a sign-in code."""
    return _MOBILE_E164.fullmatch(phone) is not None


def national(phone: str) -> str:
    """The number as people in China dial it: "+8613800138000" -> "13800138000"; others unchanged."""
    if is_mobile(phone):
        return phone.removeprefix("+86")
    return "0" + phone.removeprefix("+86") if phone.startswith("+86") else phone


def mask(phone: str) -> str:
    """ "+8613800138000" -> "138****8000"; of other numbers only the last four stay. "" stays ""."""
    digits = national(phone)
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if digits else ""


def last_four(phone: str) -> str:
    """The four digits by which people are found on a paper list or a kiosk pad."""
    return phone[-4:]


def _other_number(plain: str, field: str | None) -> str:
    """A landline or foreign number in E.164, or the refusal that fits the text best."""
    if _LANDLINE.fullmatch(plain.removesuffix(".0")) and (found := _parse(plain.removesuffix(".0"))):
        return found
    code, message = _reason(plain)
    raise RuleBroken(message, field=field, code=code)


@lru_cache(maxsize=4096)
def _parse(plain: str) -> str | None:
    import phonenumbers  # lazy-cost: 60 ms of tables that mobiles never need

    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _reason(plain: str) -> tuple[str, str]:
    if not plain:
        return "phone_missing", _("Give a phone number.")
    if sum(plain.count(digit) for digit in lexicon.words("number_characters")) >= 3:
        return "phone_chinese_digits", _("Write the phone number in digits, not in characters.")
    if _SEVERAL.search(plain):
        return "phone_several", _("More than one phone number in one place: keep one.")
    if _LOST.fullmatch(plain):
        return "phone_digits_lost", _("The table has rounded this number: format the column as text and type it again.")
    digits = re.sub(r"\D", "", plain)
    if re.search(r"[^0-9+().-]", plain):
        return "phone_letters", _("A phone number has digits only.")
    if digits.startswith("1") and len(digits) != 11:
        return "phone_length", _("A mobile number has 11 digits, this one has %(count)d.") % {"count": len(digits)}
    if 7 <= len(digits) <= 8:
        return "phone_area_code", _("A landline needs its area code, such as 0417-2823456.")
    return "phone_unknown", _("This is not a valid phone number.")

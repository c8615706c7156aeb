"""The gate before anything is published: what in a text tells who somebody is or where he lives.

Pure. It finds phone and ID numbers, bank cards, accounts and addresses below the street, also in disguise: spaces,
dots, line breaks and invisible characters between digits, full-width, circled, foreign or Chinese digits, letters that
look like digits. It is a first reader who never tires; a second person still reads (reliability, abuse case 16).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guangcai.core.errors import RuleBroken, Text
from guangcai.core.lexicon import table, words


class Found(StrEnum):
    """What was found."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    ACCOUNT = "account"
    ADDRESS = "address"
    NAME = "name"


WORDS: Final[Mapping[Found, Text]] = {
    Found.PHONE: gettext_lazy("a phone number"),
    Found.ID_NUMBER: gettext_lazy("an ID number"),
    Found.BANK_CARD: gettext_lazy("a bank card number"),
    Found.ACCOUNT: gettext_lazy("an account (mail, WeChat or QQ)"),
    Found.ADDRESS: gettext_lazy("an address below the street"),
    Found.NAME: gettext_lazy("the name of a person"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that must not be read by everybody, as it stands in the text."""

    what: Found
    text: str


def check_publishable(field: str, text: str, *, names: Iterable[str] = ()) -> None:
    """Raises RuleBroken(field), in a sentence that names what was found, when `text` is not fit for everybody's eyes.

    names: of people it must not name, as written in their record.
    """
    found = findings(text, names=names)
    if not found:
        return
    kinds = _(", ").join(dict.fromkeys(str(WORDS[one.what]) for one in found))
    said = _("This is read by everybody, and there is %(kinds)s in it (“%(text)s”). Take it out.")
    raise RuleBroken(said % {"kinds": kinds, "text": found[0].text[:20]}, field=field, code="not_publishable")


def findings(text: str, *, names: Iterable[str] = ()) -> list[Finding]:
    """Everything found in `text`, numbers first. Empty: nothing was."""
    plain = _plain(text)
    return [*_numbers(plain), *_accounts(plain), *_addresses(plain), *_names(plain, names)]


# --- one writing for all disguises ----------------------------------------------------------------------------------

# What digits and addresses look like are words of the language: they stand in data files.
_DIGIT_OF: Final = table("digit_words")
_LIKE_DIGITS: Final = str.maketrans("oOlIi", "00111")
_MIXED: Final = re.compile(r"(?<![a-zA-Z])[\doOlIi](?:[\W_]{0,4}[\doOlIi])+(?![a-zA-Z])")
_FEWEST_REAL: Final = 4


def _plain(text: str) -> str:
    """Compatibility forms folded, invisible characters gone, every digit of any script an ASCII one."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(_digit(sign) for sign in folded if unicodedata.category(sign) not in ("Cf", "Mn", "Me"))


def _digit(sign: str) -> str:
    value = unicodedata.digit(sign, None) if not sign.isascii() else None
    return sign if value is None else str(value)


# --- numbers --------------------------------------------------------------------------------------------------------

_MOMENT: Final = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}(?!\d)|\d{1,2}:\d\d(?::\d\d)?(?!\d))"
)
# Between the digits of one number may stand up to this many characters that are no letter and no digit.
_RUN: Final = re.compile(r"\d+(?:[\W_]{1,4}\d+)*(?:[\W_]{0,4}[xX](?![a-zA-Z]))?")
_GROUP: Final = re.compile(r"\d+[xX]?|[xX]")
_PHONE: Final = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
_LANDLINE: Final = re.compile(r"0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}")
_ID_NUMBER: Final = re.compile(r"[1-8]\d{5}(?:(?:19|20)\d{6}\d{3}[\dxX]|\d{9})")
_LONGEST: Final = 21
_LONG_ID: Final = 18
_SHORTEST_LIST: Final = 5
_CUED_PHONE: Final = re.compile("|".join(words("phone_patterns")))


def _numbers(plain: str) -> list[Finding]:
    digits = "".join(_DIGIT_OF.get(sign, sign) for sign in _MOMENT.sub("d", plain))
    digits = _MIXED.sub(_without_letters, digits)
    found = [Finding(Found.PHONE, one.group()) for one in _CUED_PHONE.finditer(digits)]
    for run in _RUN.finditer(digits):
        found += _in_run(run.group())
    return found


def _without_letters(mixed: re.Match[str]) -> str:
    """Letters that look like digits, among enough real ones, are digits."""
    text = mixed.group()
    return text.translate(_LIKE_DIGITS) if sum(sign.isdigit() for sign in text) >= _FEWEST_REAL else text


def _in_run(run: str) -> list[Finding]:
    """Numbers made of neighbouring groups of digits: never from the middle of a longer group."""
    groups = [*_GROUP.finditer(run)]
    found, start = [], 0
    while start < len(groups):
        end, what = _longest_from(groups, start)
        if what is not None:
            found.append(Finding(what, run[groups[start].start() : groups[end - 1].end()]))
        start = end
    return found


def _longest_from(groups: list[re.Match[str]], start: int) -> tuple[int, Found | None]:
    """The longest number that begins with group `start`, and where it ends; the next group where there is none."""
    for end in range(min(len(groups), start + _LONGEST), start, -1):
        parts = [group.group() for group in groups[start:end]]
        if not _is_list(parts) and (what := _kind_of("".join(parts))):
            return end, what
    return start + 1, None


def _is_list(parts: list[str]) -> bool:
    """1, 3, 5, 6 ...: an enumeration, not a number with gaps."""
    if len(parts) < _SHORTEST_LIST or not all(part.isdecimal() and len(part) < _SHORTEST_LIST for part in parts):
        return False
    return all(int(low) < int(high) for low, high in pairwise(parts))


def _kind_of(number: str) -> Found | None:
    if len(number) > _LONGEST:
        return None
    if _ID_NUMBER.fullmatch(number) and _has_birth_date(number):
        return Found.ID_NUMBER
    plain = number.rstrip("xX")
    if _PHONE.fullmatch(plain) or _LANDLINE.fullmatch(plain):
        return Found.PHONE
    if 16 <= len(plain) <= 19 and plain[0] in "3456" and _luhn(plain):
        return Found.BANK_CARD
    return None


def _has_birth_date(number: str) -> bool:
    born = number[6:14] if len(number) == _LONG_ID else f"19{number[6:12]}"
    try:
        date.fromisoformat(born)
    except ValueError:
        return False
    return True


def _luhn(number: str) -> bool:
    doubled = [int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


# --- accounts, addresses, names -------------------------------------------------------------------------------------

_MAIL: Final = re.compile(r"[\w.+-]+\s*(?:@|\(at\))\s*[\w-]+\s*\.\s*[a-zA-Z]{2,}")
_CUED: Final = re.compile("|".join(words("account_patterns")), re.IGNORECASE)
_NUMERAL: Final = "[" + re.escape("".join((*_DIGIT_OF, *words("ten_words")))) + r"\d]"
_ADDRESSES: Final = re.compile("|".join(words("address_patterns")).replace("№", _NUMERAL))
_PUBLIC_BEFORE: Final = re.compile("(?:" + "|".join(words("public_places_before")) + r")\W{0,2}\w{0,3}$")
_PUBLIC_AFTER: Final = re.compile("|".join(words("public_places_after")))
_BETWEEN: Final = re.compile(r"[\s.·•*_~`'\"|,，、:：/\\()（）\[\]【】<>《》^=+-]+")
_CONTEXT: Final = 12


def _accounts(plain: str) -> list[Finding]:
    return [Finding(Found.ACCOUNT, found.group()) for found in (*_MAIL.finditer(plain), *_CUED.finditer(plain))]


def _addresses(plain: str) -> list[Finding]:
    """House, unit and room numbers; not those of a public place, which everybody may read."""
    as_typed = _seek(plain)
    if as_typed:
        return as_typed
    # Hyphens between two numbers part a building from its room: kept where digits touch them on both sides.
    closed = _BETWEEN.sub(lambda gap: "-" if gap.group().strip() in ("-", "—") else "", plain)
    return _seek(closed)


def _seek(text: str) -> list[Finding]:
    return [
        Finding(Found.ADDRESS, found.group())
        for found in _ADDRESSES.finditer(text)
        if not _PUBLIC_BEFORE.search(text[max(0, found.start() - _CONTEXT) : found.start()])
        and not _PUBLIC_AFTER.match(text[found.end() : found.end() + _CONTEXT])
    ]


def _names(plain: str, names: Iterable[str]) -> list[Finding]:
    closed = re.sub(r"[\W_]+", "", plain)
    wanted = {re.sub(r"[\W_]+", "", _plain(name)) for name in names}
    return [Finding(Found.NAME, name) for name in sorted(wanted) if len(name) > 1 and name in closed]

"""Names found by pinyin and by initials, and sorted as a Chinese reader expects.

Surnames are read from a table of their own (lexicon/surnames.tsv): most are characters that a dictionary reads
otherwise. Every character is looked up once and kept, so 100,000 names take about a third of a second.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from guangcai.core import lexicon

_HAN_RANGE = r"\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_HAN_RANGE}]")
_SHORT_HAN = re.compile(f"[{_HAN_RANGE}]{{1,2}}")
_LATIN_WORD = re.compile(r"[0-9a-z]+")
_PART = re.compile(r"[0-9a-z]+|[^0-9a-z]")
_SYLLABLE = re.compile(r"([^\d]+)([1-5]?)")


class NameKeys(NamedTuple):
    """full: "zengxiaoming"; initials: "zxm"; sort: syllable, tone and character of each, for a C collation."""

    full: str
    initials: str
    sort: str


_NOTHING = NameKeys("", "", "")


def name_keys(name: str) -> NameKeys:
    """Keys of one name. A character without a known reading stands for itself; separating dots count for nothing."""
    surname, length = _surname(name)
    given = _given(name[length:])
    if not length:
        return given
    return NameKeys(
        surname.full + given.full,
        surname.initials + given.initials,
        f"{surname.sort} {given.sort}" if given.sort else surname.sort,
    )


def _together(readings: Iterable[NameKeys]) -> NameKeys:
    readings = tuple(readings)
    return NameKeys(
        full="".join([r.full for r in readings]),
        initials="".join([r.initials for r in readings]),
        sort=" ".join([r.sort for r in readings if r.sort]),
    )


# A district has far fewer given names than people.
@lru_cache(maxsize=1 << 15)
def _given(rest: str) -> NameKeys:
    return _together(_read(part) for part in _parts(rest))


def surname(name: str) -> str:
    """The surname of a name, compound ones whole; the first character where it is not known, all of a name in parts."""
    length = _surname(name)[1]
    return name if "\u00b7" in name else name[: length or 1]


def _surname(name: str) -> tuple[NameKeys, int]:
    """The surname's keys and its length: two characters when they are a compound surname and a given name follows.

    A name in parts (with a dot) has no Chinese surname.
    """
    if "\u00b7" in name:
        return _NOTHING, 0
    table = _surnames()
    if len(name) > 2 and (found := table.get(name[:2])):
        return found, 2
    return (found, 1) if (found := table.get(name[:1])) else (_NOTHING, 0)


def _parts(rest: str) -> list[str]:
    """Characters one by one, Latin words whole and without accents."""
    if _SHORT_HAN.fullmatch(rest):
        return list(rest)
    plain = rest.lower() if _HAN.search(rest) else unicodedata.normalize("NFKD", rest).lower()
    return _PART.findall("".join(c for c in plain if not unicodedata.combining(c)))


@cache
def _read(part: str) -> NameKeys:
    if _LATIN_WORD.fullmatch(part):
        return NameKeys(full=part, initials=part[0], sort=part)
    if spelled := lexicon.table("given_names").get(part):
        return _spelled(spelled, part)
    if spelled := _dictionary().get(part):
        return _spelled(spelled, part)
    known = _HAN.match(part) is not None or part.isalnum()
    return NameKeys(part, part, "~" + part) if known else NameKeys("", "", "")


def _spelled(spelled: str, character: str) -> NameKeys:
    match = _SYLLABLE.fullmatch(spelled)
    syllable = match[1] if match else spelled
    return NameKeys(full=syllable, initials=syllable[0], sort=spelled + character)


@cache
def _surnames() -> dict[str, NameKeys]:
    return {
        surname: _together(
            _spelled(spelled, character) for spelled, character in zip(row.split(), surname, strict=True)
        )
        for surname, row in lexicon.table("surnames").items()
    }


class _Dictionary:
    """pypinyin's single characters, first reading, as syllable and tone ("zeng1", "lv3")."""

    def __init__(self) -> None:
        from pypinyin.contrib.tone_convert import to_tone3  # lazy-cost: loads 42,000 readings
        from pypinyin.pinyin_dict import pinyin_dict

        self._readings = pinyin_dict
        self._to_tone3 = to_tone3

    def get(self, character: str) -> str | None:
        marked = self._readings.get(ord(character)) if len(character) == 1 else None
        if not marked:
            return None
        spelled: str = self._to_tone3(marked.split(",")[0], v_to_u=False)
        return spelled.replace("ü", "v")


@cache
def _dictionary() -> _Dictionary:
    return _Dictionary()

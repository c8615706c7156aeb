"""One cell at a time: text as it was typed in, a value out, or a CellProblem that names what is wrong."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from dateutil.relativedelta import relativedelta

from guangcai.core.errors import RuleBroken
from guangcai.core.phones import normalise
from guangcai.core.text import clean, clean_name, narrow
from guangcai.members.roster_import import words
from guangcai.members.roster_import.dates import read_date
from guangcai.members.roster_import.problems import CellProblem
from guangcai.members.rules import JOINING_AGE, OLDEST

_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
# A full stop between Chinese characters is the dot of a name in parts, typed on another keyboard.
_DOT = re.compile(r"(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")
_SEVERAL = re.compile("[\u3001,\uff0c;\uff1b/]")
_LISTED = re.compile(r"[\s\u3001,\uff0c;\uff1b/|+.\u3002\u00b7]+")
_LOST = frozenset("\ufffd?\uff1f\u25a1\u25a0")
_NAME_SIGNS = frozenset("\u00b7 '-.")
LONGEST_NAME = 60
_SHOWN = 30


def read_name(text: str) -> str:
    """A person's name, cleaned. Dots between parts and rare characters are fine. Raises CellProblem."""
    if _HAN_NAME.fullmatch(text) and text not in words.never_a_name():
        return text
    name = _DOT.sub("\u00b7", clean_name(text))
    if not name or words.is_blank(name):
        raise CellProblem("name_missing")
    if name in words.field_by_header():
        raise CellProblem("name_header")
    if _LOST & set(name):
        raise CellProblem("name_unreadable")
    if _SEVERAL.search(name):
        raise CellProblem("name_several")
    if any(char.isdigit() for char in name):
        raise CellProblem("name_digits")
    if len(name) > LONGEST_NAME:
        raise CellProblem("name_long")
    if sign := next((char for char in name if not _in_a_name(char)), ""):
        raise CellProblem("name_signs", sign=sign)
    if len(name) == 1:
        raise CellProblem("name_short")
    return name


def _in_a_name(char: str) -> bool:
    # Private use: characters that old systems keep where a font of theirs draws them.
    return char in _NAME_SIGNS or unicodedata.category(char) in ("Lo", "Lu", "Ll", "Lm", "Mn", "Mc", "Co", "Nl")


def read_phone(text: str) -> str:
    """The number in E.164. Raises CellProblem with the sentence of core.phones."""
    try:
        return normalise(text)
    except RuleBroken as refusal:
        raise CellProblem(refusal.code, str(refusal.message)) from None


def read_birth(text: str, *, today: date) -> date:
    day = read_date(text)
    if day > today:
        raise CellProblem("birth_future")
    if day < OLDEST:
        raise CellProblem("birth_range")
    if day > today - relativedelta(years=JOINING_AGE):
        raise CellProblem("birth_young")
    return day


def read_joined(text: str, *, today: date) -> date:
    day = read_date(text)
    if day > today:
        raise CellProblem("joined_future")
    if day < OLDEST:
        raise CellProblem("joined_range")
    return day


def read_reported(text: str, *, today: date) -> date:
    day = read_date(text)
    if day > today:
        raise CellProblem("reported_future")
    if day < OLDEST:
        raise CellProblem("date_impossible", value=clean(text)[:_SHOWN])
    return day


def read_text(text: str, *, most: int) -> str:
    """Free text, cleaned. Raises CellProblem when it is longer than `most`."""
    cleaned = clean(text)
    if cleaned[:1] == "#" and words.is_error(cleaned):
        raise CellProblem("cell_error", value=cleaned)
    if len(cleaned) > most:
        raise CellProblem("text_long", most=most)
    return cleaned


def read_choice(text: str, *, known: Mapping[str, Any], labels: Mapping[str, str]) -> Any:
    """The value behind one word of a list. known: plain word -> value; labels: plain word -> as people see it.

    Raises CellProblem with the nearest word, or with the list when nothing is near.
    """
    plain = words.plain_value(text)
    if plain in known:
        return known[plain]
    shown = clean(text)[:_SHOWN]
    if near := get_close_matches(plain, list(labels), n=1, cutoff=0.5):
        raise CellProblem("value_near", value=shown, near=labels[near[0]])
    raise CellProblem("value_unknown", value=shown, known=", ".join(list(dict.fromkeys(labels.values()))[:15]))


def read_several(text: str, *, known: Mapping[str, int]) -> tuple[list[int], list[str]]:
    """Words of a list parted by any sign: their ids, and the words that are not in it."""
    found: dict[int, None] = {}
    unknown = []
    for part in _LISTED.split(narrow(text)):
        plain = words.plain_value(part)
        if plain in known:
            found[known[plain]] = None
        elif plain and not words.is_blank(part):
            unknown.append(clean(part))
    return list(found), unknown

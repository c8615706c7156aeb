"""Dates as people type them: Excel serials, 1985.3, 1985-03-05, Chinese years and months, written-out numbers.

What can be read in two ways is refused with the reason, never guessed.
"""

import re
from datetime import date, timedelta
from functools import cache

from guangcai.core.text import clean, narrow
from guangcai.members.roster_import import words
from guangcai.members.roster_import.problems import CellProblem

_EXCEL_ZERO = date(1899, 12, 30)
_SERIAL = re.compile(r"[1-6]\d{4}(?:\.\d+)?", re.ASCII)
_PARTS = re.compile(
    r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?[-/.]?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?(?:\.0+)?", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0+)?[-/.]?", re.ASCII)
_SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{1,4})?", re.ASCII)
_SHOWN = 30


def read_date(text: str) -> date:
    """The day; a month without a day is its first. Raises CellProblem."""
    plain = _plain(text)
    if match := _PARTS.fullmatch(plain) or _DIGITS.fullmatch(plain):
        return _day(text, *match.groups())
    if _SERIAL.fullmatch(plain):
        return _EXCEL_ZERO + timedelta(days=int(plain.partition(".")[0]))
    raise CellProblem(_reason(text, plain), value=text.strip()[:_SHOWN])


def _day(text: str, year: str, month: str, day: str | None) -> date:
    try:
        return date(int(year), int(month), int(day) if day else 1)
    except ValueError:
        raise CellProblem("date_impossible", value=text.strip()[:_SHOWN]) from None


def _reason(text: str, plain: str) -> str:
    if any(word in text for word in words.table()["date_words"]["lunar"]):
        return "date_lunar"
    if _YEAR.fullmatch(plain):
        return "date_incomplete"
    return "date_year_short" if _SHORT.fullmatch(plain) else "date_unknown"


def _plain(text: str) -> str:
    """Digits and separators alone, where the text is made of such."""
    if text.isascii():
        return text.strip().replace(" / ", "/").replace("\\", "/")
    word = words.table()["date_words"]
    plain = narrow(clean(text)).replace("\u3002", ".").replace("\u3001", ".").replace("\u00b7", ".")
    for tail in word["tails"]:
        plain = plain.removesuffix(tail)
    if _written() & set(plain):
        plain = _in_digits(plain)
    for sign in (word["year"], word["month"]):
        plain = plain.replace(sign, "-")
    for sign in word["day"]:
        plain = plain.replace(sign, "")
    plain = re.sub(r"\s*([-/.])\s*", r"\1", plain.strip())
    return plain.rstrip("-") if plain.count("-") > 1 or not re.fullmatch(r"\d+-", plain) else plain


@cache
def _written() -> frozenset[str]:
    word = words.table()["date_words"]
    return frozenset(word["digits"]) | set(word["zero"]) | {word["ten"]}


def _in_digits(text: str) -> str:
    """Written-out numbers in digits; ten is read by its neighbours."""
    word = words.table()["date_words"]
    for sign in word["zero"]:
        text = text.replace(sign, word["digits"][0])
    numbers = {sign: str(at) if at == 0 else str(at - 1) for at, sign in enumerate(word["digits"])}
    out = []
    for at, sign in enumerate(text):
        if sign == word["ten"]:
            before = at > 0 and (text[at - 1] in numbers)
            after = at + 1 < len(text) and text[at + 1] in numbers
            out.append({(False, False): "10", (False, True): "1", (True, False): "0", (True, True): ""}[before, after])
        else:
            out.append(numbers.get(sign, sign))
    return "".join(out)

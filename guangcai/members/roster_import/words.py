"""The words of people's own tables, from data/roster_columns.json: headers, values, what counts as nothing."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from guangcai.core.spreadsheet import plain_name
from guangcai.core.text import clean, narrow

_GAPS = re.compile(r"[\s\u3001,\uff0c.\u3002;\uff1b:\uff1a()\uff08\uff09\u300c\u300d\u201c\u201d\"'/_-]+")


@cache
def table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        files("guangcai.members").joinpath("data", "roster_columns.json").read_text(encoding="utf-8")
    )
    return content


@cache
def field_by_header() -> dict[str, str]:
    """Plain header -> field."""
    return {plain_name(word): field for field, words in table()["columns"].items() for word in words}


@cache
def preferred(field: str) -> frozenset[str]:
    """Plain headers of a field that win over its other headers."""
    return frozenset(plain_name(word) for word in table()["preferred"].get(field, ()))


@cache
def values(field: str) -> dict[str, str]:
    """Plain value -> code of a closed list."""
    return {plain_value(word): code for word, code in table()["values"].get(field, {}).items()}


@cache
def synonyms(field: str) -> dict[str, str]:
    """Plain value -> code of an editable list."""
    return {plain_value(word): code for word, code in table()["synonyms"].get(field, {}).items()}


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(table()[name])


@cache
def never_a_name() -> frozenset[str]:
    """What stands in a column of names and is none: headers, and words for nothing."""
    return _set("blanks").union(field_by_header())


def is_blank(text: str) -> bool:
    """Whether people mean "nothing" by it."""
    return narrow(text).strip().lower() in _set("blanks")


def is_error(text: str) -> bool:
    """Whether the cell shows the error of a formula."""
    return text[:1] == "#" and text.strip().lower() in _set("errors")


def plain_value(text: str) -> str:
    """Text as it is compared: narrow, small letters, without spaces, brackets and stops."""
    return _GAPS.sub("", narrow(clean(text))).lower()

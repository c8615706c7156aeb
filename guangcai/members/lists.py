"""The first content of the reference lists, as data files: districts edit and extend them afterwards."""

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Notice:
    """A version of the privacy notice as it is shipped."""

    version: str
    since: date
    text: str


def first_lists() -> dict[str, list[list[Any]]]:
    """Rows by list: occupations (code, name), service_kinds (code, name, source), skill_kinds (code, name,
    needs a certificate)."""
    lists: dict[str, list[list[Any]]] = _read("lists.json")
    return lists


def first_notice() -> Notice:
    """The notice in force from 2026."""
    content = _read("notice-2026-01.json")
    return Notice(content["version"], date.fromisoformat(content["since"]), "\n".join(content["text"]))


def _read(name: str) -> Any:
    return json.loads(files("guangcai.members").joinpath("data", name).read_text(encoding="utf-8"))

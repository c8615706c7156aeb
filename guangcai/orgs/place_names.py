"""The words of place names, from data/tree_words.json: columns, levels, and the kind that people leave out."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words() -> dict[str, Any]:
    """What people call columns and levels in tables made by hand, and the kinds that a name may end with."""
    text = files("guangcai.orgs").joinpath("data", "tree_words.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def bare_name(name: str) -> str:
    """The name of a community or street without its kind: what people leave out."""
    return _split(name)[0]


def spellings(text: str) -> dict[str, list[str]]:
    """Level -> the names that `text` may mean there. A text that names its kind means that level only."""
    bare, said = _split(text)
    kinds: dict[str, list[str]] = words()["kinds"]
    return {level: [bare, *(bare + kind for kind in kinds[level])] for level in kinds if bare and said in ("", level)}


def _split(name: str) -> tuple[str, str]:
    """A name without its kind, and the level the kind means ("" when there is none)."""
    for level, kinds in words()["kinds"].items():
        for kind in kinds:
            if name.endswith(kind) and len(name) > len(kind):
                return name.removesuffix(kind), level
    return name, ""

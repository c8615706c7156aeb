"""Scope by closed path: `/1/5/` covers `/1/5/` and everything below it, and never `/1/50/`.

The lookup is a half-open range on a C-collated column, which a plain b-tree answers. `startswith` would read
the whole table: 80 times slower for a city, 340 times for a district (docs/benchmarks.md, B5).
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

ROOT = "/"


class PathField(models.CharField):
    """A closed path of node keys, `/1/5/`. `""` is a row that belongs to no node."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


def check_closed(path: str) -> str:
    """`path` itself; raises ValueError when it is not closed by slashes."""
    if not (path.startswith("/") and path.endswith("/")):
        raise ValueError(f"not a closed path: {path!r}")
    return path


def upper_bound(path: str) -> str:
    """The first string after everything under `path`: the closing slash becomes the character after it."""
    return check_closed(path)[:-1] + "0"


@PathField.register_lookup
class Under(models.Lookup):
    """`path__under="/1/5/"`: the node itself and its whole subtree."""

    lookup_name = "under"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"({lhs} >= %s AND {lhs} < %s)", (*params, check_closed(self.rhs), *params, upper_bound(self.rhs))


def under(field: str, paths: Iterable[str]) -> Q:
    """Rows of `field` under any of `paths`; no path, no row."""
    return reduce(or_, (Q(**{f"{field}__under": path}) for path in paths), Q(pk__in=[]))


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether `path` lies under one of `paths`, without the database."""
    return any(path.startswith(check_closed(above)) for above in paths)


def ancestors(path: str) -> list[str]:
    """`/1/5/9/` -> [`/1/`, `/1/5/`, `/1/5/9/`]: every node from the root to itself."""
    keys = check_closed(path).strip("/").split("/") if path != ROOT else []
    return ["/" + "/".join(keys[: end + 1]) + "/" for end in range(len(keys))]

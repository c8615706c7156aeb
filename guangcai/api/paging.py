"""Pages by key: the cursor is the last key shown, so a page turned shows no row twice, whatever is added meanwhile."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from pydantic import BaseModel, StringConstraints

from guangcai.api.fields import Asked, counted

Row = TypeVar("Row", bound=BaseModel)
MOST = 200
# Sixteen bytes of a key, without padding.
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$", min_length=22, max_length=22)]


class Paged(Asked):
    """limit: rows on a page. cursor: `next` of the page before. None stands for what is not asked."""

    limit: counted(1, MOST) = 50  # type: ignore[valid-type]
    cursor: Cursor = None  # type: ignore[assignment]


def cut(rows: QuerySet[Any], asked: Paged, show: Callable[[Any], Row]) -> dict[str, Any]:
    """One page of `rows`, oldest key first: `{"rows": [...], "next": cursor or None}`. One query."""
    if asked.cursor is not None:
        rows = rows.filter(pk__gt=after(asked.cursor))
    found = list(rows.order_by("pk")[: asked.limit + 1])
    page = found[: asked.limit]
    more = len(found) > len(page)
    return {"rows": [show(row) for row in page], "next": cursor_of(page[-1].pk) if more else None}


def cursor_of(key: UUID) -> str:
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def after(cursor: str) -> UUID:
    return UUID(bytes=urlsafe_b64decode(cursor + "=="))

"""Sent twice is done once: retries after a clash, and the client's id, which stands for what was sent under it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, models
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Status
from pydantic import BaseModel

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict
from guangcai.core.once import once

Answer = TypeVar("Answer")
Row = TypeVar("Row", bound=models.Model)
TRIES = 3
# Two at once on the same rows: serialization failure, deadlock; the same key or time written twice.
CLASHES = ("40001", "40P01", "23505", "23P01")


def attempt(command: Callable[[], Answer]) -> Answer:
    """Run a command (a transaction of its own); of two at once the later is run again and finds what the first wrote.

    Raises Conflict when it clashes three times. Source: promises F7, F15.
    """
    for _number in range(TRIES):
        try:
            return command()
        except (IntegrityError, OperationalError) as clash:
            if getattr(clash.__cause__, "sqlstate", "") not in CLASHES:
                raise
    raise Conflict(_("Somebody writes the same at this moment. Send it again."), code="busy")


def send_once(model: type[Row], body: BaseModel, *, by: Actor, command: Callable[[], Row]) -> tuple[Row, bool]:
    """Run a creating command under the id of `body`, tried again after a clash: the row, and whether it was known.

    The same content again gives the same row, also when somebody has changed it since; other content: 409.
    """
    content = body.model_dump_json(exclude_defaults=True)
    return attempt(
        lambda: once(model, body.id, content=content, by=by, now=timezone.now(), command=command)  # type: ignore[attr-defined]
    )


def made(body: Any, *, known: bool) -> Status:
    """201 for a new row, 200 with the same body for one that was sent before."""
    return Status(200 if known else 201, body)

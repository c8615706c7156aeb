"""Sent twice is done once: retries after a clash, and the comparison of what was sent before with what is sent now."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, models
from django.utils.translation import gettext as _
from ninja import Status

from guangcai.core.errors import Conflict

Answer = TypeVar("Answer")
TRIES = 3
# Two at once on the same rows: serialization failure, deadlock; the same key or time written twice.
CLASHES = ("40001", "40P01", "23505", "23P01")


def attempt(command: Callable[[], Answer]) -> Answer:
    """Run a command (a transaction of its own); of two at once the later is run again and finds what the first wrote.

    Raises Conflict when it clashes three times. Source: reliability §3 F7, F15.
    """
    for _number in range(TRIES):
        try:
            return command()
        except (IntegrityError, OperationalError) as clash:
            if getattr(clash.__cause__, "sqlstate", "") not in CLASHES:
                raise
    raise Conflict(_("Somebody writes the same at this moment. Send it again."), code="busy")


def is_known(model: type[models.Model], key: object) -> bool:
    """Whether a row of this key is there: decides between 201 and 200, never what is allowed."""
    return key is not None and model._default_manager.filter(pk=key).exists()


def same_as_before(row: models.Model, said: Mapping[str, Any]) -> None:
    """Raises Conflict when the row of this id says something else than what is sent now."""
    if any(getattr(row, name) != value for name, value in said.items()):
        raise other_content()


def other_content() -> Conflict:
    return Conflict(_("This id was sent before with other content."), code="id_reused")


def made(body: Any, *, known: bool) -> Status:
    """201 for a new row, 200 with the same body for one that was sent before."""
    return Status(200 if known else 201, body)

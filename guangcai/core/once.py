"""Sent twice is done once: the client's id decides.

Every creating form and API call may carry the fact's id. The same id with the same content is the same fact; with
other content it is a conflict, and nothing is overwritten.
"""

from typing import TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import Conflict

Row = TypeVar("Row", bound=models.Model)


def already(model: type[Row], key: UUID | None, **content: object) -> Row | None:
    """The row of id `key`, if it was sent before with this content; None when it is new (or has no id yet).

    Raises Conflict when the id stands for other content. Call it under the lock of the command.
    """
    row = model._default_manager.filter(pk=key).first() if key else None
    if row is not None and any(getattr(row, name) != value for name, value in content.items()):
        raise Conflict(_("This was sent before with other content. Reload the page and look first."), code="id_reused")
    return row

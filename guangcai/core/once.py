"""Sent twice is done once: the client's id decides.

Every creating form and API call may carry the fact's id. The same id with the same content is the same fact; with
other content it is a conflict, and nothing is overwritten. `already` compares with the row, for forms, which are sent
again within seconds; `once` with what was sent at first, for programs, which may do so after somebody changed the row.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.crypto import blind_index
from guangcai.core.errors import Conflict
from guangcai.core.models import Sent

Row = TypeVar("Row", bound=models.Model)
PURPOSE = "core.sent"
# Stable: programs read it.
REUSED = "id_reused"
# A year is closed and appraised within this time; no phone keeps something unsent for longer.
KEPT = timedelta(days=400)


def already(model: type[Row], key: UUID | None, **content: object) -> Row | None:
    """The row of id `key`, if it was sent before with this content; None when it is new (or has no id yet).

    Raises Conflict when the id stands for other content. Call it under the lock of the command.
    """
    row = model._default_manager.filter(pk=key).first() if key else None
    if row is not None and any(getattr(row, name) != value for name, value in content.items()):
        raise other_content()
    return row


@transaction.atomic
def once(
    model: type[Row], key: UUID | None, *, content: str, by: Actor, now: datetime, command: Callable[[], Row]
) -> tuple[Row, bool]:
    """Run a creating command unless its content was sent before under `key`; the row as it is now, and whether it was.

    content: what was sent, in one text. Without a key there is nothing to compare and the command runs.
    Raises Conflict when the key stands for other content, another sender or a row made in another way; whatever the
    command raises. Source: promise F7.
    """
    digest = blind_index(f"{model._meta.label_lower}:{by.user_id}:{content}", PURPOSE)
    before = Sent.objects.filter(pk=key).first() if key else None
    if before is not None and before.digest != digest:
        raise other_content()
    if before is not None:
        return model._default_manager.get(pk=before.row_id), True
    is_taken = key is not None and model._default_manager.filter(pk=key).exists()
    row = command()
    if key is not None and is_taken:
        # By the same call, which was answered in this moment, or by something else.
        before = Sent.objects.filter(pk=key).first()
        if before is None or before.digest != digest:
            raise other_content()
        return row, True
    if key is not None:
        Sent.objects.create(id=key, row_id=row.pk, digest=digest, at=now)
    return row, False


def forget_sent(*, now: datetime) -> int:
    """Forget what was sent longer ago than KEPT; returns how many. For the nightly job.

    Nothing doubles by it: the id is the key of its row for ever. Who sends it again later is told of a conflict
    instead of being given the row.
    """
    forgotten, _tables = Sent.objects.filter(at__lt=now - KEPT).delete()
    return forgotten


def other_content() -> Conflict:
    """Somebody went back to a form that was sent, and changed words in it; or a program used an id twice."""
    words = _(
        "What was sent before is kept, and this change is not. Open the form anew to write something else; what is "
        "kept is changed on its own page."
    )
    return Conflict(words, code=REUSED)

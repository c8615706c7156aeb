"""Sealed words are opened one by one: who, when, and why. A room keeps its openings in a table of its own.

While an opening is fresh the one who made it reads what it opened; afterwards he opens it anew (docs/adr/0019, 0028).
"""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken

# How long an opened record stays open for the one who opened it.
OPEN_FOR: Final = timedelta(minutes=15)
SHORTEST_REASON: Final = 4
LONGEST_REASON: Final = 200


class OpeningQuerySet(models.QuerySet["Opening"]):
    def fresh(self) -> Self:
        """Openings that still show the record: a right by the clock, so the clock is read here."""
        return self.filter(opened_at__gt=timezone.now() - OPEN_FOR)


class Opening(models.Model):
    """Somebody opened something sealed, and why; the audit trail has the same line."""

    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        abstract = True


def check_reason(reason: str, *, is_asked: bool) -> str:
    """The reason of an opening without padding. Raises RuleBroken(field="reason") where one is asked for."""
    plain = reason.strip()[:LONGEST_REASON]
    if is_asked and len(plain) < SHORTEST_REASON:
        raise RuleBroken(_("Say why you open this record."), field="reason", code="reason_missing")
    return plain


def forget_openings(model: type[Opening], *, now: datetime) -> int:
    """Drop openings that show nothing any more; the audit trail keeps them. For the nightly jobs."""
    gone, _tables = model._default_manager.filter(opened_at__lt=now - OPEN_FOR - timedelta(days=1)).delete()
    return gone

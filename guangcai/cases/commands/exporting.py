"""A list of requests leaves the house: written down, with how many."""

from datetime import datetime

from django.db import transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission


@transaction.atomic
def record_case_export(*, path: str, rows: int, by: Actor, now: datetime) -> None:
    """Write down who took how many requests out. They name nobody who asked."""
    by.require(Permission.CASE_VIEW, path)
    audit.record(Tag.CASE_EXPORT, by=by, now=now, path=path, rows=rows)

"""The audit trail: one line per change, and per opening of a restricted record.

Append-only and hash-chained by triggers in the database (migration 0002), in lanes so that writers do not wait for
each other. Lines carry ids, never names or phones.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, models

from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.database.fixed import insert
from guangcai.core.models import AuditEvent

Detail = str | int | bool | list[str] | list[int] | None


def record(
    tag: Tag, *, by: Actor, now: datetime, on: models.Model | None = None, path: str = "", **details: Detail
) -> None:
    """Append one line. Call it inside the transaction of the change, after the change.

    `path` defaults to the subject's own `path`, so that an auditor of a street reads that street's lines.
    """
    line = AuditEvent(
        tag=Tag(tag),
        at=now,
        actor_id=by.user_id,
        actor_roles=by.role_codes,
        subject_type=on._meta.label_lower if on is not None else "",
        subject_id=_subject_id(on),
        path=path or getattr(on, "path", "") or "",
        details=details,
    )
    insert(line)


def _subject_id(on: models.Model | None) -> str:
    if on is None:
        return ""
    key: UUID | int | str = on.pk
    return str(key)


BROKEN_LINKS = """
SELECT lane, number FROM (
    SELECT lane, number, prev_hash, hash,
           lag(hash, 1, ''::bytea) OVER w AS expected_prev,
           lag(number, 1, 0::bigint) OVER w AS number_before,
           core_audit_hash(core_auditevent.*) AS expected_hash
    FROM core_auditevent WINDOW w AS (PARTITION BY lane ORDER BY number)
) AS chain
WHERE prev_hash <> expected_prev OR hash <> expected_hash OR number <> number_before + 1
ORDER BY lane, number
"""


def broken_links() -> list[str]:
    """Lines whose hash, predecessor or number does not fit: empty when nobody touched the trail."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN_LINKS)
        return [f"lane {lane} line {number}" for lane, number in cursor.fetchall()]

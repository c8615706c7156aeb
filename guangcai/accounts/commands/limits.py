"""Counting tries, in one statement per count: 1,000 people may try at the same moment and nobody waits for a lock.

Counts are kept beside the facts and outside every transaction: a refusal that is rolled back was still a try.
"""

from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from guangcai.accounts.rules import Limit
from guangcai.core.database import prepared

TAKE = """
INSERT INTO accounts_ratewindow AS w (key, started_at, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN w.started_at <= %(old)s THEN 1 ELSE w.count + 1 END,
    started_at = CASE WHEN w.started_at <= %(old)s THEN excluded.started_at ELSE w.started_at END
RETURNING count
"""
GIVE_BACK = "UPDATE accounts_ratewindow SET count = greatest(count - 1, 0) WHERE key = %s"
SWEEP = "DELETE FROM accounts_ratewindow WHERE started_at < %s"


def take(limit: Limit, subject: str, *, now: datetime) -> int:
    """Count one try of `subject` and return which one it is within the window; above `limit.most` it is too many."""
    with prepared() as cursor:
        cursor.execute(TAKE, {"key": _key(limit, subject), "now": now, "old": now - limit.window})
        return int(cursor.fetchone()[0])


def give_back(limit: Limit, subject: str) -> None:
    """Uncount one try: it succeeded, and only failures count."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [_key(limit, subject)])


def sweep(*, before: datetime) -> int:
    """Forget windows that began before `before`; returns how many. For the nightly job."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, [before])
        return int(cursor.rowcount)


def _key(limit: Limit, subject: str) -> str:
    return salted_hmac("guangcai.accounts.limits", f"{limit.name}|{subject}", algorithm="sha256").hexdigest()

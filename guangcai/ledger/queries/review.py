"""The street's random sample."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from guangcai.core.scoping import upper_bound
from guangcai.ledger.models.review import next_month

# The same order as rules.draw_key.
DRAW = """
WITH standing AS (
    SELECT p.entry_id, EXISTS (SELECT 1 FROM ledger_samplecheck AS s WHERE s.entry_id = p.entry_id) AS is_drawn
    FROM ledger_posting AS p
    WHERE p.path >= %(path)s AND p.path < %(bound)s AND p.served_on >= %(since)s AND p.served_on < %(before)s
      AND p.minutes > 0
      AND NOT EXISTS (SELECT 1 FROM ledger_serviceentry AS r WHERE r.reverses_id = p.entry_id)
), sized AS (
    SELECT (count(*) * %(percent)s + 99) / 100 - count(*) FILTER (WHERE is_drawn) AS missing
    FROM standing
)
SELECT entry_id FROM standing WHERE NOT is_drawn
ORDER BY sha256(convert_to(%(seed)s || ':' || entry_id, 'UTF8'))
LIMIT (SELECT greatest(missing, 0) FROM sized)
"""


def to_draw(*, path: str, month: date, seed: str, percent: int) -> list[UUID]:
    """The records of a month that are to be drawn now: the share, rounded up, less what was drawn before.

    Confirmed and unreversed ones, in the order of rules.draw, counted in the database.
    """
    values: dict[str, str | int | date] = {"path": path, "bound": upper_bound(path)}
    values |= {"since": month, "before": next_month(month)}
    with connection.cursor() as cursor:
        cursor.execute(DRAW, {**values, "seed": seed, "percent": percent})
        return [entry_id for (entry_id,) in cursor]


def last_day(month: date) -> date:
    """The last day of the month whose first day is `month`."""
    return next_month(month) - timedelta(days=1)

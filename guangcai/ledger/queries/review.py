"""What deserves a second look: doubtful entries, and the street's random sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from guangcai.core.actor import Actor
from guangcai.core.scoping import upper_bound
from guangcai.ledger import rules
from guangcai.ledger.enums import Doubt
from guangcai.ledger.models import ServiceEntry
from guangcai.ledger.models.review import next_month

# Everything a doubt needs, in one pass over the period's entries. Runs of full hours are counted over what was typed in
# by hand: a shift of two hours is two hours for all who were there.
FEATURES = """
WITH period AS (
    SELECT e.id, e.member_id, e.served_on, e.starts_at, e.ends_at, e.minutes, e.recorded_by, e.recorded_at,
           e.origin <> 'attendance' AS typed, e.is_late OR e.origin = 'back_fill' AS belated, p.confirmed_at
    FROM ledger_serviceentry AS e
    LEFT JOIN ledger_posting AS p ON p.entry_id = e.id
    WHERE e.path >= %(path)s AND e.path < %(bound)s AND e.served_on >= %(since)s AND e.served_on <= %(until)s
      AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM ledger_serviceentry AS r WHERE r.reverses_id = e.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_entrydecline AS d WHERE d.entry_id = e.id)
), runs AS (
    SELECT *, sum(CASE WHEN minutes %% 60 = 0 THEN 0 ELSE 1 END)
              OVER (PARTITION BY member_id, typed ORDER BY starts_at, id) AS run
    FROM period
), featured AS (
    SELECT id, starts_at, ends_at, typed,
        sum(minutes) OVER (PARTITION BY member_id, served_on) AS day_minutes,
        CASE WHEN typed AND minutes %% 60 = 0
             THEN sum(CASE WHEN minutes %% 60 = 0 THEN 1 ELSE 0 END) OVER (PARTITION BY member_id, typed, run)
             ELSE 0 END AS round_run,
        CASE WHEN typed THEN count(*) OVER (PARTITION BY recorded_by, typed) ELSE 0 END AS typed_by_maker,
        CASE WHEN belated
             THEN count(*) OVER (PARTITION BY recorded_by, belated, date_trunc('hour', recorded_at))
             ELSE 0 END AS late_batch,
        floor(extract(epoch FROM confirmed_at - recorded_at) / 60)::integer AS quick_minutes
    FROM runs
)
SELECT * FROM featured
WHERE day_minutes > %(long_day)s OR round_run >= %(round_run)s OR typed_by_maker >= %(typed_by_one)s
   OR late_batch >= %(late_batch)s OR (typed AND quick_minutes < %(quick)s)
   OR (starts_at AT TIME ZONE 'Asia/Shanghai')::time < %(night_ends)s::time
   OR (ends_at AT TIME ZONE 'Asia/Shanghai')::time > %(night_begins)s::time
   OR (starts_at AT TIME ZONE 'Asia/Shanghai')::date < (ends_at AT TIME ZONE 'Asia/Shanghai')::date
"""

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


@dataclass(frozen=True)
class DoubtfulEntry:
    """An entry with the reasons for a second look."""

    entry: ServiceEntry
    doubts: tuple[Doubt, ...]

    @property
    def starts_at(self) -> datetime:
        return self.entry.starts_at

    @property
    def member_name(self) -> str:
        return self.entry.member.name

    @property
    def reason_count(self) -> int:
        return len(self.doubts)


def plausibility_list(*, actor: Actor, path: str, since: date, until: date) -> list[DoubtfulEntry]:
    """Entries under `path` served from `since` to `until` (inclusive) that deserve a look, latest first.

    Only what `actor` may see: whoever checks samples, or confirms there. Source: reliability case 5.
    """
    found = _doubts_by_entry(path=path, since=since, until=until)
    rows = ServiceEntry.objects.visible_to(actor).with_state().select_related("member", "community", "kind")
    entries = rows.filter(pk__in=found).order_by("-starts_at", "pk")
    return [DoubtfulEntry(entry, found[entry.pk]) for entry in entries]


def _doubts_by_entry(*, path: str, since: date, until: date) -> dict[UUID, tuple[Doubt, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            FEATURES,
            {
                "path": path,
                "bound": upper_bound(path),
                "since": since,
                "until": until,
                "long_day": rules.LONG_DAY_MINUTES,
                "round_run": rules.ROUND_RUN,
                "typed_by_one": rules.TYPED_BY_ONE,
                "late_batch": rules.LATE_BATCH,
                "quick": rules.QUICK_MINUTES,
                "night_begins": rules.NIGHT_BEGINS.isoformat(),
                "night_ends": rules.NIGHT_ENDS.isoformat(),
            },
        )
        return {entry_id: reasons for entry_id, features in _featured(cursor) if (reasons := rules.doubts(features))}


def _featured(cursor: Any) -> Iterator[tuple[UUID, rules.Features]]:
    names = [column.name for column in cursor.description]
    for row in cursor:
        values = dict(zip(names, row, strict=True))
        yield values.pop("id"), rules.Features(**values)


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

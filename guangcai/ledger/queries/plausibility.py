"""The list of records that deserve a second look: one statement finds them, the pure rules say why."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from guangcai.core.actor import Actor
from guangcai.core.scoping import upper_bound
from guangcai.ledger import plausibility
from guangcai.ledger.enums import Doubt
from guangcai.ledger.models import ServiceEntry
from guangcai.ledger.plausibility import Features, Looks
from guangcai.orgs.policies import AnnualDuty, LookAtContent, LookAtTimes, LookAtTyping, in_force_at

# Everything a doubt needs, in one pass over the period's entries. Runs of full hours are counted over what was typed in
# by hand: a shift of two hours is two hours for all who were there.
FEATURES = """
WITH period AS (
    SELECT e.id, e.member_id, e.community_id, e.served_on, e.starts_at, e.ends_at, e.minutes, e.deeds, e.content,
           e.recorded_by, e.recorded_at, p.confirmed_at,
           e.origin <> 'attendance' AS typed, e.is_late OR e.origin = 'back_fill' AS belated,
           e.in_office_hours AND m.member_type = 'in_service' AS in_office,
           substring(e.activity_name || ' ' || e.content FROM %(words)s) AS word
    FROM ledger_serviceentry AS e
    JOIN members_member AS m ON m.id = e.member_id
    LEFT JOIN ledger_posting AS p ON p.entry_id = e.id
    WHERE e.path >= %(path)s AND e.path < %(bound)s AND e.served_on >= %(since)s AND e.served_on <= %(until)s
      AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM ledger_serviceentry AS r WHERE r.reverses_id = e.id)
      AND NOT EXISTS (SELECT FROM ledger_entrydecline AS d WHERE d.entry_id = e.id)
), people AS (
    SELECT member_id, count(DISTINCT served_on) AS days, sum(minutes) AS month_minutes,
           count(*) FILTER (WHERE in_office) AS office_times,
           count(*) FILTER (WHERE typed) AS of_one, count(*) FILTER (WHERE NOT typed) AS on_site,
           (array_agg(id ORDER BY starts_at DESC, id))[1] AS latest,
           coalesce(sum(minutes) FILTER (WHERE typed), 0) AS typed_minutes,
           coalesce(sum(deeds) FILTER (WHERE typed), 0) AS typed_deeds
    FROM period GROUP BY member_id
), years AS MATERIALIZED (
    SELECT e.member_id, sum(e.minutes) AS year_minutes, sum(e.deeds) AS year_deeds
    FROM people AS w JOIN ledger_serviceentry AS e ON e.member_id = w.member_id
    WHERE w.of_one > 0 AND e.served_on >= %(new_year)s AND e.served_on <= %(until)s
      AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM ledger_serviceentry AS r WHERE r.reverses_id = e.id)
      AND NOT EXISTS (SELECT FROM ledger_entrydecline AS d WHERE d.entry_id = e.id)
    GROUP BY e.member_id
), undone AS MATERIALIZED (
    SELECT e.member_id, e.served_on, max(e.minutes) AS undone_minutes
    FROM ledger_serviceentry AS e JOIN ledger_serviceentry AS r ON r.reverses_id = e.id
    WHERE e.path >= %(path)s AND e.path < %(bound)s AND e.served_on >= %(since)s AND e.served_on <= %(until)s
    GROUP BY e.member_id, e.served_on
), pairs AS (
    SELECT DISTINCT p.recorded_by AS maker, u.id AS served
    FROM period AS p JOIN accounts_user AS u ON u.member_id = p.member_id
    WHERE p.typed AND p.recorded_by <> u.id
), mutual AS MATERIALIZED (
    SELECT a.maker, u.member_id
    FROM pairs AS a JOIN pairs AS b ON b.maker = a.served AND b.served = a.maker
    JOIN accounts_user AS u ON u.id = a.served
), runs AS (
    SELECT *, sum(CASE WHEN minutes %% 60 = 0 THEN 0 ELSE 1 END) OVER line AS run,
        least(
            CASE WHEN lag(community_id) OVER own <> community_id THEN starts_at - lag(ends_at) OVER own END,
            CASE WHEN lead(community_id) OVER own <> community_id THEN lead(starts_at) OVER own - ends_at END
        ) AS gap
    FROM period
    WINDOW own AS (PARTITION BY member_id ORDER BY starts_at, id),
           line AS (PARTITION BY member_id, typed ORDER BY starts_at, id)
), featured AS (
    SELECT r.id, r.starts_at, r.ends_at, r.recorded_at, r.minutes, r.deeds, r.typed, r.in_office, r.word,
        w.latest = r.id AS is_latest, w.days, w.month_minutes, w.office_times, w.of_one, w.on_site,
        w.typed_minutes, w.typed_deeds,
        coalesce(y.year_minutes, 0) AS year_minutes, coalesce(y.year_deeds, 0) AS year_deeds, u.undone_minutes,
        sum(r.minutes) OVER of_day AS day_minutes, sum(r.deeds) OVER of_day AS day_deeds,
        floor(extract(epoch FROM r.gap) / 60)::integer AS gap_minutes,
        CASE WHEN r.typed AND r.minutes %% 60 = 0
             THEN sum(CASE WHEN r.minutes %% 60 = 0 THEN 1 ELSE 0 END) OVER (PARTITION BY r.member_id, r.typed, run)
             ELSE 0 END AS round_run,
        CASE WHEN r.typed THEN count(*) OVER (PARTITION BY r.recorded_by, r.typed) ELSE 0 END AS by_one,
        r.typed AND row_number() OVER (PARTITION BY r.recorded_by, r.typed ORDER BY r.recorded_at DESC, r.id) = 1
            AS is_makers_latest,
        CASE WHEN r.belated
             THEN count(*) OVER (PARTITION BY r.recorded_by, r.belated, date_trunc('hour', r.recorded_at))
             ELSE 0 END AS late_batch,
        floor(extract(epoch FROM r.confirmed_at - r.recorded_at) / 60)::integer AS quick_minutes,
        count(*) OVER (PARTITION BY r.recorded_by, r.typed, r.starts_at, r.ends_at) AS same_times,
        count(*) OVER (PARTITION BY r.member_id, r.typed, r.content, r.minutes) AS copies,
        count(*) OVER (PARTITION BY r.member_id, r.typed, r.recorded_by, date_trunc('hour', r.recorded_at)) AS at_once,
        (r.recorded_at AT TIME ZONE 'Asia/Shanghai')::date - r.served_on AS days_later,
        r.typed AND m.maker IS NOT NULL AS each_other
    FROM runs AS r
    JOIN people AS w ON w.member_id = r.member_id
    LEFT JOIN years AS y ON y.member_id = r.member_id
    LEFT JOIN undone AS u ON u.member_id = r.member_id AND u.served_on = r.served_on
    LEFT JOIN mutual AS m ON m.maker = r.recorded_by AND m.member_id = r.member_id
    WINDOW of_day AS (PARTITION BY r.member_id, r.served_on)
)
SELECT * FROM featured
"""
# What the rules would find, loosely: the rest need not leave the database.
WORTH_A_LOOK = """
WHERE day_minutes > %(day_minutes)s OR (is_latest AND (days >= %(days)s OR month_minutes >= %(month_minutes)s))
   OR gap_minutes < %(way_minutes)s OR (in_office AND office_times >= %(office_times)s)
   OR (starts_at AT TIME ZONE 'Asia/Shanghai')::time < %(night_ends)s::time
   OR (ends_at AT TIME ZONE 'Asia/Shanghai')::time > %(night_begins)s::time
   OR (starts_at AT TIME ZONE 'Asia/Shanghai')::date < (ends_at AT TIME ZONE 'Asia/Shanghai')::date
   OR late_batch >= %(late_batch)s OR word IS NOT NULL OR day_deeds >= %(day_deeds)s
   OR minutes - undone_minutes >= %(more_minutes)s
   OR (is_makers_latest AND by_one >= %(by_one)s)
   OR (typed AND (round_run >= %(round_run)s OR quick_minutes < %(quick_minutes)s
       OR same_times >= %(same_times)s OR copies >= %(copies)s OR of_one >= %(of_one)s OR at_once >= %(at_once)s
       OR (of_one >= %(unseen)s AND on_site = 0) OR days_later >= %(days_later)s OR each_other
       OR (recorded_at AT TIME ZONE 'Asia/Shanghai')::time < %(night_ends)s::time
       OR (recorded_at AT TIME ZONE 'Asia/Shanghai')::time >= %(night_begins)s::time
       OR (year_minutes >= %(duty_minutes)s AND year_minutes - typed_minutes < %(duty_minutes)s)
       OR (year_deeds >= %(duty_deeds)s AND year_deeds - typed_deeds < %(duty_deeds)s)))
"""


@dataclass(frozen=True)
class Reason:
    """One doubt about a record: its short name, and the sentence that says what to ask."""

    doubt: Doubt
    sentence: str

    @property
    def label(self) -> str:
        return str(self.doubt.label)


@dataclass(frozen=True)
class DoubtfulEntry:
    """An entry with the reasons for a second look."""

    entry: ServiceEntry
    reasons: tuple[Reason, ...]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        return tuple(reason.doubt for reason in self.reasons)

    @property
    def starts_at(self) -> datetime:
        return self.entry.starts_at

    @property
    def member_name(self) -> str:
        return self.entry.member.name


def looks_at(path: str, *, until: date) -> Looks:
    """The rules of the second look at a place for a period that ends on `until`; the duty is that of 1 January.

    Raises LookupError for a rule that nobody above set: a list without rules would look like a clean one.
    """
    return Looks(
        times=in_force_at(LookAtTimes, path=path, on=until),
        typing=in_force_at(LookAtTyping, path=path, on=until),
        content=in_force_at(LookAtContent, path=path, on=until),
        duty=in_force_at(AnnualDuty, path=path, on=date(until.year, 1, 1)),
    )


def plausibility_list(*, actor: Actor, path: str, since: date, until: date) -> list[DoubtfulEntry]:
    """Entries under `path` served from `since` to `until` (inclusive) that deserve a look, latest first.

    Only what `actor` may see: whoever checks samples, or confirms there. Source: promise T5.
    """
    found = reasons_by_entry(path=path, since=since, until=until, looks=looks_at(path, until=until))
    rows = ServiceEntry.objects.visible_to(actor).with_state().select_related("member", "community", "kind")
    entries = rows.filter(pk__in=found).order_by("-starts_at", "pk")
    return [DoubtfulEntry(entry, found[entry.pk]) for entry in entries]


def reasons_by_entry(
    *, path: str, since: date, until: date, looks: Looks, sieve: str = WORTH_A_LOOK
) -> dict[UUID, tuple[Reason, ...]]:
    """Why entries under `path` deserve a look, by entry; those that do not are left out. One statement."""
    values: dict[str, Any] = {**asdict(looks.times), **asdict(looks.typing), **asdict(looks.content)}
    values |= {"path": path, "bound": upper_bound(path), "since": since, "until": until}
    values |= {"new_year": date(until.year, 1, 1)}
    values |= {"duty_minutes": looks.duty.minutes, "duty_deeds": looks.duty.deeds}
    # No word at all finds nothing: an empty pattern would find everything.
    values["words"] = "|".join(map(re.escape, looks.content.words.split())) or "(?!)"
    with connection.cursor() as cursor:
        cursor.execute(FEATURES + sieve, values)
        return {
            entry_id: tuple(Reason(doubt, plausibility.explained(doubt, features, looks)) for doubt in found)
            for entry_id, features in _featured(cursor)
            if (found := plausibility.doubts(features, looks))
        }


def _featured(cursor: Any) -> Iterator[tuple[UUID, Features]]:
    names = [column.name for column in cursor.description]
    for row in cursor:
        values = dict(zip(names, row, strict=True))
        yield values.pop("id"), Features(**values)

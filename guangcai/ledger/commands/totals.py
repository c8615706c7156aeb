"""The yearly roll-up: always computed again from the postings, so that writing it twice is writing it once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.members.models import Member

KEEP = """
INSERT INTO ledger_yeartotal (id, district_code, member_id, year, minutes, deeds, postings)
SELECT k.id, k.district_code, k.member_id, k.year,
       coalesce(sum(p.minutes), 0), coalesce(sum(p.deeds), 0), count(p.member_id)
FROM unnest(%s::uuid[], %s::varchar[], %s::uuid[], %s::integer[]) AS k (id, district_code, member_id, year)
LEFT JOIN ledger_posting AS p ON p.member_id = k.member_id
     AND p.served_on >= make_date(k.year, 1, 1) AND p.served_on < make_date(k.year + 1, 1, 1)
GROUP BY k.id, k.district_code, k.member_id, k.year
ORDER BY k.member_id, k.year
ON CONFLICT (district_code, year, member_id) DO UPDATE
SET minutes = excluded.minutes, deeds = excluded.deeds, postings = excluded.postings
"""

# Whoever confirms meanwhile waits, and then computes again with what he has posted.
LOCK = "LOCK TABLE ledger_yeartotal IN SHARE ROW EXCLUSIVE MODE"
SUM = """
CREATE TEMPORARY TABLE year_sums ON COMMIT DROP AS
SELECT member_id, sum(minutes)::integer AS minutes, sum(deeds)::integer AS deeds, count(*)::integer AS postings
FROM ledger_posting WHERE served_on >= %(since)s AND served_on < %(until)s GROUP BY member_id
"""
DROP_STALE = """
DELETE FROM ledger_yeartotal AS t WHERE t.year = %(year)s AND t.district_code = %(district_code)s
AND NOT EXISTS (SELECT FROM year_sums AS s WHERE s.member_id = t.member_id)
"""
# Only what differs is written.
MEND = """
UPDATE ledger_yeartotal AS t SET minutes = s.minutes, deeds = s.deeds, postings = s.postings
FROM year_sums AS s
WHERE t.member_id = s.member_id AND t.year = %(year)s AND t.district_code = %(district_code)s
  AND (t.minutes, t.deeds, t.postings) IS DISTINCT FROM (s.minutes, s.deeds, s.postings)
"""
# In the order of members, under keys that count up from one made now: both indexes grow at their end.
ADD = """
INSERT INTO ledger_yeartotal (id, district_code, member_id, year, minutes, deeds, postings)
SELECT (%(key)s || lpad(to_hex(row_number() OVER (ORDER BY s.member_id)), 12, '0'))::uuid,
       %(district_code)s, s.member_id, %(year)s, s.minutes, s.deeds, s.postings
FROM year_sums AS s
WHERE EXISTS (SELECT FROM members_member AS m WHERE m.id = s.member_id AND m.district_code = %(district_code)s)
  AND NOT EXISTS (SELECT FROM ledger_yeartotal AS t WHERE t.member_id = s.member_id AND t.year = %(year)s
                  AND t.district_code = %(district_code)s)
"""


def keep_year_totals(keys: Iterable[tuple[Member, int]]) -> None:
    """Bring the roll-up of these members and years up to date. The caller holds the members' locks."""
    wanted = sorted({(member.pk, member.district_code, year) for member, year in keys})
    if not wanted:
        return
    member_ids, districts, years = zip(*wanted, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [[new_id() for _ in wanted], list(districts), list(member_ids), list(years)])


@transaction.atomic
def rebuild_year_totals(*, district_code: str, year: int, by: Actor, now: datetime) -> int:
    """Make a year's roll-up of one district equal to its postings; returns how many rows were wrong or missing.

    One pass over the covering index; confirmations wait meanwhile (seconds for a million members).
    """
    by.require(Permission.SYSTEM_RUN, ROOT)
    values: dict[str, str | int | date] = {
        "district_code": district_code,
        "year": year,
        "since": date(year, 1, 1),
        "until": date(year + 1, 1, 1),
        "key": str(new_id())[:24],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        mended = 0
        for statement in (LOCK, SUM, DROP_STALE, MEND, ADD):
            cursor.execute(statement, values)
            mended += cursor.rowcount if statement in (DROP_STALE, MEND, ADD) else 0
        cursor.execute("DROP TABLE year_sums")
    audit.record(Tag.TOTALS_REBUILD, by=by, now=now, district=district_code, year=year, rows=mended)
    return mended

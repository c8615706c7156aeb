"""The yearly roll-up: always computed again from the postings, so that writing it twice is writing it once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
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
# A cache row needs no key that sorts by time.
REBUILD = """
WITH sums AS MATERIALIZED (
    SELECT member_id, sum(minutes) AS minutes, sum(deeds) AS deeds, count(*) AS postings
    FROM ledger_posting WHERE served_on >= %(since)s AND served_on < %(until)s GROUP BY member_id
)
INSERT INTO ledger_yeartotal (id, district_code, member_id, year, minutes, deeds, postings)
SELECT gen_random_uuid(), m.district_code, m.id, %(year)s, s.minutes, s.deeds, s.postings
FROM sums AS s JOIN members_member AS m ON m.id = s.member_id
WHERE m.district_code = %(district_code)s
"""
CLEAR = "DELETE FROM ledger_yeartotal WHERE district_code = %(district_code)s AND year = %(year)s"


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
    """Throw away a year's roll-up of one district and compute it from the postings; returns the number of members.

    One pass over the covering index; confirmations wait meanwhile (seconds for a million members).
    """
    by.require(Permission.SYSTEM_RUN, "/")
    span = {"district_code": district_code, "year": year, "since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(LOCK)
        cursor.execute(CLEAR, span)
        cursor.execute(REBUILD, span)
        count = int(cursor.rowcount)
    audit.record(Tag.TOTALS_REBUILD, by=by, now=now, district=district_code, year=year, members=count)
    return count

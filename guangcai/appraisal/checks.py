"""What must always hold of feedback and appraisal (`guangcai verify`)."""

from collections.abc import Iterable

from django.db import connection

from guangcai.core.invariants import invariant

SHEETS_EQUAL_POSTINGS = """
WITH quarter AS (
    SELECT sheet.id, sheet.close_id, sheet.work_unit_id, sheet.community_id, sheet.as_of, closing.quarter,
        make_date(left(closing.quarter, 4)::int, (right(closing.quarter, 1)::int - 1) * 3 + 1, 1) AS first
    FROM appraisal_feedbacksheet AS sheet JOIN appraisal_quarterclose AS closing ON closing.id = sheet.close_id
), written AS (
    SELECT quarter.close_id, quarter.work_unit_id, max(quarter.as_of) AS as_of, min(quarter.first) AS first,
        min(quarter.community_id) AS community_id, sum(line.minutes) AS minutes, sum(line.deeds) AS deeds
    FROM quarter JOIN appraisal_feedbackline AS line ON line.sheet_id = quarter.id
    GROUP BY 1, 2
)
SELECT written.close_id, written.work_unit_id FROM written
LEFT JOIN LATERAL (
    SELECT coalesce(sum(posting.minutes), 0) AS minutes, coalesce(sum(posting.deeds), 0) AS deeds
    FROM ledger_posting AS posting
    JOIN members_employment AS job ON job.member_id = posting.member_id AND job.work_unit_id = written.work_unit_id
        AND job.since <= posting.served_on AND (job.until IS NULL OR job.until > posting.served_on)
    WHERE posting.community_id = written.community_id AND posting.confirmed_at <= written.as_of
        AND posting.served_on >= written.first AND posting.served_on < written.first + interval '3 months'
) AS counted ON true
WHERE (counted.minutes, counted.deeds) IS DISTINCT FROM (written.minutes, written.deeds)
"""


@invariant("appraisal.sheets_equal_postings")
def sheets_equal_postings() -> Iterable[str]:
    """The lines of a sheet and its supplements sum to what was confirmed until the last freeze."""
    with connection.cursor() as cursor:
        cursor.execute(SHEETS_EQUAL_POSTINGS)
        for close_id, work_unit_id in cursor.fetchall():
            yield f"close {close_id}, work unit {work_unit_id}"


@invariant("appraisal.sheet_numbers_in_order")
def sheet_numbers_in_order() -> Iterable[str]:
    """Numbers of a close run from 1 without a gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT close_id FROM appraisal_feedbacksheet WHERE number <> '' GROUP BY close_id "
            "HAVING max(split_part(number, '-', 3)::int) <> count(*)"
        )
        for (close_id,) in cursor.fetchall():
            yield f"close {close_id}"

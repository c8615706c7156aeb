"""Which closed quarters the ledger says something else of now: there a supplement is due, or was due at the freeze."""

from uuid import UUID

from django.db import connection

from guangcai.orgs.models import Node

# The same reckoning as DIFFERENCE in commands/quarter.py, for all quarters of one community at once.
UNITS_WITH_NEWS = """
WITH closing AS (
    SELECT id, community_id,
        make_date(left(quarter, 4)::int, (right(quarter, 1)::int - 1) * 3 + 1, 1) AS first
    FROM appraisal_quarterclose WHERE community_id = %(community)s AND quarter >= %(since)s
), said AS (
    SELECT closing.id AS close_id, job.work_unit_id, posting.member_id, posting.minutes, posting.deeds,
        CASE WHEN posting.minutes < 0 OR posting.deeds < 0 THEN -1 ELSE 1 END AS services
    FROM ledger_posting AS posting
    JOIN closing ON closing.community_id = posting.community_id AND posting.served_on >= closing.first
        AND posting.served_on < closing.first + interval '3 months'
    JOIN members_employment AS job ON job.member_id = posting.member_id
        AND job.since <= posting.served_on AND (job.until IS NULL OR job.until > posting.served_on)
    UNION ALL
    SELECT sheet.close_id, sheet.work_unit_id, coalesce(member.merged_into_id, member.id),
        -line.minutes, -line.deeds, -line.services
    FROM closing
    JOIN appraisal_feedbacksheet AS sheet ON sheet.close_id = closing.id
    JOIN appraisal_feedbackline AS line ON line.sheet_id = sheet.id
    JOIN members_member AS member ON member.id = line.member_id
)
SELECT close_id, count(DISTINCT work_unit_id) FROM (
    SELECT close_id, work_unit_id, member_id FROM said GROUP BY 1, 2, 3
    HAVING sum(minutes) <> 0 OR sum(deeds) <> 0 OR sum(services) <> 0
) AS differing
GROUP BY 1
"""

# What had been confirmed when a unit's sheets were frozen and stands on none of them: its confirmation was stamped
# before the freeze and committed after it. A unit without a sheet was frozen, as empty, with the close.
CROSSED = """
WITH closing AS (
    SELECT id, community_id, as_of,
        make_date(left(quarter, 4)::int, (right(quarter, 1)::int - 1) * 3 + 1, 1) AS first
    FROM appraisal_quarterclose
), frozen AS (
    SELECT close_id, work_unit_id, max(as_of) AS as_of FROM appraisal_feedbacksheet GROUP BY 1, 2
), said AS (
    SELECT closing.id AS close_id, job.work_unit_id, posting.member_id, posting.minutes, posting.deeds,
        CASE WHEN posting.minutes < 0 OR posting.deeds < 0 THEN -1 ELSE 1 END AS services
    FROM ledger_posting AS posting
    JOIN closing ON closing.community_id = posting.community_id AND posting.served_on >= closing.first
        AND posting.served_on < closing.first + interval '3 months'
    JOIN members_employment AS job ON job.member_id = posting.member_id
        AND job.since <= posting.served_on AND (job.until IS NULL OR job.until > posting.served_on)
    LEFT JOIN frozen ON frozen.close_id = closing.id AND frozen.work_unit_id = job.work_unit_id
    WHERE posting.confirmed_at <= coalesce(frozen.as_of, closing.as_of)
    UNION ALL
    SELECT sheet.close_id, sheet.work_unit_id, coalesce(member.merged_into_id, member.id),
        -line.minutes, -line.deeds, -line.services
    FROM appraisal_feedbacksheet AS sheet
    JOIN appraisal_feedbackline AS line ON line.sheet_id = sheet.id
    JOIN members_member AS member ON member.id = line.member_id
)
SELECT DISTINCT close_id FROM (
    SELECT close_id, work_unit_id, member_id FROM said GROUP BY 1, 2, 3
    HAVING sum(minutes) <> 0 OR sum(deeds) <> 0 OR sum(services) <> 0
) AS differing
"""


def crossed_closes() -> list[UUID]:
    """Closes of the whole district with a unit whose sheets say something else than what was confirmed until then."""
    with connection.cursor() as cursor:
        cursor.execute(CROSSED)
        return [row[0] for row in cursor.fetchall()]


def units_with_news(community: Node, *, since: str) -> dict[UUID, int]:
    """Work units to which a supplement is due, by close, in the community's quarters from `since` (2026Q3) on."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS_WITH_NEWS, {"community": community.pk, "since": since})
        return dict(cursor.fetchall())

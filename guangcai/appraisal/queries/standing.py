"""Where members stand in a year: what they did and what they owe. The appraisal and the statistics read the same.

One statement for a community of a hundred and a district of a hundred thousand. Its arithmetic is that of
appraisal/rules.py (`owed`, `verdict`), and a property test keeps the two equal.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guangcai.orgs.policies import AnnualDuty

# Members living in the communities of `rule` on %(day)s. Days bound are those lived in any community of the district,
# less exempt days; days that two spans name count once.
STANDING = """
WITH rule AS (
    SELECT * FROM unnest(%(communities)s::bigint[], %(minutes)s::int[], %(deeds)s::int[])
        AS given (community_id, duty_minutes, duty_deeds)
), here AS (
    SELECT member.id AS member_id, member.district_code, rule.*
    FROM members_residence AS home
    JOIN rule ON rule.community_id = home.community_id
    JOIN members_member AS member ON member.id = home.member_id AND member.merged_into_id IS NULL
        AND (member.ended_at IS NULL OR NOT %(only_current)s)
    WHERE home.since <= %(day)s AND (home.until IS NULL OR home.until > %(day)s)
        AND (%(members)s::uuid[] IS NULL OR member.id = ANY(%(members)s))
), bound AS (
    SELECT member_id, range_agg(daterange(greatest(since, %(first)s), least(until, %(beyond)s))) AS days
    FROM members_residence JOIN here USING (member_id)
    WHERE since < %(beyond)s AND (until IS NULL OR until > greatest(since, %(first)s))
    GROUP BY member_id
), exempt AS (
    SELECT member_id, range_agg(daterange(greatest(since, %(first)s), least(until, %(beyond)s))) AS days
    FROM appraisal_exemption JOIN here USING (member_id)
    WHERE since < %(beyond)s AND (until IS NULL OR until > greatest(since, %(first)s))
    GROUP BY member_id
), elsewhere AS (
    SELECT member_id, sum(minutes) AS minutes, sum(deeds) AS deeds
    FROM appraisal_dutyelsewhere JOIN here USING (member_id)
    WHERE year = %(year)s
    GROUP BY member_id
), counted AS (
    SELECT here.member_id, here.community_id, here.duty_minutes, here.duty_deeds,
        coalesce(total.minutes, 0) AS minutes, coalesce(total.deeds, 0) AS deeds,
        coalesce(elsewhere.minutes, 0) AS more_minutes, coalesce(elsewhere.deeds, 0) AS more_deeds,
        coalesce((
            SELECT sum(upper(span) - lower(span))
            FROM unnest(bound.days - coalesce(exempt.days, '{}'::datemultirange)) AS span
        ), 0) AS days
    FROM here
    LEFT JOIN bound USING (member_id)
    LEFT JOIN exempt USING (member_id)
    LEFT JOIN elsewhere USING (member_id)
    LEFT JOIN ledger_yeartotal AS total ON total.member_id = here.member_id AND total.year = %(year)s
        AND total.district_code = here.district_code
), owing AS (
    SELECT *, duty_minutes * days / (%(beyond)s - %(first)s) AS owed_minutes,
        duty_deeds * days / (%(beyond)s - %(first)s) AS owed_deeds
    FROM counted
), standing AS (
    SELECT owing.*, job.work_unit_id, CASE
        WHEN days = 0 THEN 'exempt'
        WHEN minutes >= owed_minutes AND deeds >= owed_deeds THEN 'met'
        WHEN minutes + more_minutes >= owed_minutes AND deeds + more_deeds >= owed_deeds THEN 'met_elsewhere'
        ELSE 'not_met' END AS verdict
    FROM owing
    LEFT JOIN members_employment AS job ON job.member_id = owing.member_id
        AND job.since < %(beyond)s AND (job.until IS NULL OR job.until >= %(beyond)s)
)
"""


def standing_values(duties: Mapping[int, AnnualDuty], *, year: int, day: date, only_current: bool) -> dict[str, Any]:
    """What STANDING is filled with: `duties` by community, the calendar year, and the day on which members live there.

    Set `members` to look at these alone.
    """
    return {
        "communities": list(duties),
        "minutes": [duty.minutes for duty in duties.values()],
        "deeds": [duty.deeds for duty in duties.values()],
        "year": year,
        "first": date(year, 1, 1),
        "beyond": date(year + 1, 1, 1),
        "day": day,
        "only_current": only_current,
        "members": None,
    }

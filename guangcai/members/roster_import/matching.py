"""Who is on the roster already: by phone, and by name with unit and building. Set-based, over `roster_arrival`.

A match is the same person (phone and name), or somebody who may be: that one is for people to decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guangcai.members.roster_import.known import Target


class Why(StrEnum):
    """Why a row and a member may be one person. SAME_PERSON alone needs nobody's word."""

    SAME_PERSON = "same_person"
    SAME_PHONE = "same_phone"
    LIVES_ELSEWHERE = "lives_elsewhere"
    WORKS_ELSEWHERE = "works_elsewhere"
    ON_ANOTHER_ROSTER = "on_another_roster"
    SAME_NAME_UNIT_BUILDING = "same_name_unit_building"


REASONS = {
    Why.SAME_PHONE: _("The same phone under another name"),
    Why.LIVES_ELSEWHERE: _("The same phone and name, on another community's roster"),
    Why.WORKS_ELSEWHERE: _("The same phone and name, at another work unit"),
    Why.ON_ANOTHER_ROSTER: _("The same phone and name, on a community's roster"),
    Why.SAME_NAME_UNIT_BUILDING: _("The same name, work unit and building"),
}


@dataclass(frozen=True)
class Decision:
    """What a person said of a row: it is this member, or another person of that name."""

    member: UUID
    is_same: bool


@dataclass(frozen=True)
class Match:
    row: int
    member: UUID
    why: str


BY_PHONE = """
UPDATE roster_arrival a SET match_id = c.id, why = c.why
FROM (
    SELECT DISTINCT ON (number) number, id, why FROM (
        SELECT a.number, m.id,
            CASE
                WHEN m.name <> a.name THEN 'same_phone'
                WHEN %(community)s::bigint IS NOT NULL
                     AND m.community_id IS NOT NULL AND m.community_id <> %(community)s::bigint THEN 'lives_elsewhere'
                WHEN %(unit)s::bigint IS NOT NULL AND e.work_unit_id = %(unit)s::bigint THEN 'same_person'
                WHEN %(unit)s::bigint IS NOT NULL AND NOT %(may_link)s THEN 'on_another_roster'
                WHEN %(unit)s::bigint IS NOT NULL AND e.work_unit_id IS NOT NULL THEN 'works_elsewhere'
                ELSE 'same_person'
            END AS why
        FROM roster_arrival a
        JOIN members_member m ON m.phone_index = a.phone_index AND m.ended_at IS NULL AND m.merged_into_id IS NULL
        LEFT JOIN members_employment e ON e.member_id = m.id AND e.until IS NULL
        WHERE a.phone_index <> ''
    ) AS candidate
    ORDER BY number, array_position(
        ARRAY['same_person', 'lives_elsewhere', 'works_elsewhere', 'on_another_roster', 'same_phone'], why), id
) AS c
WHERE c.number = a.number
"""
# The same unit and no two different buildings; or the same house and no two different units; or, where neither
# record has a unit or a house to compare, the same list without a phone to tell them apart.
BY_NAME = """
UPDATE roster_arrival a SET match_id = c.id, why = 'same_name_unit_building'
FROM (
    SELECT DISTINCT ON (a.number) a.number, m.id
    FROM roster_arrival a
    JOIN members_member m ON m.name = a.name AND m.ended_at IS NULL AND m.merged_into_id IS NULL
    LEFT JOIN members_employment e ON e.member_id = m.id AND e.until IS NULL
    CROSS JOIN LATERAL (SELECT coalesce(%(unit)s::bigint, a.work_unit_id) AS unit) AS here
    WHERE a.match_id IS NULL
      AND (here.unit = e.work_unit_id OR here.unit IS NULL OR e.work_unit_id IS NULL)
      AND (a.building_id = m.building_id OR a.building_id IS NULL OR m.building_id IS NULL)
      AND (here.unit = e.work_unit_id OR a.building_id = m.building_id
           OR (m.community_id = %(community)s::bigint AND (a.phone_index = '' OR m.phone_index = '')))
      AND (a.birth_date IS NULL OR m.birth_date IS NULL OR a.birth_date = m.birth_date
           OR a.phone_index = '' OR m.phone_index = '')
    ORDER BY a.number, (a.birth_date = m.birth_date) DESC NULLS LAST, (a.building_id = m.building_id) DESC NULLS LAST,
             m.id
) AS c
WHERE c.number = a.number
"""
DECIDED = """
UPDATE roster_arrival a
SET match_id = d.member, why = CASE WHEN d.is_same THEN 'same_person' ELSE 'told_apart' END
FROM unnest(%(rows)s::int[], %(members)s::uuid[], %(same)s::boolean[]) AS d(number, member, is_same)
WHERE d.number = a.number
"""
KNOWN = "UPDATE roster_arrival SET is_new = false WHERE why = 'same_person'"
# One member is one row: the first keeps him, a second row is another record for a worker to look at.
MATCHED_TWICE = """
UPDATE roster_arrival a SET why = 'same_name_unit_building'
FROM (SELECT match_id, min(number) AS first FROM roster_arrival WHERE why = 'same_person'
      GROUP BY match_id HAVING count(*) > 1) AS twice
WHERE a.match_id = twice.match_id AND a.why = 'same_person' AND a.number <> twice.first
"""
FOUND = """
SELECT number, match_id, why FROM roster_arrival WHERE match_id IS NOT NULL AND why <> 'told_apart' ORDER BY number
"""
SAME_IN_FILE = """
SELECT b.number, a.number FROM roster_arrival a
JOIN roster_arrival b ON b.name = a.name AND b.number > a.number
WHERE a.is_new AND b.is_new
  AND coalesce(%(unit)s::bigint, a.work_unit_id) = coalesce(%(unit)s::bigint, b.work_unit_id)
  AND (a.building_id = b.building_id OR a.building_id IS NULL OR b.building_id IS NULL)
  AND (a.birth_date = b.birth_date OR a.birth_date IS NULL OR b.birth_date IS NULL)
ORDER BY b.number, a.number
"""


def match(target: Target, *, decisions: Mapping[int, Decision], may_link: bool) -> list[Match]:
    """Fill in match_id, why and is_new of every arrival; returns the matches in the order of rows.

    may_link: whether a member of another roster is taken for the unit's own without a worker's word.
    """
    keys = {
        "community": target.community.pk if target.community else None,
        "unit": target.work_unit.pk if target.work_unit else None,
        "may_link": may_link,
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS roster_arrival_name ON roster_arrival (name)")
        cursor.execute(BY_PHONE, keys)
        cursor.execute(BY_NAME, keys)
        if decisions:
            cursor.execute(DECIDED, _unnested(decisions.items()))
        cursor.execute(MATCHED_TWICE)
        cursor.execute(KNOWN)
        cursor.execute(FOUND)
        return [Match(*row) for row in cursor.fetchall()]


def same_in_file(target: Target) -> list[tuple[int, int]]:
    """Pairs of new rows (later, earlier) that may be one person."""
    with connection.cursor() as cursor:
        cursor.execute(SAME_IN_FILE, {"unit": target.work_unit.pk if target.work_unit else None})
        return [(later, earlier) for later, earlier in cursor.fetchall()]


def _unnested(decisions: Iterable[tuple[int, Decision]]) -> dict[str, list[object]]:
    pairs = list(decisions)
    return {
        "rows": [row for row, _decision in pairs],
        "members": [decision.member for _row, decision in pairs],
        "same": [decision.is_same for _row, decision in pairs],
    }

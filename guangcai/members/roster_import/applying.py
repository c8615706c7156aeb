"""The arrivals become members: new records and links by INSERT .. SELECT, known ones get what was missing.

Every statement is about all rows at once, in the transaction that the command opened.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.crypto import open_sealed, seal
from guangcai.members import rules
from guangcai.members.commands.links import take_receipt_numbers
from guangcai.members.enums import Channel, DuplicateReason
from guangcai.members.models.person import ADDRESS_PURPOSE, PHONE_PURPOSE
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.loading import as_first_load

NEW_MEMBERS = """
INSERT INTO members_member (id, district_code, name, name_pinyin, name_initials, name_sort, gender, birth_date,
    joined_party_on, member_type, category, national_volunteer_no, occupation_id, job_title, phone, phone_index,
    phone_tail_index, address, community_id, building_id, path, is_demo, added_at, added_by, end_reason)
SELECT id, %(district)s, name, name_pinyin, name_initials, name_sort, gender, birth_date, joined_party_on,
    member_type, category, national_volunteer_no, occupation_id, job_title, phone, phone_index, phone_tail_index,
    address, %(community)s::bigint, CASE WHEN %(community)s::bigint IS NULL THEN NULL ELSE building_id END,
    CASE WHEN %(is_expected)s THEN coalesce((SELECT u.path FROM orgs_workunit u WHERE u.id = work_unit_id), %(above)s)
         ELSE %(path)s END, false, %(now)s, %(by)s::uuid, ''
FROM roster_arrival WHERE is_new ORDER BY number
"""
# Only what is empty is filled: the record's word counts, a difference is the desk's to settle.
FILL = """
UPDATE members_member m SET
    gender = CASE WHEN m.gender = '' THEN a.gender ELSE m.gender END,
    birth_date = coalesce(m.birth_date, a.birth_date),
    joined_party_on = coalesce(m.joined_party_on, a.joined_party_on),
    category = CASE WHEN m.category = '' THEN a.category ELSE m.category END,
    national_volunteer_no = CASE WHEN m.national_volunteer_no = '' THEN a.national_volunteer_no
                                 ELSE m.national_volunteer_no END,
    occupation_id = coalesce(m.occupation_id, a.occupation_id),
    job_title = CASE WHEN m.job_title = '' THEN a.job_title ELSE m.job_title END
FROM roster_arrival a
WHERE a.match_id = m.id AND NOT a.is_new AND (
    (m.gender = '' AND a.gender <> '') OR (m.birth_date IS NULL AND a.birth_date IS NOT NULL)
    OR (m.joined_party_on IS NULL AND a.joined_party_on IS NOT NULL) OR (m.category = '' AND a.category <> '')
    OR (m.national_volunteer_no = '' AND a.national_volunteer_no <> '')
    OR (m.occupation_id IS NULL AND a.occupation_id IS NOT NULL) OR (m.job_title = '' AND a.job_title <> ''))
"""
SEALED_TO_FILL = """
SELECT m.id, a.id, a.phone, a.phone_index, a.phone_tail_index, a.address, m.phone_index = '', length(m.address) = 0
FROM roster_arrival a JOIN members_member m ON m.id = a.match_id
WHERE NOT a.is_new AND ((m.phone_index = '' AND a.phone_index <> '')
    OR (length(m.address) = 0 AND length(a.address) > 0))
"""
FILL_PHONES = """
UPDATE members_member m SET phone = f.phone, phone_index = f.phone_index, phone_tail_index = f.tail
FROM unnest(%s::uuid[], %s::bytea[], %s::text[], %s::text[]) AS f(id, phone, phone_index, tail) WHERE f.id = m.id
"""
FILL_ADDRESSES = """
UPDATE members_member m SET address = f.address
FROM unnest(%s::uuid[], %s::bytea[]) AS f(id, address) WHERE f.id = m.id
"""
# --- residences: new records, known ones that live nowhere yet, and those who moved by somebody's word
MOVING = """
CREATE TEMP TABLE roster_moving ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY a.number) AS place, core_new_id() AS id,
    CASE WHEN a.is_new THEN a.id ELSE m.id END AS member_id, a.building_id,
    CASE WHEN a.is_new THEN coalesce(a.reported_on, %(today)s::date) ELSE %(today)s::date END AS since
FROM roster_arrival a LEFT JOIN members_member m ON m.id = a.match_id AND NOT a.is_new
WHERE a.is_new OR m.community_id IS DISTINCT FROM %(community)s::bigint
"""
CLOSE_RESIDENCES = """
UPDATE members_residence r SET until = greatest(%(today)s::date, r.since)
FROM roster_moving w WHERE r.member_id = w.member_id AND r.until IS NULL
"""
OPEN_RESIDENCES = """
INSERT INTO members_residence (id, district_code, community_id, path, member_id, building_id, since, channel,
    receipt_no, accepted_at, accepted_by)
SELECT id, %(district)s, %(community)s::bigint, %(path)s, member_id, building_id, since, %(channel)s,
    %(receipt)s || lpad(number::text, greatest(5, length(number::text)), '0'), %(now)s, %(by)s::uuid
FROM (SELECT *, %(before)s::bigint + place AS number FROM roster_moving) AS numbered ORDER BY place
"""
PLACE_MATCHED = """
UPDATE members_member m SET community_id = %(community)s::bigint, building_id = w.building_id, path = %(path)s
FROM roster_moving w, roster_arrival a WHERE m.id = w.member_id AND a.match_id = m.id AND NOT a.is_new
"""
BUILDINGS_OF_MATCHED = """
WITH housed AS (
    UPDATE members_member m SET building_id = a.building_id FROM roster_arrival a
    WHERE a.match_id = m.id AND NOT a.is_new AND m.community_id = %(community)s::bigint
      AND m.building_id IS NULL AND a.building_id IS NOT NULL
    RETURNING m.id, m.building_id
)
UPDATE members_residence r SET building_id = h.building_id FROM housed h WHERE r.member_id = h.id AND r.until IS NULL
"""
RECEIPTS = """
INSERT INTO members_unitreceipt (id, district_code, residence_id, work_unit_id, sent_at)
SELECT core_new_id(), %(district)s, w.id, e.work_unit_id, %(now)s
FROM roster_moving w JOIN members_employment e ON e.member_id = w.member_id AND e.until IS NULL
"""
# --- the other links
MOVE_EMPLOYMENTS = """
UPDATE members_employment e SET until = greatest(%(today)s::date, e.since) FROM roster_arrival a
WHERE a.match_id = e.member_id AND NOT a.is_new AND e.until IS NULL AND e.work_unit_id <> %(unit)s::bigint
"""
OPEN_EMPLOYMENTS = """
INSERT INTO members_employment (id, district_code, member_id, work_unit_id, since)
SELECT core_new_id(), %(district)s, CASE WHEN a.is_new THEN a.id ELSE a.match_id END,
    coalesce(%(unit)s::bigint, a.work_unit_id), %(today)s::date
FROM roster_arrival a
WHERE coalesce(%(unit)s::bigint, a.work_unit_id) IS NOT NULL AND (a.is_new OR NOT EXISTS (
    SELECT FROM members_employment e WHERE e.member_id = a.match_id AND e.until IS NULL))
"""
OPEN_RELATIONS = """
INSERT INTO members_orgrelation (id, district_code, member_id, party_organisation_id, since)
SELECT core_new_id(), %(district)s, CASE WHEN a.is_new THEN a.id ELSE a.match_id END, a.party_organisation_id,
    %(today)s::date
FROM roster_arrival a
WHERE a.party_organisation_id IS NOT NULL AND (a.is_new OR NOT EXISTS (
    SELECT FROM members_orgrelation o WHERE o.member_id = a.match_id AND o.until IS NULL))
"""
SKILLS = """
INSERT INTO members_skill (id, district_code, member_id, kind_id, certificate)
SELECT core_new_id(), %(district)s, CASE WHEN a.is_new THEN a.id ELSE a.match_id END, kind, ''
FROM roster_arrival a, unnest(a.skills) AS kind ON CONFLICT DO NOTHING
"""
INTENTIONS = """
INSERT INTO members_intention (id, district_code, member_id, kind_id, times)
SELECT core_new_id(), %(district)s, CASE WHEN a.is_new THEN a.id ELSE a.match_id END, kind, '{}'
FROM roster_arrival a, unnest(a.intentions) AS kind ON CONFLICT DO NOTHING
"""
PAIRS = """
INSERT INTO members_duplicatepair (id, district_code, first_id, second_id, reason, found_at, decided_at, decided_by,
    is_same_person)
SELECT core_new_id(), %(district)s, least(a.id, a.match_id), greatest(a.id, a.match_id),
    CASE WHEN m.phone_index = a.phone_index AND a.phone_index <> '' THEN %(same_phone)s ELSE %(same_name)s END, %(now)s,
    CASE WHEN a.why = 'told_apart' THEN %(now)s::timestamptz END,
    CASE WHEN a.why = 'told_apart' THEN %(by)s::uuid END,
    CASE WHEN a.why = 'told_apart' THEN false END
FROM roster_arrival a JOIN members_member m ON m.id = a.match_id WHERE a.is_new
ON CONFLICT DO NOTHING
"""
PAIRS_IN_FILE = """
INSERT INTO members_duplicatepair (id, district_code, first_id, second_id, reason, found_at)
SELECT core_new_id(), %(district)s, least(a.id, b.id), greatest(a.id, b.id), %(same_name)s, %(now)s
FROM unnest(%(later)s::int[], %(earlier)s::int[]) AS pair(later, earlier)
JOIN roster_arrival a ON a.number = pair.earlier JOIN roster_arrival b ON b.number = pair.later
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Applied:
    new: int
    matched: int


def apply(target: Target, *, pairs_in_file: list[tuple[int, int]], by: Actor, now: datetime) -> Applied:
    """Write what `roster_arrival` says, after matching. Returns how many records are new and how many were known."""
    keys = _keys(target, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM roster_arrival")
        new, matched = map(int, cursor.fetchone())
    with as_first_load(new), connection.cursor() as cursor:
        cursor.execute(NEW_MEMBERS, keys)
        if matched:
            cursor.execute(FILL, keys)
            _fill_sealed(cursor)
        if target.work_unit:
            cursor.execute(MOVE_EMPLOYMENTS, keys)
        cursor.execute(OPEN_EMPLOYMENTS, keys)
        if target.community and not target.is_expected:
            _settle(cursor, target, keys, now=now)
        cursor.execute(OPEN_RELATIONS, keys)
        cursor.execute(SKILLS, keys)
        cursor.execute(INTENTIONS, keys)
        cursor.execute(PAIRS, keys)
        if pairs_in_file:
            later, earlier = zip(*pairs_in_file, strict=True)
            cursor.execute(PAIRS_IN_FILE, keys | {"later": list(later), "earlier": list(earlier)})
    return Applied(new, matched)


def arrived() -> list[UUID]:
    """The members behind the rows, new and known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_new THEN id ELSE match_id END FROM roster_arrival ORDER BY number")
        return [key for (key,) in cursor.fetchall()]


def _keys(target: Target, *, by: Actor, now: datetime) -> dict[str, Any]:
    return {
        "district": target.district_code,
        "community": target.community.pk if target.community and not target.is_expected else None,
        "is_expected": target.is_expected,
        # Who is expected belongs to no community yet: his record lies where his work unit is overseen, or one above.
        "above": target.community.parent.path if target.community and target.community.parent else target.path,
        "unit": target.work_unit.pk if target.work_unit else None,
        "path": target.path,
        "today": localdate(now),
        "now": now,
        "by": by.user_id,
        "channel": Channel.IMPORT.value,
        "same_phone": DuplicateReason.SAME_PHONE.value,
        "same_name": DuplicateReason.SAME_NAME_UNIT_BUILDING.value,
    }


def _settle(cursor: Any, target: Target, keys: dict[str, Any], *, now: datetime) -> None:
    """Open the residences, number their receipts without a gap, and tell the work units."""
    assert target.community is not None
    cursor.execute("DROP TABLE IF EXISTS roster_moving")
    cursor.execute(MOVING, keys)
    cursor.execute("SELECT count(*) FROM roster_moving")
    count = int(cursor.fetchone()[0])
    cursor.execute(BUILDINGS_OF_MATCHED, keys)
    if not count:
        return
    cursor.execute("ANALYZE roster_moving")
    last = int(take_receipt_numbers(target.community, count=count, now=now)[-1].rpartition("-")[2])
    prefix = rules.receipt_number(target.community.code, localdate(now).year, 0).removesuffix("00000")
    keys = keys | {"receipt": prefix, "before": last - count}
    cursor.execute(CLOSE_RESIDENCES, keys)
    cursor.execute(OPEN_RESIDENCES, keys)
    cursor.execute(PLACE_MATCHED, keys)
    cursor.execute(RECEIPTS, keys)


def _fill_sealed(cursor: Any) -> None:
    """Phones and addresses are sealed for a row of their own: opened and sealed again for the member's."""
    cursor.execute(SEALED_TO_FILL)
    phones: list[tuple[UUID, bytes, str, str]] = []
    addresses: list[tuple[UUID, bytes]] = []
    for member, key, phone, index, tail, address, lacks_phone, lacks_address in cursor.fetchall():
        if lacks_phone and index:
            phones.append((member, seal(open_sealed(phone, key, PHONE_PURPOSE), member, PHONE_PURPOSE), index, tail))
        if lacks_address and len(address):
            text = open_sealed(address, key, ADDRESS_PURPOSE)
            addresses.append((member, seal(text, member, ADDRESS_PURPOSE)))
    if phones:
        cursor.execute(FILL_PHONES, [list(column) for column in zip(*phones, strict=True)])
    if addresses:
        cursor.execute(FILL_ADDRESSES, [list(column) for column in zip(*addresses, strict=True)])

"""What must be true of zones at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

OUTLIVES_ZONE = """
SELECT row.id FROM zones_zoneagreement AS row JOIN zones_zone AS zone ON zone.id = row.zone_id
WHERE zone.ended_at IS NOT NULL AND row.ended_at IS NULL
"""
OTHER_PLACE = """
SELECT row.id FROM zones_zoneagreement AS row JOIN zones_zone AS zone ON zone.id = row.zone_id
WHERE row.district_code <> zone.district_code
   OR (row.ended_at IS NULL AND (row.path <> zone.path OR row.community_id <> zone.community_id))
"""
OUTSIDE = """
SELECT zone.id FROM zones_zone AS zone JOIN orgs_node AS node ON node.id = zone.node_id
LEFT JOIN orgs_formerpath AS former ON former.path = zone.path
LEFT JOIN orgs_node AS heir ON heir.id = former.node_id
WHERE zone.ended_at IS NULL AND NOT starts_with(node.path, coalesce(heir.path, zone.path))
"""
# A renewal is of the same zone and person, and begins after what it renews.
RENEWAL_ASTRAY = """
SELECT row.id FROM zones_zoneagreement AS row JOIN zones_zoneagreement AS before ON before.id = row.renews_id
WHERE row.zone_id <> before.zone_id OR row.member_id <> before.member_id OR row.starts_on <= before.until
"""
NUMBERS_WITH_GAPS = """
SELECT counter.id FROM zones_agreementcounter AS counter
WHERE counter.last <> (
  SELECT count(*) FROM zones_zoneagreement AS row
  WHERE row.district_code = counter.district_code
    AND row.number LIKE 'ZR' || counter.community_code || '-' || counter.year || '-%'
)
"""


@invariant("zones.agreements.end_with_their_zone")
def no_agreement_outlives_its_zone() -> Iterable[str]:
    return ids(OUTLIVES_ZONE, "agreement")


@invariant("zones.agreements.place_of_their_zone")
def agreements_lie_where_their_zone_does() -> Iterable[str]:
    return ids(OTHER_PLACE, "agreement")


@invariant("zones.zones.below_their_community")
def zones_lie_below_their_community() -> Iterable[str]:
    return ids(OUTSIDE, "zone")


@invariant("zones.agreements.renewals")
def renewals_follow_what_they_renew() -> Iterable[str]:
    return ids(RENEWAL_ASTRAY, "agreement")


@invariant("zones.agreements.numbers")
def numbers_have_no_gaps() -> Iterable[str]:
    return ids(NUMBERS_WITH_GAPS, "counter")

"""What must be true of places at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

OUTLIVES = """
SELECT row.id FROM places_booking AS row JOIN places_sharedresource AS resource ON resource.id = row.resource_id
WHERE resource.ended_at IS NOT NULL AND row.ended_at IS NULL AND row.starts_at > resource.ended_at
"""
OTHER_DISTRICT = """
SELECT row.id FROM places_booking AS row JOIN places_sharedresource AS resource ON resource.id = row.resource_id
WHERE row.district_code <> resource.district_code
UNION ALL
SELECT slot.id FROM places_freeslot AS slot JOIN places_sharedresource AS resource ON resource.id = slot.resource_id
WHERE slot.district_code <> resource.district_code
"""
NEVER_FREE = """
SELECT resource.id FROM places_sharedresource AS resource
WHERE NOT EXISTS (SELECT FROM places_freeslot AS slot WHERE slot.resource_id = resource.id)
"""
ANSWERED_LATE = """
SELECT row.id FROM places_booking AS row
WHERE row.confirmed_at >= row.ends_at OR row.returned_at < row.starts_at
"""

HOST_ENDED = """
SELECT point.id FROM places_servicepoint AS point JOIN orgs_workunit AS unit ON unit.id = point.host_id
WHERE point.ended_at IS NULL AND unit.ended_on IS NOT NULL
"""


@invariant("places.bookings.end_with_their_resource")
def no_booking_outlives_its_resource() -> Iterable[str]:
    return ids(OUTLIVES, "booking")


@invariant("places.bookings.district_of_their_resource")
def bookings_lie_where_their_resource_does() -> Iterable[str]:
    return ids(OTHER_DISTRICT, "booking")


@invariant("places.resources.have_free_slots")
def resources_have_free_slots() -> Iterable[str]:
    return ids(NEVER_FREE, "resource")


@invariant("places.bookings.answered_before_they_end")
def bookings_are_answered_in_time() -> Iterable[str]:
    return ids(ANSWERED_LATE, "booking")


@invariant("places.points.hosted_by_a_unit_there_is")
def no_point_has_a_host_that_ended() -> Iterable[str]:
    return ids(HOST_ENDED, "point")

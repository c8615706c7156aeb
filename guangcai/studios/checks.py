"""What must be true of studios at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

GAPS = """
SELECT shift_id FROM studios_ticket GROUP BY shift_id HAVING max(number) <> count(*)
"""
OVERBOOKED = """
SELECT ticket.shift_id FROM studios_ticket AS ticket JOIN activities_shift AS shift ON shift.id = ticket.shift_id
WHERE ticket.way = 'slot' AND ticket.state <> 'left' AND shift.cancelled_at IS NULL
GROUP BY ticket.shift_id, ticket.slot_at HAVING count(*) > greatest(1, max(shift.places) / 2)
"""
OUTLIVES = """
SELECT place.id FROM studios_rotaplace AS place JOIN studios_studio AS studio ON studio.id = place.studio_id
WHERE studio.ended_at IS NOT NULL AND place.ended_at IS NULL
"""
ELSEWHERE = """
SELECT ticket.id FROM studios_ticket AS ticket
JOIN activities_shift AS shift ON shift.id = ticket.shift_id
LEFT JOIN studios_studio AS studio ON studio.activity_id = shift.activity_id
WHERE studio.id IS NULL OR ticket.district_code <> shift.district_code
"""
CASE_OF_NOBODY = """
SELECT row.id FROM cases_case AS row LEFT JOIN studios_ticket AS ticket ON ticket.id = row.from_id
WHERE row.from_kind = 'reception' AND (ticket.id IS NULL OR ticket.state <> 'received')
"""
CALLED_OFF = """
SELECT ticket.id FROM studios_ticket AS ticket JOIN activities_shift AS shift ON shift.id = ticket.shift_id
WHERE shift.cancelled_at IS NOT NULL AND ticket.state IN ('waiting', 'called')
"""

HOST_ENDED = """
SELECT studio.id FROM studios_studio AS studio JOIN orgs_workunit AS unit ON unit.id = studio.host_id
WHERE studio.ended_at IS NULL AND unit.ended_on IS NOT NULL
"""


@invariant("studios.tickets.without_a_gap")
def numbers_have_no_gap() -> Iterable[str]:
    return ids(GAPS, "session")


@invariant("studios.tickets.slots_within_the_seats")
def no_slot_is_overbooked() -> Iterable[str]:
    return ids(OVERBOOKED, "session")


@invariant("studios.tickets.of_a_session_of_a_studio")
def numbers_belong_to_a_studio() -> Iterable[str]:
    return ids(ELSEWHERE, "number")


@invariant("studios.tickets.end_with_their_session")
def nobody_waits_for_what_was_called_off() -> Iterable[str]:
    return ids(CALLED_OFF, "number")


@invariant("studios.rota.ends_with_the_studio")
def no_place_outlives_its_studio() -> Iterable[str]:
    return ids(OUTLIVES, "place")


@invariant("studios.receptions.of_somebody_received")
def cases_of_receptions_have_their_number() -> Iterable[str]:
    return ids(CASE_OF_NOBODY, "case")


@invariant("studios.studios.hosted_by_a_unit_there_is")
def no_studio_has_a_host_that_ended() -> Iterable[str]:
    return ids(HOST_ENDED, "studio")

"""What must be true of councils at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

STATE_WITHOUT_STEP = """
SELECT row.id FROM councils_proposal AS row
LEFT JOIN LATERAL (SELECT step.new FROM councils_proposalstep AS step WHERE step.proposal_id = row.id
                   ORDER BY step.at DESC, step.id DESC LIMIT 1) AS last ON true
WHERE last.new IS DISTINCT FROM row.state
"""
DONE_TOO_EARLY = """
SELECT row.id FROM councils_proposal AS row WHERE row.state IN ('done', 'judged', 'published')
  AND EXISTS (SELECT 1 FROM councils_jointpledge AS promise WHERE promise.proposal_id = row.id
              AND promise.withdrawn_at IS NULL AND promise.done_on IS NULL)
"""
PROMISED_BY_NOBODY = """
SELECT row.id FROM councils_proposal AS row
WHERE row.state IN ('pledged', 'underway', 'done', 'judged', 'published')
  AND NOT EXISTS (SELECT 1 FROM councils_jointpledge AS promise
                  WHERE promise.proposal_id = row.id AND promise.withdrawn_at IS NULL)
"""
PUBLISHED_UNJUDGED = """
SELECT row.id FROM councils_proposal AS row WHERE row.state IN ('judged', 'published')
  AND NOT EXISTS (SELECT 1 FROM councils_judgement AS said
                  WHERE said.proposal_id = row.id AND said.round = row.round)
"""
NO_OWNER = """
SELECT promise.id FROM councils_jointpledge AS promise
WHERE NOT EXISTS (SELECT 1 FROM councils_pledgeowner AS owner WHERE owner.pledge_id = promise.id)
"""
MINUTES_AFTER_FINAL = """
SELECT later.id FROM councils_minutes AS later JOIN councils_minutes AS final
  ON final.meeting_id = later.meeting_id AND final.stage = 'final' AND later.version > final.version
"""
STRANGER_AT_MEETING = """
SELECT here.id FROM councils_meetingattendance AS here
JOIN councils_bodymember AS seat ON seat.id = here.seat_id
JOIN councils_meeting AS meeting ON meeting.id = here.meeting_id
WHERE seat.body_id <> meeting.body_id OR meeting.closed_at IS NULL
"""
SEAT_OUTLIVES_BODY = """
SELECT seat.id FROM councils_bodymember AS seat JOIN councils_body AS body ON body.id = seat.body_id
WHERE body.ended_on IS NOT NULL AND seat.until IS NULL
"""
SEAT_OUTLIVES_UNIT = """
SELECT seat.id FROM councils_bodymember AS seat JOIN orgs_workunit AS unit ON unit.id = seat.work_unit_id
WHERE unit.ended_on IS NOT NULL AND seat.until IS NULL
"""
ONE_SIDED = """
SELECT agreement.id FROM councils_jointagreement AS agreement
WHERE (SELECT count(DISTINCT item.side) FROM councils_agreementitem AS item
       WHERE item.agreement_id = agreement.id) < 2
"""
MEETING_COUNTED_AS_SERVICE = """
SELECT entry.id FROM ledger_serviceentry AS entry WHERE entry.source LIKE 'meeting:%'
"""


@invariant("councils.proposals.state_is_last_step")
def a_state_is_its_last_step() -> Iterable[str]:
    return ids(STATE_WITHOUT_STEP, "proposal")


@invariant("councils.proposals.done_when_all_is_done")
def nothing_is_done_before_its_promises() -> Iterable[str]:
    return ids(DONE_TOO_EARLY, "proposal")


@invariant("councils.proposals.promised_by_somebody")
def whatever_goes_on_was_promised() -> Iterable[str]:
    return ids(PROMISED_BY_NOBODY, "proposal")


@invariant("councils.proposals.published_after_judgement")
def nothing_is_published_unjudged() -> Iterable[str]:
    return ids(PUBLISHED_UNJUDGED, "proposal")


@invariant("councils.pledges.have_an_owner")
def every_promise_has_an_owner() -> Iterable[str]:
    return ids(NO_OWNER, "promise")


@invariant("councils.minutes.final_is_last")
def nothing_follows_the_final_minutes() -> Iterable[str]:
    return ids(MINUTES_AFTER_FINAL, "minutes")


@invariant("councils.meetings.attended_by_their_body")
def only_seats_of_the_body_attend() -> Iterable[str]:
    return ids(STRANGER_AT_MEETING, "attendance")


@invariant("councils.seats.end_with_their_body")
def no_seat_outlives_its_body() -> Iterable[str]:
    return ids(SEAT_OUTLIVES_BODY, "seat")


@invariant("councils.seats.end_with_their_unit")
def no_seat_outlives_its_unit() -> Iterable[str]:
    return ids(SEAT_OUTLIVES_UNIT, "seat")


@invariant("councils.agreements.two_sided")
def both_sides_promise_something() -> Iterable[str]:
    return ids(ONE_SIDED, "agreement")


@invariant("councils.meetings.give_no_hours")
def no_meeting_is_service() -> Iterable[str]:
    return ids(MEETING_COUNTED_AS_SERVICE, "entry")

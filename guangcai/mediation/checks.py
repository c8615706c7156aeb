"""What must be true of mediation at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

OTHER_STATE = """
SELECT row.id FROM mediation_mediation AS row
LEFT JOIN LATERAL (
    SELECT state, at FROM mediation_mediationstep WHERE mediation_id = row.id ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE last.state IS DISTINCT FROM row.state
   OR (row.ended_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM mediation_mediationstep AS ending
        WHERE ending.mediation_id = row.id AND ending.at = row.ended_at AND ending.state = row.state))
"""
CLOCK_BACKWARDS = """
SELECT id FROM (
    SELECT id, number, at, lag(at) OVER w AS before, lag(number, 1, 0) OVER w AS number_before
    FROM mediation_mediationstep WINDOW w AS (PARTITION BY mediation_id ORDER BY number)
) AS told WHERE at < before OR number <> number_before + 1
"""
MEDIATES_OWN = """
SELECT assignment.id FROM mediation_assignment AS assignment
JOIN mediation_mediator AS mediator ON mediator.id = assignment.mediator_id
JOIN mediation_party AS party ON party.mediation_id = assignment.mediation_id
WHERE assignment.ended_at IS NULL AND party.member_id = mediator.member_id
"""
WITHOUT_SIDES = """
SELECT row.id FROM mediation_mediation AS row
LEFT JOIN mediation_party AS party ON party.mediation_id = row.id
GROUP BY row.id, row.anonymised_at
HAVING count(DISTINCT party.side) < 2
    OR (row.anonymised_at IS NOT NULL
        AND (bool_or(octet_length(party.name) > 0) OR bool_or(party.member_id IS NOT NULL)))
"""
ENTRY_OF_NO_SESSION = """
SELECT entry.id FROM ledger_serviceentry AS entry
LEFT JOIN mediation_sessionmediator AS there ON there.id = split_part(entry.source, ':', 2)::uuid
LEFT JOIN mediation_mediationsession AS session ON session.id = there.session_id
WHERE entry.origin = 'mediation' AND (there.id IS NULL OR session.minutes < entry.minutes)
"""
WITHOUT_DETAIL = """
SELECT step.id FROM mediation_mediationstep AS step
LEFT JOIN mediation_mediationsession AS session ON session.step_id = step.id
LEFT JOIN mediation_agreement AS agreement ON agreement.step_id = step.id
WHERE (step.kind = 'heard') <> (session.id IS NOT NULL) OR (step.kind = 'agreed') <> (agreement.id IS NOT NULL)
"""


CORRECTS_ANOTHER = """
SELECT step.id FROM mediation_mediationstep AS step
JOIN mediation_mediationstep AS root ON root.id = step.corrects_id
WHERE root.corrects_id IS NOT NULL OR root.mediation_id <> step.mediation_id OR root.number >= step.number
   OR (root.kind, step.kind) NOT IN (('heard', 'heard'), ('agreed', 'agreed'))
  AND NOT (root.kind IN ('visited', 'holds', 'broken') AND step.kind IN ('visited', 'holds', 'broken'))
"""


@invariant("mediation.state.as_stepped")
def state_is_that_of_the_last_step() -> Iterable[str]:
    """What a matter repeats of its steps says the same."""
    return ids(OTHER_STATE, "matter")


@invariant("mediation.steps.in_order")
def clocks_run_forward() -> Iterable[str]:
    """Steps of a matter are numbered without a gap and never go back in time."""
    return ids(CLOCK_BACKWARDS, "step")


@invariant("mediation.mediators.impartial")
def nobody_mediates_his_own() -> Iterable[str]:
    """No party of a matter mediates it."""
    return ids(MEDIATES_OWN, "assignment")


@invariant("mediation.parties.two_sides")
def matters_have_two_sides() -> Iterable[str]:
    """Every matter has two sides; after the retention nothing tells who they were."""
    return ids(WITHOUT_SIDES, "matter")


@invariant("mediation.entries.of_a_session")
def entries_belong_to_a_session() -> Iterable[str]:
    """Time of a mediator belongs to a session he was at."""
    return ids(ENTRY_OF_NO_SESSION, "entry")


@invariant("mediation.steps.whole")
def steps_have_their_detail() -> Iterable[str]:
    """A session step has its session, an agreement step its agreement, and no other step has either."""
    return ids(WITHOUT_DETAIL, "step")


@invariant("mediation.steps.corrected")
def corrections_say_the_same_step_again() -> Iterable[str]:
    """A correction names the first writing of a step of its own matter, and is of its sort."""
    return ids(CORRECTS_ANOTHER, "step")

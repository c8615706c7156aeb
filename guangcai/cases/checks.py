"""What must be true of cases at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.core.invariants import ids, invariant

OTHER_STATE = """
SELECT row.id FROM cases_case AS row
LEFT JOIN LATERAL (
    SELECT state FROM cases_casestep WHERE case_id = row.id ORDER BY number DESC LIMIT 1
) AS last ON true
WHERE last.state IS DISTINCT FROM row.state
"""
OTHER_REPEAT = """
SELECT row.id FROM cases_case AS row
JOIN (
    SELECT case_id,
           count(*) FILTER (WHERE kind IN ('returned', 'disputed')) AS returns,
           min(at) FILTER (WHERE kind IN ('contacted', 'appointed', 'done')) AS responded_at,
           max(at) FILTER (WHERE kind = 'done') AS done_at,
           max(at) FILTER (WHERE kind = 'called_back') AS called_back_at,
           min(at) FILTER (WHERE kind = 'dispatched') AS dispatched_at
    FROM cases_casestep GROUP BY case_id
) AS told ON told.case_id = row.id
WHERE (row.returns, row.responded_at, row.done_at, row.called_back_at, row.dispatched_at)
      IS DISTINCT FROM (told.returns, told.responded_at, told.done_at, told.called_back_at, told.dispatched_at)
"""
CLOCK_BACKWARDS = """
SELECT id FROM (
    SELECT id, number, at, case_id, lag(at) OVER w AS before, lag(number, 1, 0) OVER w AS number_before
    FROM cases_casestep WINDOW w AS (PARTITION BY case_id ORDER BY number)
) AS told WHERE at < before OR number <> number_before + 1
"""
ASSIGNED_OTHERWISE = """
SELECT row.id FROM cases_case AS row
JOIN cases_casestep AS step ON step.id = row.assignment_id
WHERE step.case_id <> row.id OR step.kind NOT IN ('dispatched', 'ruled')
   OR EXISTS (SELECT FROM cases_casestep AS later WHERE later.case_id = row.id AND later.number > step.number
              AND later.kind IN ('dispatched', 'ruled', 'declined', 'returned', 'disputed', 'released', 'escalated',
                                 'reopened'))
"""
WITHOUT_ASKER = """
SELECT row.id FROM cases_case AS row LEFT JOIN cases_asker AS asker ON asker.case_id = row.id
WHERE (asker.id IS NULL AND row.anonymised_at IS NULL)
   OR (row.is_anonymous AND (octet_length(asker.name) > 0 OR asker.member_id IS NOT NULL))
"""
DONE_BY_WHOM_IT_IS_ABOUT = """
SELECT row.id FROM cases_case AS row JOIN cases_casestep AS step ON step.case_id = row.id
WHERE step.kind IN ('dispatched', 'ruled')
  AND (step.member_id = row.about_member_id OR step.unit_id = row.about_unit_id)
"""
ENTRY_OF_NO_JOB = """
SELECT entry.id FROM ledger_serviceentry AS entry
LEFT JOIN cases_casestep AS step ON step.id = split_part(entry.source, ':', 3)::uuid
     AND step.case_id = split_part(entry.source, ':', 2)::uuid AND step.kind = 'done'
WHERE entry.origin = 'case' AND step.id IS NULL
"""


@invariant("cases.state.as_stepped")
def state_is_that_of_the_last_step() -> Iterable[str]:
    """The state of a case is the one its last step left behind."""
    return ids(OTHER_STATE, "case")


@invariant("cases.moments.as_stepped")
def moments_repeat_the_steps() -> Iterable[str]:
    """Returns, first contact, work done, call-back and first dispatch on the case are those of its steps."""
    return ids(OTHER_REPEAT, "case")


@invariant("cases.clock.forward")
def clocks_run_forward() -> Iterable[str]:
    """Steps are numbered without a gap and none is earlier than the one before it."""
    return ids(CLOCK_BACKWARDS, "step")


@invariant("cases.assignment.in_force")
def assignment_is_the_one_in_force() -> Iterable[str]:
    """Who has a case is named by its last dispatch, and nothing after it took the case away."""
    return ids(ASSIGNED_OTHERWISE, "case")


@invariant("cases.asker.apart")
def every_case_has_an_asker() -> Iterable[str]:
    """Each case has its asker beside it; an anonymous one left no name."""
    return ids(WITHOUT_ASKER, "case")


@invariant("cases.about.never_asked")
def nobody_sees_to_what_complains_of_him() -> Iterable[str]:
    """Whoever a case complains of was never asked to see to it."""
    return ids(DONE_BY_WHOM_IT_IS_ABOUT, "case")


@invariant("cases.entries.of_a_job")
def entries_belong_to_a_job() -> Iterable[str]:
    """An entry from a request names the step by which it was done."""
    return ids(ENTRY_OF_NO_JOB, "entry")

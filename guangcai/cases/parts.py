"""In which part somebody stands to a case: whether he asked, whether he has the job. Reads what is loaded;
only a team's job costs a statement."""

from hmac import compare_digest

from guangcai.cases import keys
from guangcai.cases.models import Case, CaseStep
from guangcai.commitments import team_roll
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission


def is_asker(case: Case, by: Actor, code: str = "") -> bool:
    """Whether `by` is the member who asked, or the code is that of the case. Takes the same time for every code."""
    asker = case.asker
    is_member = by.member_id is not None and asker.member_id == by.member_id
    return is_member or (bool(code) and compare_digest(keys.code_key(code), asker.code_index))


def is_worker(assigned: CaseStep | None, by: Actor) -> bool:
    """Whether a dispatch names `by`, a unit he answers for, or a team he leads now (one statement for a team)."""
    if assigned is None:
        return False
    if assigned.member_id is not None and assigned.member_id == by.member_id:
        return True
    if assigned.team_id is not None and by.member_id is not None:
        return bool(team_roll.roll().led_by(by.member_id).filter(pk=assigned.team_id).exists())
    return assigned.unit_id is not None and by.can_for_unit(Permission.CASE_ANSWER, assigned.unit_id)


def has_job(case: Case, by: Actor) -> bool:
    """Whether it is his, or his unit's, to do now."""
    return case.is_assigned and is_worker(case.assignment, by)


def gives_service(assigned: CaseStep | None) -> bool:
    """Whether work under this dispatch may become a ledger entry: a member's or a team's, never paid work."""
    if assigned is None or (assigned.member_id is None and assigned.team_id is None):
        return False
    return assigned.technician is None or not assigned.technician.is_paid

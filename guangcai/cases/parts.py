"""In which part somebody stands to a case: whether he asked, whether he has the job. Reads what is loaded, no more."""

from hmac import compare_digest

from guangcai.cases import keys
from guangcai.cases.models import Case, CaseStep
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission


def is_asker(case: Case, by: Actor, code: str = "") -> bool:
    """Whether `by` is the member who asked, or the code is that of the case. Takes the same time for every code."""
    asker = case.asker
    is_member = by.member_id is not None and asker.member_id == by.member_id
    return is_member or (bool(code) and compare_digest(keys.code_key(code), asker.code_index))


def is_worker(assigned: CaseStep | None, by: Actor) -> bool:
    """Whether a dispatch names `by`, or a unit he answers for."""
    if assigned is None:
        return False
    if assigned.member_id is not None and assigned.member_id == by.member_id:
        return True
    return assigned.unit_id is not None and by.can_for_unit(Permission.CASE_ANSWER, assigned.unit_id)


def has_job(case: Case, by: Actor) -> bool:
    """Whether it is his, or his unit's, to do now."""
    return case.is_assigned and is_worker(case.assignment, by)


def gives_service(assigned: CaseStep | None) -> bool:
    """Whether work under this dispatch may become a ledger entry: a member's own, never paid work."""
    if assigned is None or assigned.member_id is None:
        return False
    return assigned.technician is None or not assigned.technician.is_paid

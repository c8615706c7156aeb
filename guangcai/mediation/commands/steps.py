"""The one place where a matter changes its state: a step is written, and the matter repeats it."""

from datetime import date, datetime
from uuid import UUID

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.mediation import rules
from guangcai.mediation.enums import OVER, MediationState, StepKind
from guangcai.mediation.models import Mediation, MediationStep, StepNote


def sent_before(
    matter: Mediation,
    id: UUID | None,
    *kinds: StepKind,
    note: str,
    place: str = "",
    corrects: MediationStep | None = None,
    slip: str = "",
) -> bool:
    """Whether the step of this id was taken before with these words. Raises Conflict for other content."""
    root = corrects.pk if corrects else None
    found = already(MediationStep, id, mediation_id=matter.pk, corrects_id=root, slip=slip)
    if found is None:
        return False
    written = StepNote.objects.filter(step=found).first()
    was = (written.note, written.place) if written else ("", "")
    if found.kind not in kinds or was != (note, place):
        raise other_content()
    return True


def take_step(
    matter: Mediation,
    kind: StepKind,
    *,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
    note: str = "",
    place: str = "",
    other_way: str = "",
    due_on: date | None = None,
    corrects: MediationStep | None = None,
    slip: str = "",
    state: MediationState | None = None,
) -> MediationStep:
    """Write one step of a locked matter, move its state, and save what the matter repeats of it.

    Clocks never run backwards: a step is not earlier than the one before it. state: given for a correction, which
    stands where the corrected step stood. Raises Conflict when the state does not allow the step.
    """
    before = matter.steps.order_by("-number").only("number", "at").first()
    state = state or rules.next_state(MediationState(matter.state) if before else None, kind)
    step = MediationStep.objects.create(
        id=id or new_id(),
        district_code=matter.district_code,
        mediation=matter,
        number=before.number + 1 if before else 1,
        kind=kind,
        state=state,
        at=max(now, before.at) if before else now,
        by=by.user_id,
        other_way=other_way,
        corrects=corrects,
        slip=slip,
    )
    if note or place:
        StepNote.objects.create(step=step, district_code=step.district_code, note=note, place=place)
    _repeat(matter, step, due_on=due_on)
    _audit(step, matter, by=by, now=now)
    return step


def _repeat(matter: Mediation, step: MediationStep, *, due_on: date | None) -> None:
    if step.state != matter.state:
        matter.ended_at = step.at if step.state in OVER else None
    matter.state, matter.due_on = step.state, due_on
    matter.save(update_fields=["state", "due_on", "ended_at"])


def _audit(step: MediationStep, matter: Mediation, *, by: Actor, now: datetime) -> None:
    """A line of the trail; the opening of a matter has its own."""
    if step.corrects is not None:
        said = {"step": str(step.kind), "corrects": str(step.corrects.pk), "slip": str(step.slip)}
        audit.record(Tag.MEDIATION_CORRECT, by=by, on=matter, now=now, **said)
    elif step.kind != StepKind.OPENED:
        audit.record(Tag.MEDIATION_STEP, by=by, on=matter, now=now, step=str(step.kind), state=str(step.state))

"""What was written down wrongly is said again in a new row; the old one stays, and both are seen with who and why.

A correction takes the place of the step it corrects; only a visit whose finding was wrong moves the matter, and only
while nothing came after it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission
from guangcai.core.text import clean, is_blank
from guangcai.ledger.commands import decline, record_many
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.models import EntryDecline, Posting, ServiceEntry
from guangcai.mediation import rules
from guangcai.mediation.commands.locks import lock_acting
from guangcai.mediation.commands.outcomes import (
    AgreementDraft,
    rule_of,
    signed_before,
    since_agreement,
    what_a_visit_means,
    write_agreement,
)
from guangcai.mediation.commands.sessions import SessionDraft, check_people, is_as_said, service_of, write_session
from guangcai.mediation.commands.steps import sent_before, take_step
from guangcai.mediation.enums import VISITS, MediationState, Slip, StepKind
from guangcai.mediation.models import (
    Agreement,
    Mediation,
    MediationSession,
    MediationStep,
    SessionMediator,
    StepNote,
)


@transaction.atomic
def correct_session(*, step: MediationStep, draft: SessionDraft, slip: Slip, by: Actor, now: datetime) -> Mediation:
    """Say rightly when a session was, how long, who was there or what was said. Words left empty stay as they were.

    A mediator's record that waits for its second person is written anew; a confirmed one is corrected in the ledger.
    By who wrote the session down, or the desk. Raises RuleBroken(field), Conflict when somebody corrected it before.
    """
    family = list(SessionMediator.objects.filter(_of_family(step, "session__step")).select_related("mediator"))
    people = {one.mediator.member_id for one in family} | {one.member_id for one in draft.mediators}
    lock_members([one for one in people if one is not None])
    row, root, own = _begin(step, StepKind.HEARD, by=by)
    written = _written(step)
    note = clean(draft.note, multiline=True) or written.note
    place = clean(draft.place)[: rules.LONGEST_PLACE] or written.place
    if sent_before(row, draft.id, StepKind.HEARD, note=note, place=place, corrects=root, slip=slip):
        if not is_as_said(MediationSession.objects.get(step=draft.id), draft):
            raise other_content()
        return row
    old = MediationSession.objects.get(step=_standing(step))
    before = {one.mediator_id for one in old.mediators.all()}
    rules.check_note(note)
    # It was over when it was first written down.
    rules.check_session(starts_at=draft.starts_at, minutes=draft.minutes, now=root.at)
    check_people(row, draft, known=before | set(row.assignments.live().values_list("mediator", flat=True)))
    _check_changed(is_as_said(old, draft) and (note, place) == (written.note, written.place))
    made = _say_again(row, root, id=draft.id, note=note, place=place, slip=slip, by=by, now=now)
    there = write_session(row, made, draft)
    is_same_time = (old.starts_at, old.minutes) == (draft.starts_at, draft.minutes)
    known = before if is_same_time else set()
    known |= _take_back(family, known & {one.pk for one in draft.mediators}, by=by, now=now)
    fresh = [one for one in there if one.mediator.member is not None and one.mediator_id not in known]
    services = [service_of(row, one, draft) for one in fresh]
    record_many(services=services, by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)
    return row


@transaction.atomic
def correct_agreement(*, step: MediationStep, draft: AgreementDraft, slip: Slip, by: Actor, now: datetime) -> Mediation:
    """Say rightly what was agreed, or when and how it was signed; the next visit counts from the right day.

    Items left empty stay as they were. By who wrote it down, or the desk. Raises RuleBroken(field), Conflict.
    """
    row, root, _own = _begin(step, StepKind.AGREED, by=by)
    before = _written(step).note
    items = "\n".join(rules.items_of(clean(draft.items, multiline=True))) if not is_blank(draft.items) else before
    if signed_before(row, draft, items, corrects=root, slip=slip):
        return row
    old = Agreement.objects.get(step=_standing(step))
    rules.check_signed(draft.signed_on, today=localdate(root.at))
    _check_changed((items, old.signed_on, old.signed_how) == (before, draft.signed_on, draft.signed_how))
    due_on, (last, visits) = row.due_on, since_agreement(row)
    if due_on is not None and last == old:
        due_on = rules.due_on(draft.signed_on, visits=visits, rule=rule_of(row, now=now))
    made = _say_again(row, root, due_on=due_on, id=draft.id, note=items, slip=slip, by=by, now=now)
    write_agreement(made, draft)
    return row


@transaction.atomic
def correct_visit(
    *, step: MediationStep, holds: bool, note: str, slip: Slip, by: Actor, now: datetime, id: UUID | None = None
) -> Mediation:
    """Say rightly what a visit found. The words left empty stay as they were; another finding moves the matter.

    By who wrote it down, or the desk. Raises RuleBroken(field="holds") when something came after it, Conflict.
    """
    row, root, _own = _begin(step, *VISITS, by=by)
    before = _written(step).note
    plain = clean(note, multiline=True) or before
    kinds = (StepKind.VISITED, StepKind.HOLDS) if holds else (StepKind.BROKEN,)
    if sent_before(row, id, *kinds, note=plain, corrects=root, slip=slip):
        return row
    _standing(step)
    rules.check_note(plain)
    is_other = step.kind not in kinds
    _check_changed(not is_other and plain == before)
    kind, due_on, state = StepKind(step.kind), row.due_on, MediationState(row.state)
    if is_other:
        if row.steps.filter(corrects=None, number__gt=root.number).exists():
            words = _("Something came after this visit: write down another visit instead.")
            raise RuleBroken(words, field="holds", code="visit_overtaken")
        kind, due_on = what_a_visit_means(row, holds=holds, now=now, without=step)
        state = rules.next_state(MediationState.AGREED, kind)
    take_step(row, kind, by=by, now=now, id=id, note=plain, due_on=due_on, corrects=root, slip=slip, state=state)
    return row


def _begin(step: MediationStep, *kinds: StepKind, by: Actor) -> tuple[Mediation, MediationStep, bool]:
    """The locked matter, the step as it was first written, and whether he mediates. Raises OutOfScope, Forbidden."""
    row, own = lock_acting(step.mediation_id, by)
    if step.kind not in kinds:
        raise OutOfScope()
    if step.by != by.user_id:
        by.require(Permission.MEDIATION_EDIT, row.path)
    if row.anonymised_at is not None:
        raise Conflict(_("The papers of this matter are gone: open a new one."), code="matter_anonymised")
    return row, step.corrects or step, own


def _standing(step: MediationStep) -> MediationStep:
    """The step, if it is what counts now. Raises Conflict when somebody said it again before."""
    if not MediationStep.objects.standing().filter(pk=step.pk).exists():
        words = _("This was corrected before. Load the page and correct what stands there now.")
        raise Conflict(words, code="step_corrected")
    return step


def _written(step: MediationStep) -> StepNote:
    return StepNote.objects.filter(step=step).first() or StepNote(step=step)


def _check_changed(is_same: bool) -> None:
    if is_same:
        raise RuleBroken(_("Nothing is different: change what was wrong."), code="nothing_changed")


def _take_back(family: Sequence[SessionMediator], staying: Collection[UUID], *, by: Actor, now: datetime) -> set[UUID]:
    """Take back the records that wait for a second person, of everybody but those staying.

    Returns the mediators whose record is confirmed: the ledger alone changes those, with two people.
    """
    mediators = {f"mediation:{one.pk}": one for one in family}
    entries = ServiceEntry.objects.filter(source__in=mediators, district_code__in={one.district_code for one in family})
    settled = set()
    for entry in entries.annotate(
        is_confirmed=Exists(Posting.objects.filter(entry=OuterRef("pk"))),
        is_declined=Exists(EntryDecline.objects.filter(entry=OuterRef("pk"))),
    ):
        mediator = mediators[entry.source].mediator_id
        if entry.is_confirmed:
            settled.add(mediator)
        elif not entry.is_declined and mediator not in staying:
            reason = _("The mediation was corrected.")
            decline(entry=entry, reason=reason, by=by, now=now, permission=None)
    return settled


def _say_again(row: Mediation, root: MediationStep, *, due_on: date | None = None, **said: Any) -> MediationStep:
    """The same sort of step again; the matter stays where it is. due_on: another day of the next visit."""
    state = MediationState(row.state)
    return take_step(row, StepKind(root.kind), corrects=root, state=state, due_on=due_on or row.due_on, **said)


def _of_family(step: MediationStep, name: str) -> Q:
    root = step.corrects_id or step.pk
    return Q(**{name: root}) | Q(**{f"{name}__corrects": root})

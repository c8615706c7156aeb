"""How a matter ends: an agreement and the visits after it, another way that was shown, or withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.enums import SignedHow
from guangcai.core.once import other_content
from guangcai.core.text import clean
from guangcai.mediation import rules
from guangcai.mediation.commands.locks import lock_acting
from guangcai.mediation.commands.steps import sent_before, take_step
from guangcai.mediation.enums import StepKind
from guangcai.mediation.models import Agreement, Mediation, MediationStep
from guangcai.mediation.queries.page import last_agreement
from guangcai.orgs.policies import MediationVisits, in_force_at


@dataclass(frozen=True)
class AgreementDraft:
    """What both sides agreed, one item a line, and how they signed it."""

    items: str
    signed_on: date
    signed_how: SignedHow = SignedHow.PAPER
    id: UUID | None = None


@transaction.atomic
def note_agreement(*, mediation: Mediation, draft: AgreementDraft, by: Actor, now: datetime) -> Mediation:
    """Both sides agreed: the first visit is due after the days of the rule. By a mediator of the matter, or the desk.

    Signed twice in the same moment: the second one is told. Raises RuleBroken(field), Conflict. Source: A23.
    """
    row, _own = lock_acting(mediation.pk, by)
    items = "\n".join(rules.items_of(clean(draft.items, multiline=True)))
    if signed_before(row, draft, items):
        return row
    rules.check_signed(draft.signed_on, today=localdate(now))
    due_on = rules.due_on(draft.signed_on, visits=0, rule=rule_of(row, now=now))
    step = take_step(row, StepKind.AGREED, by=by, now=now, id=draft.id, note=items, due_on=due_on)
    write_agreement(step, draft)
    return row


def signed_before(
    row: Mediation, draft: AgreementDraft, items: str, *, corrects: MediationStep | None = None, slip: str = ""
) -> bool:
    """Whether this agreement was sent before. Raises Conflict for other items, another day or way of signing."""
    if not sent_before(row, draft.id, StepKind.AGREED, note=items, corrects=corrects, slip=slip):
        return False
    known = Agreement.objects.get(step=draft.id)
    if (known.signed_on, known.signed_how) != (draft.signed_on, draft.signed_how):
        raise other_content()
    return True


def write_agreement(step: MediationStep, draft: AgreementDraft) -> Agreement:
    """How and when it was signed, beside the step that keeps the items."""
    return Agreement.objects.create(
        district_code=step.district_code, step=step, signed_on=draft.signed_on, signed_how=draft.signed_how
    )


@transaction.atomic
def note_visit(
    *, mediation: Mediation, holds: bool, note: str, by: Actor, now: datetime, id: UUID | None = None
) -> Mediation:
    """Both sides were asked whether the agreement holds: the next visit is due, the last one ends the matter.

    It does not hold: the same matter is open again. By a mediator of the matter, or the desk.
    """
    row, _own = lock_acting(mediation.pk, by)
    rules.check_note(note)
    plain = clean(note, multiline=True)
    kinds = (StepKind.VISITED, StepKind.HOLDS) if holds else (StepKind.BROKEN,)
    if sent_before(row, id, *kinds, note=plain):
        return row
    kind, due_on = what_a_visit_means(row, holds=holds, now=now)
    take_step(row, kind, by=by, now=now, id=id, note=plain, due_on=due_on)
    return row


@transaction.atomic
def end_without(
    *, mediation: Mediation, other_way: str, note: str, by: Actor, now: datetime, id: UUID | None = None
) -> Mediation:
    """They did not agree, and were shown another way; or with other_way "" they withdrew. The note is sealed.

    By a mediator of the matter, or the desk. The desk may open it again.
    """
    row, _own = lock_acting(mediation.pk, by)
    rules.check_note(note)
    plain = clean(note, multiline=True)
    kind = StepKind.NOT_AGREED if other_way else StepKind.WITHDRAWN
    if sent_before(row, id, kind, note=plain):
        return row
    if other_way:
        rules.check_other_way(other_way)
    take_step(row, kind, by=by, now=now, id=id, note=plain, other_way=other_way)
    return row


def rule_of(row: Mediation, *, now: datetime) -> MediationVisits:
    return in_force_at(MediationVisits, path=row.path, on=localdate(now))


def what_a_visit_means(
    row: Mediation, *, holds: bool, now: datetime, without: MediationStep | None = None
) -> tuple[StepKind, date | None]:
    """Which step a visit with this finding is, and when the next one is due. without: a visit that is said again."""
    last, visits = since_agreement(row, without=without)
    kind = rules.visit_step(visits=visits, holds=holds)
    if kind != StepKind.VISITED or last is None:
        return kind, None
    return kind, rules.due_on(last.signed_on, visits=visits + 1, rule=rule_of(row, now=now))


def since_agreement(row: Mediation, *, without: MediationStep | None = None) -> tuple[Agreement | None, int]:
    """The last agreement as it stands, and how many visits found it holding since."""
    last = last_agreement(row)
    if last is None:
        return None, 0
    number = last.step.corrects.number if last.step.corrects else last.step.number
    later = Q(corrects=None, number__gt=number) | Q(corrects__number__gt=number)
    visits = row.steps.standing().filter(later, kind=StepKind.VISITED)
    return last, sum(one != without for one in visits)

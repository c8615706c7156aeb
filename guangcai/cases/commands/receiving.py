"""Somebody was received face to face: what he asked and what he was told is a case from the first word."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.commands.dispatching import Worker, hand_to
from guangcai.cases.commands.raising import CaseDraft, raise_case
from guangcai.cases.commands.steps import take_step
from guangcai.cases.enums import CaseChannel, CaseState, CloseCode, Side, StepKind
from guangcai.cases.models import Case, StepNote
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.once import other_content
from guangcai.members.models import Member

CHANNELS = (CaseChannel.DESK, CaseChannel.MEMBER)
# Raised, dispatched, accepted, spoken to: what one reception writes at most.
MOST_STEPS = 4


@dataclass(frozen=True)
class Answer:
    """What was said. is_final: nothing is left to do. seen_to_by: the member who goes on with it, else the desk asks
    somebody."""

    said: str
    is_final: bool = False
    seen_to_by: Member | None = None


@transaction.atomic
def receive_case(*, draft: CaseDraft, answer: Answer, by: Actor, now: datetime) -> Case:
    """Write down a reception: closed at once as answered, or followed up until closed like every other case.

    By the desk (channel desk), or by a member (channel member) who then sees to it himself or leaves it to the desk.
    Answered is closed, never solved: the asker may say "not solved" with his code. The same id sent again is the same
    case. Raises RuleBroken(field), Conflict as raise_case. Source: A21 (跟踪反馈).
    """
    rules.check_note(answer.said, required=True)
    _check_giver(draft, answer, by)
    case = raise_case(draft=draft, by=by, now=now)
    if case.state != CaseState.TO_DISPATCH or case.steps.count() > 1:
        return _sent_before(case, answer)
    side = Side.DESK if draft.channel == CaseChannel.DESK else Side.WORKER
    if answer.is_final:
        take_step(case, StepKind.CLOSED, side=side, by=by, now=now, note=answer.said, close_code=CloseCode.ANSWERED)
        return case
    if answer.seen_to_by is not None:
        hand_to(case, Worker(member=answer.seen_to_by), StepKind.DISPATCHED, side=side, by=by, now=now)
        if answer.seen_to_by.pk == by.member_id:
            take_step(case, StepKind.ACCEPTED, side=Side.WORKER, by=by, now=now)
    # The clock runs since the dispatch; the first answer was given face to face.
    take_step(case, StepKind.CONTACTED, side=side, by=by, now=now, note=answer.said)
    return case


def _check_giver(draft: CaseDraft, answer: Answer, by: Actor) -> None:
    """A member writes down what he himself was asked, and asks nobody but himself."""
    if draft.channel not in CHANNELS:
        raise ValueError(f"nobody is received by {draft.channel}")
    sees_to_it = answer.seen_to_by.pk if answer.seen_to_by is not None else None
    if draft.channel == CaseChannel.MEMBER and sees_to_it not in (None, by.member_id):
        raise Forbidden(_("You can only take it on yourself."))


def _sent_before(case: Case, answer: Answer) -> Case:
    """The same note sent twice. Raises Conflict when it said something else the first time."""
    said = {note.note for note in StepNote.objects.filter(step__case=case, step__number__lte=MOST_STEPS)}
    first_closed = case.steps.filter(kind=StepKind.CLOSED, close_code=CloseCode.ANSWERED).exists()
    if answer.said.strip() not in said or (answer.is_final and not first_closed):
        raise other_content()
    return case

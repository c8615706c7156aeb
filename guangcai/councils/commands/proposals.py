"""The life of a proposal: every move is a step, and no other command sets its state."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.commitments.belonging import place_now
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers
from guangcai.councils import rules
from guangcai.councils.commands.meetings import lock_meeting
from guangcai.councils.enums import MatterKind, PartyClass, ProposalState, Verdict
from guangcai.councils.models import AgendaItem, BodyMember, Judgement, MatterLink, Meeting, Proposal, ProposalStep
from guangcai.councils.notices import tell
from guangcai.councils.queries.rights import runs
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node

S = ProposalState


@dataclass(frozen=True)
class ProposalDraft:
    """What is proposed, and by whom: a member, or a resident by name (phone freely given). raised_from: the matter it
    came from, by kind and key."""

    title: str
    text: str
    proposer: Member | None = None
    proposer_name: str = ""
    proposer_phone: str = ""
    raised_from: tuple[MatterKind, UUID] | None = None


def lock_proposal(pk: UUID) -> Proposal:
    """The proposal under a lock that holds up every step, promise and judgement."""
    rows = Proposal.objects.select_for_update(of=("self",), no_key=True).select_related("community", "meeting__body")
    return rows.get(pk=pk)


def move(
    row: Proposal, new: ProposalState, *, by: Actor, now: datetime, note: str = "", meeting: Meeting | None = None
) -> Proposal:
    """One step of a locked proposal: the state, the row of its history, the line of the trail, who is told."""
    rules.check_move(row.state, new)
    old, row.state = row.state, new
    row.meeting = meeting or row.meeting
    row.round += new == S.DONE
    row.save(update_fields=["state", "meeting", "round"])
    _step(row, old, by=by, now=now, note=note, meeting=meeting)
    audit.record(Tag.PROPOSAL_MOVE, by=by, on=row, now=now, old=old, new=new.value)
    transaction.on_commit(partial(tell, row.proposer_id, new.value, title=row.title, now=now))
    return row


def _step(row: Proposal, old: str, *, by: Actor, now: datetime, note: str = "", meeting: Meeting | None = None) -> None:
    ProposalStep.objects.create(
        proposal=row,
        district_code=row.district_code,
        old=old,
        new=row.state,
        note=note,
        meeting=meeting,
        at=now,
        by=by.user_id,
    )


@transaction.atomic
def raise_proposal(
    *, community: Node, draft: ProposalDraft, by: Actor, now: datetime, id: UUID | None = None
) -> Proposal:
    """A member proposes something to his community, or the desk writes it down for somebody.

    The same id sent again is the same proposal; one that came from a matter is raised from it once. The matter itself
    stays as it is. Raises RuleBroken(field). Source: A29, J7.
    """
    own = draft.proposer is not None and by.member_id == draft.proposer.pk
    by.require(Permission.PROPOSAL_RAISE if own else Permission.COUNCIL_EDIT, community.path)
    kind, key = draft.raised_from or ("", None)
    content = {
        "title": rules.check_said(draft.title, _("Give it a title."), field="title", longest=rules.TITLE_LENGTH),
        "text": rules.check_said(draft.text, _("Say what is proposed."), field="text", longest=rules.LONG_TEXT),
        "proposer_id": draft.proposer and draft.proposer.pk,
        "proposer_name": "" if draft.proposer else draft.proposer_name.strip()[: rules.NAME_LENGTH],
        "proposer_phone": "" if draft.proposer else draft.proposer_phone.strip()[: rules.NAME_LENGTH],
        "raised_from_kind": str(kind),
        "raised_from_id": key,
    }
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=community.pk)
    if found := already(Proposal, id, community_id=community.pk, **content):
        return found
    rules.check_proposer(has_member=draft.proposer is not None, name=draft.proposer_name)
    if key and Proposal.objects.filter(raised_from_kind=kind, raised_from_id=key).exists():
        raise RuleBroken(_("This matter is a proposal already."), code="raised_already")
    row = Proposal.objects.create(
        **of_community(community), **content, id=id or new_id(), raised_at=now, raised_by=by.user_id
    )
    _step(row, "", by=by, now=now)
    audit.record(Tag.PROPOSAL_RAISE, by=by, on=row, now=now, source=str(kind))
    return row


@transaction.atomic
def screen_proposal(*, proposal: Proposal, accepts: bool, note: str, by: Actor, now: datetime) -> Proposal:
    """Take it up for a meeting, or refuse it with a reason that is told to the proposer. Harmless twice.

    Raises RuleBroken(field="note") for a refusal without one.
    """
    by.require(Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    new = S.ACCEPTED if accepts else S.REFUSED
    if row.state == new:
        return row
    if not accepts:
        note = rules.check_said(note, _("Tell the proposer why."), field="note", longest=rules.TEXT_LENGTH)
    return move(row, new, by=by, now=now, note=note.strip()[: rules.TEXT_LENGTH])


@transaction.atomic
def table_proposal(*, proposal: Proposal, meeting: Meeting, by: Actor, now: datetime) -> Proposal:
    """Put it on the agenda of a meeting of a body that serves its community: its desk, or whoever runs that body.

    On that agenda already: harmless.

    Raises RuleBroken when the meeting is over, OutOfScope for a body that does not cover the community.
    """
    if not runs(by, meeting.body):
        by.require(Permission.COUNCIL_EDIT, proposal.path)
    held = lock_meeting(meeting.pk)
    if not covers([held.path], place_now(proposal.path)):
        raise OutOfScope()
    row = lock_proposal(proposal.pk)
    if row.state == S.TABLED and row.meeting_id == held.pk:
        return row
    rules.check_meeting_open(is_closed=held.closed_at is not None, is_called_off=held.called_off_at is not None)
    rules.check_move(row.state, S.TABLED)
    if not held.agenda.filter(proposal=row).exists():
        AgendaItem.objects.create(
            meeting=held,
            district_code=held.district_code,
            position=held.agenda.count() + 1,
            title=row.title,
            proposal=row,
        )
    return move(row, S.TABLED, by=by, now=now, meeting=held)


@transaction.atomic
def drop_proposal(*, proposal: Proposal, reason: str, by: Actor, now: datetime) -> Proposal:
    """It goes no further: by the desk, or by whoever proposed it. The reason is told. Harmless twice."""
    own = proposal.proposer_id is not None and by.member_id == proposal.proposer_id
    by.require(Permission.PROPOSAL_RAISE if own else Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    if row.state == S.DROPPED:
        return row
    said = rules.check_said(
        reason, _("Say why it goes no further: the proposer is told."), field="reason", longest=rules.TEXT_LENGTH
    )
    return move(row, S.DROPPED, by=by, now=now, note=said)


@dataclass(frozen=True)
class JudgementDraft:
    """seat: of the delegate who judges, None for the proposer. asked: how he said so, when the desk writes it down."""

    verdict: Verdict
    note: str = ""
    seat: BodyMember | None = None
    asked: str = ""


@transaction.atomic
def judge_proposal(
    *, proposal: Proposal, draft: JudgementDraft, by: Actor, now: datetime, id: UUID | None = None
) -> Judgement:
    """The proposer or a residents' delegate says whether it was kept, himself or through the desk; once a round.

    The same id sent again is the same judgement. Raises RuleBroken(code), RuleBroken(field="asked") without a source.
    """
    seat = draft.seat
    judge = proposal.proposer_id if seat is None else seat.member_id
    own = judge is not None and by.member_id == judge
    by.require(Permission.PROPOSAL_RAISE if own else Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    asked = "" if own else draft.asked.strip()[: rules.NOTE_LENGTH]
    note = draft.note.strip()[: rules.TEXT_LENGTH]
    content = {"verdict": draft.verdict, "note": note, "seat": seat, "asked": asked}
    if found := already(Judgement, id, proposal_id=row.pk, **content):
        return found
    _check_judge(row, seat)
    rules.check_asked(own=own, asked=asked)
    is_judged = Judgement.objects.filter(proposal=row, round=row.round, seat=seat).exists()
    rules.check_judging(row.state, is_judged=is_judged)
    made = Judgement.objects.create(
        **content,
        id=id or new_id(),
        district_code=row.district_code,
        proposal=row,
        round=row.round,
        at=now,
        by=by.user_id,
    )
    audit.record(Tag.PROPOSAL_JUDGE, by=by, on=row, now=now, verdict=draft.verdict.value, by_proposer=seat is None)
    if row.state == S.DONE:
        move(row, S.JUDGED, by=by, now=now)
    return made


def _check_judge(row: Proposal, seat: BodyMember | None) -> None:
    """A delegate judges who sits, or sat, in the body that the proposal was tabled in."""
    if seat is None:
        return
    body = row.meeting.body_id if row.meeting else None
    if seat.body_id != body or seat.party != PartyClass.DELEGATE:
        raise RuleBroken(
            _("Choose a residents' delegate of the body it was tabled in."), field="seat", code="no_delegate"
        )


def verdict_of(row: Proposal) -> Verdict | None:
    """What the judgements of the last round come to. One query."""
    given = list(Judgement.objects.filter(proposal=row, round=row.round).values_list("seat_id", "verdict"))
    own = next((verdict for seat, verdict in given if seat is None), None)
    return rules.last_word(own, [verdict for seat, verdict in given if seat is not None])


@transaction.atomic
def publish_result(*, proposal: Proposal, by: Actor, now: datetime) -> Proposal:
    """Publish what became of it, for everybody. It stays as it is. Harmless twice."""
    by.require(Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    if row.state == S.PUBLISHED:
        return row
    return move(row, S.PUBLISHED, by=by, now=now)


@transaction.atomic
def send_back(*, proposal: Proposal, note: str, by: Actor, now: datetime) -> Proposal:
    """Judged as not kept: it is on the table again. Raises RuleBroken for one that was kept, or without a note."""
    by.require(Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    said = rules.check_said(note, _("Say what is still missing."), field="note", longest=rules.TEXT_LENGTH)
    rules.check_back_to_table(row.state, verdict_of(row))
    return move(row, S.TABLED, by=by, now=now, note=said)


@transaction.atomic
def link_matter(
    *, proposal: Proposal, kind: MatterKind, target: UUID, label: str, by: Actor, now: datetime
) -> MatterLink:
    """Say that something else belongs to the same matter. It changes nothing on either side. Harmless twice."""
    by.require(Permission.COUNCIL_EDIT, proposal.path)
    row = lock_proposal(proposal.pk)
    said = rules.check_said(label, _("Say what it is."), field="label", longest=rules.LINE_LENGTH)
    if found := MatterLink.objects.filter(proposal=row, kind=kind, target_id=target).first():
        return found
    made = MatterLink.objects.create(
        **of_community(row.community),
        proposal=row,
        kind=kind,
        target_id=target,
        label=said,
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.PROPOSAL_LINK, by=by, on=row, now=now, kind=kind.value, target=str(target))
    return made


def put_to_proposal(matter: UUID, kind: str, target: UUID, words: str, by: Actor, now: datetime) -> MatterLink:
    """What another room makes for a proposal belongs to it (core.matters), in the transaction that makes it.

    Raises OutOfScope for a proposal that is not the actor's to see.
    """
    row = Proposal.objects.visible_to(by).filter(pk=matter).first()
    if row is None:
        raise OutOfScope()
    label = words[: rules.LINE_LENGTH]
    return link_matter(proposal=row, kind=MatterKind(kind), target=target, label=label, by=by, now=now)

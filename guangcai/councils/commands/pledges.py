"""What units promise for a proposal: made, noted, done with evidence, withdrawn with a reason."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.councils import rules
from guangcai.councils.commands.bodies import same_lines
from guangcai.councils.commands.proposals import lock_proposal, move
from guangcai.councils.enums import PledgeKind, ProposalState
from guangcai.councils.models import JointPledge, PledgeOwner, PledgeProgress, Proposal
from guangcai.orgs.commands import check_unit_open, hold_unit
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import WorkUnit

S = ProposalState


@dataclass(frozen=True)
class JointPledgeDraft:
    """What a unit promises until a local date, and who in the unit answers for it."""

    work_unit: WorkUnit
    kind: PledgeKind
    item: str
    due_on: date
    owner_name: str
    owner_phone: str = ""


def require_unit_or_desk(by: Actor, *, work_unit_id: int, path: str) -> None:
    """The liaison of the unit, or whoever runs councils there. 404 for another unit's liaison."""
    if not by.can_for_unit(Permission.PROPOSAL_ANSWER, work_unit_id):
        by.require(Permission.COUNCIL_EDIT, path)


def locked(pledge: JointPledge) -> tuple[Proposal, JointPledge]:
    """The proposal first, then the promise: the one order of locks."""
    proposal = lock_proposal(pledge.proposal_id)
    rows = JointPledge.objects.select_for_update(of=("self",)).select_related("work_unit", "community")
    return proposal, rows.get(pk=pledge.pk)


def _check_open(proposal: Proposal, row: JointPledge) -> None:
    rules.check_pledge_open(
        is_done=row.done_on is not None, is_withdrawn=row.withdrawn_at is not None, state=proposal.state
    )


@transaction.atomic
def make_joint_pledge(
    *, proposal: Proposal, draft: JointPledgeDraft, by: Actor, now: datetime, id: UUID | None = None
) -> JointPledge:
    """A unit promises something for a proposal that is on the table. The first promise takes it off the table.

    The same id sent again is the same promise. Raises RuleBroken(field), Conflict when another unit has the item.
    """
    require_unit_or_desk(by, work_unit_id=draft.work_unit.pk, path=proposal.path)
    unit = hold_unit(draft.work_unit)
    row = lock_proposal(proposal.pk)
    item = rules.check_said(draft.item, _("Say what is promised."), field="item", longest=rules.LINE_LENGTH)
    owner = rules.check_said(
        draft.owner_name, _("Name who answers for it in the unit."), field="owner_name", longest=rules.NAME_LENGTH
    )
    content = {"work_unit_id": draft.work_unit.pk, "kind": draft.kind, "item": item, "due_on": draft.due_on}
    if found := already(JointPledge, id, proposal_id=row.pk, **content):
        first = found.owners.all()[0]
        same_lines([first.name, first.phone], [owner, draft.owner_phone.strip()])
        return found
    check_unit_open(unit)
    rules.check_takes_pledges(row.state)
    rules.check_due(due_on=draft.due_on, today=localdate(now))
    rules.check_item_free(is_taken=JointPledge.objects.live().filter(proposal=row, item=item, done_on=None).exists())
    pledge = JointPledge.objects.create(
        **of_community(row.community), **content, id=id or new_id(), proposal=row, made_at=now, made_by=by.user_id
    )
    _name_owner(pledge, owner, draft.owner_phone, by=by, now=now)
    audit.record(Tag.JOINT_PLEDGE_MAKE, by=by, on=pledge, now=now, kind=pledge.kind, due_on=draft.due_on.isoformat())
    if row.state == S.TABLED:
        move(row, S.PLEDGED, by=by, now=now)
    return pledge


def _name_owner(pledge: JointPledge, name: str, phone: str, *, by: Actor, now: datetime) -> PledgeOwner:
    return PledgeOwner.objects.create(
        pledge=pledge,
        district_code=pledge.district_code,
        name=name,
        phone=phone.strip()[: rules.NAME_LENGTH],
        since=now,
        named_by=by.user_id,
    )


@transaction.atomic
def change_owner(*, pledge: JointPledge, name: str, phone: str, by: Actor, now: datetime) -> PledgeOwner:
    """Somebody else answers for it in the unit from now on. The day it is due stays. The same person: harmless."""
    require_unit_or_desk(by, work_unit_id=pledge.work_unit_id, path=pledge.path)
    proposal, row = locked(pledge)
    said = rules.check_said(
        name, _("Name who answers for it in the unit."), field="owner_name", longest=rules.NAME_LENGTH
    )
    _check_open(proposal, row)
    last = row.owners.last()
    if last is not None and (last.name, last.phone) == (said, phone.strip()):
        return last
    made = _name_owner(row, said, phone, by=by, now=now)
    audit.record(Tag.JOINT_PLEDGE_OWNER, by=by, on=row, now=now)
    return made


@transaction.atomic
def note_progress(
    *, pledge: JointPledge, note: str, by: Actor, now: datetime, id: UUID | None = None
) -> PledgeProgress:
    """Write how far it has come; the first note says that the proposal is under way. The same id is the same note."""
    require_unit_or_desk(by, work_unit_id=pledge.work_unit_id, path=pledge.path)
    proposal, row = locked(pledge)
    said = rules.check_said(note, _("Write how far it has come."), field="note", longest=rules.TEXT_LENGTH)
    if found := already(PledgeProgress, id, pledge_id=row.pk, note=said):
        return found
    _check_open(proposal, row)
    made = PledgeProgress.objects.create(
        id=id or new_id(), pledge=row, district_code=row.district_code, note=said, at=now, by=by.user_id
    )
    audit.record(Tag.JOINT_PLEDGE_NOTE, by=by, on=row, now=now)
    if proposal.state == S.PLEDGED:
        move(proposal, S.UNDERWAY, by=by, now=now)
    return made


@dataclass(frozen=True)
class Done:
    """done_on: local date. evidence: what was done, in words; quantity of measure where it can be counted."""

    done_on: date
    evidence: str
    quantity: int | None = None
    measure: str = ""


@transaction.atomic
def finish_pledge(*, pledge: JointPledge, done: Done, by: Actor, now: datetime) -> JointPledge:
    """It is done, with evidence. When everything promised is, the proposal waits to be judged. Harmless twice."""
    require_unit_or_desk(by, work_unit_id=pledge.work_unit_id, path=pledge.path)
    proposal, row = locked(pledge)
    if row.done_on is not None:
        return row
    said = rules.check_said(done.evidence, _("Say what was done."), field="evidence", longest=rules.LONG_TEXT)
    _check_open(proposal, row)
    rules.check_done_on(done_on=done.done_on, made_on=localdate(row.made_at), today=localdate(now))
    rules.check_quantity(done.quantity, done.measure)
    row.done_on, row.done_at, row.done_by, row.evidence = done.done_on, now, by.user_id, said
    row.quantity, row.measure = done.quantity, done.measure.strip()
    row.save(update_fields=["done_on", "done_at", "done_by", "evidence", "quantity", "measure"])
    audit.record(Tag.JOINT_PLEDGE_DONE, by=by, on=row, now=now, done_on=done.done_on.isoformat())
    _after(proposal, by=by, now=now)
    return row


@transaction.atomic
def withdraw_pledge(*, pledge: JointPledge, reason: str, by: Actor, now: datetime) -> JointPledge:
    """The unit gives it up, for a reason that everybody reads; nothing promised any more: back on the table.

    Harmless twice. Raises RuleBroken(field="reason").
    """
    require_unit_or_desk(by, work_unit_id=pledge.work_unit_id, path=pledge.path)
    return give_up(pledge, reason=reason, by=by, now=now)


def give_up(pledge: JointPledge, *, reason: str, by: Actor, now: datetime) -> JointPledge:
    """The same for whoever may: also what a unit that ends owes."""
    proposal, row = locked(pledge)
    if row.withdrawn_at is not None:
        return row
    said = rules.check_said(reason, _("Say why: everybody reads it."), field="reason", longest=rules.NOTE_LENGTH)
    _check_open(proposal, row)
    row.withdrawn_at, row.withdrawn_by, row.withdraw_reason = now, by.user_id, said
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    audit.record(Tag.JOINT_PLEDGE_WITHDRAW, by=by, on=row, now=now)
    _after(proposal, by=by, now=now, note=said)
    return row


def _after(proposal: Proposal, *, by: Actor, now: datetime, note: str = "") -> None:
    """What a promise that is done or given up means for the proposal: its own steps, written down like any other."""
    live = JointPledge.objects.live().filter(proposal=proposal)
    last_tabled = proposal.steps.filter(new=S.TABLED).order_by("-at", "-id").values_list("at", flat=True).first()
    # What an earlier round delivered does not answer for this one.
    current = live.filter(made_at__gte=last_tabled) if last_tabled else live
    if not current.exists():
        move(proposal, S.TABLED, by=by, now=now, note=note)
    elif not current.filter(done_on=None).exists():
        move(proposal, S.DONE, by=by, now=now)
    elif proposal.state == S.PLEDGED:
        move(proposal, S.UNDERWAY, by=by, now=now)

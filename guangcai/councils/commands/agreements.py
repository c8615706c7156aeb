"""Joint-building agreements: drawn up with what each side does, signed, delivered against, ended, renewed (A30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.commitments.belonging import place_now
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.enums import SignedHow
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.councils import rules
from guangcai.councils.commands.bodies import same_lines
from guangcai.councils.commands.pledges import require_unit_or_desk
from guangcai.councils.enums import Side
from guangcai.councils.models import AgreementItem, Delivery, JointAgreement
from guangcai.orgs.commands import check_unit_open, hold_unit
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, WorkUnit


@dataclass(frozen=True)
class ItemDraft:
    """What one side does: how much of what, within the term."""

    side: Side
    text: str
    quantity: int
    measure: str


@dataclass(frozen=True)
class AgreementDraft:
    """The parties are the unit and the community; local dates, both ends included."""

    work_unit: WorkUnit
    starts_on: date
    until: date
    items: Sequence[ItemDraft]
    renews: JointAgreement | None = None


@transaction.atomic
def draw_up_agreement(
    *, community: Node, draft: AgreementDraft, by: Actor, now: datetime, id: UUID | None = None
) -> JointAgreement:
    """Draw up an agreement with its number and items. The same id sent again is the same agreement. Source: A30.

    Raises RuleBroken(field), Conflict when another agreement of the two lies in the term.
    """
    by.require(Permission.COUNCIL_EDIT, community.path)
    unit = hold_unit(draft.work_unit)
    # Its lock also keeps the numbers of a year without gaps or doubles: agreements are never removed.
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=community.pk)
    content = {"work_unit_id": draft.work_unit.pk, "starts_on": draft.starts_on, "until": draft.until}
    if found := already(JointAgreement, id, community_id=community.pk, **content):
        kept = found.items.values_list("side", "text", "quantity", "measure")
        same_lines(kept, [(one.side, one.text.strip(), one.quantity, one.measure.strip()) for one in draft.items])
        return found
    check_unit_open(unit)
    rules.check_term(starts_on=draft.starts_on, until=draft.until, today=localdate(now))
    rules.check_items({one.side for one in draft.items})
    of_both = JointAgreement.objects.filter(community=community, work_unit=draft.work_unit, ended_at=None)
    rules.check_term_free(is_taken=of_both.filter(starts_on__lte=draft.until, until__gte=draft.starts_on).exists())
    year = localdate(now).year
    count = JointAgreement.objects.filter(community=community, drawn_up_at__year=year).count()
    row = JointAgreement.objects.create(
        **of_community(community),
        **content,
        id=id or new_id(),
        number=rules.agreement_number(community.code, year, count + 1),
        renews=draft.renews,
        drawn_up_at=now,
        drawn_up_by=by.user_id,
    )
    _write_items(row, draft.items)
    audit.record(Tag.JOINT_AGREEMENT_DRAW_UP, by=by, on=row, now=now, items=len(draft.items))
    return row


def _write_items(row: JointAgreement, items: Sequence[ItemDraft]) -> None:
    AgreementItem.objects.bulk_create(
        AgreementItem(
            agreement=row,
            district_code=row.district_code,
            position=position,
            side=one.side,
            text=one.text.strip()[: rules.NOTE_LENGTH],
            quantity=one.quantity,
            measure=one.measure.strip(),
        )
        for position, one in enumerate(items, start=1)
    )


def _locked(agreement: JointAgreement) -> JointAgreement:
    rows = JointAgreement.objects.select_for_update(of=("self",)).select_related("work_unit", "community")
    return rows.get(pk=agreement.pk)


@dataclass(frozen=True)
class Signature:
    """Who signs for the unit. On paper: the day on the sheet and where it is kept; on the screen both are empty."""

    signer_name: str
    signed_on: date | None = None
    paper_note: str = ""

    @property
    def is_paper(self) -> bool:
        return self.signed_on is not None


@transaction.atomic
def sign_agreement(*, agreement: JointAgreement, signature: Signature, by: Actor, now: datetime) -> JointAgreement:
    """The unit signs: its liaison on the screen, or the desk notes the signed paper. Harmless twice.

    Raises RuleBroken(field).
    """
    require_unit_or_desk(by, work_unit_id=agreement.work_unit_id, path=agreement.path)
    if not by.can_for_unit(Permission.PROPOSAL_ANSWER, agreement.work_unit_id):
        rules.check_desk_signs(on_paper=signature.is_paper)
    row = _locked(agreement)
    if row.signed_on is not None:
        return row
    rules.check_agreement_live(is_ended=row.ended_at is not None)
    today = localdate(now)
    signed_on = signature.signed_on or today
    rules.check_signature(
        signer=signature.signer_name,
        is_paper=signature.is_paper,
        note=signature.paper_note,
        signed_on=signed_on,
        drawn_up_on=localdate(row.drawn_up_at),
        today=today,
    )
    row.signed_how = SignedHow.PAPER if signature.is_paper else SignedHow.SCREEN
    row.signed_on, row.signed_at, row.signed_by = signed_on, now, by.user_id
    row.signer_name = signature.signer_name.strip()[: rules.NAME_LENGTH]
    row.paper_note = signature.paper_note.strip()[: rules.NOTE_LENGTH]
    row.save()
    audit.record(Tag.JOINT_AGREEMENT_SIGN, by=by, on=row, now=now, how=row.signed_how)
    return row


@transaction.atomic
def note_delivery(
    *,
    item: AgreementItem,
    delivered_on: date,
    quantity: int,
    note: str = "",
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> Delivery:
    """Something of an item was delivered. The same id sent again is the same delivery. Raises RuleBroken(field)."""
    agreement = item.agreement
    require_unit_or_desk(by, work_unit_id=agreement.work_unit_id, path=agreement.path)
    row = _locked(agreement)
    content = {"delivered_on": delivered_on, "quantity": quantity, "note": note.strip()[: rules.NOTE_LENGTH]}
    if found := already(Delivery, id, item_id=item.pk, **content):
        return found
    rules.check_agreement_live(is_ended=row.ended_at is not None)
    rules.check_delivery(
        is_signed=row.signed_on is not None,
        delivered_on=delivered_on,
        starts_on=row.starts_on,
        until=row.until,
        today=localdate(now),
    )
    made = Delivery.objects.create(
        **content,
        id=id or new_id(),
        district_code=row.district_code,
        item=item,
        written_at=now,
        written_by=by.user_id,
    )
    audit.record(Tag.JOINT_AGREEMENT_DELIVER, by=by, on=row, now=now, item=str(item.pk), quantity=quantity)
    return made


@transaction.atomic
def end_agreement(*, agreement: JointAgreement, reason: str, by: Actor, now: datetime) -> JointAgreement:
    """Either side ends it, and says why. What was delivered stays. Harmless twice."""
    require_unit_or_desk(by, work_unit_id=agreement.work_unit_id, path=agreement.path)
    row = _locked(agreement)
    if row.ended_at is not None:
        return row
    said = rules.check_said(reason, _("Say why it ends."), field="reason", longest=rules.NOTE_LENGTH)
    return close_agreement(row, reason=said, by=by, now=now)


def close_agreement(row: JointAgreement, *, reason: str, by: Actor, now: datetime) -> JointAgreement:
    """End a locked agreement; its items and deliveries stay."""
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record(Tag.JOINT_AGREEMENT_END, by=by, on=row, now=now)
    return row


@transaction.atomic
def renew_agreement(*, agreement: JointAgreement, by: Actor, now: datetime, id: UUID | None = None) -> JointAgreement:
    """The same items for a term as long as the last, from the day after it ends (or today): to be signed like any.

    A community that was merged is followed by its successor.
    """
    by.require(Permission.COUNCIL_EDIT, agreement.path)
    unit = hold_unit(agreement.work_unit)
    row = _locked(agreement)
    if found := row.renewals.filter(Q(ended_at=None) | Q(pk=id)).order_by("ended_at").first():
        return found
    check_unit_open(unit)
    rules.check_agreement_live(is_ended=row.ended_at is not None)
    starts_on = max(row.until + rules.DAY, localdate(now))
    items = [ItemDraft(Side(one.side), one.text, one.quantity, one.measure) for one in row.items.all()]
    draft = AgreementDraft(row.work_unit, starts_on, starts_on + (row.until - row.starts_on), items, row)
    community = Node.objects.get(path=place_now(row.path))
    return draw_up_agreement(community=community, draft=draft, by=by, now=now, id=id)

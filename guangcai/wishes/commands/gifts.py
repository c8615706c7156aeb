"""Campaigns, receipts and what the money went to (A58). Nothing is deleted: a wrong row is taken back by another."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.wishes import gift_rules as rules
from guangcai.wishes.enums import GiftForm, GiverKind
from guangcai.wishes.models import Campaign, Gift, Spending


@transaction.atomic
def open_campaign(
    *, community: Node, title: str, goal: str, by: Actor, now: datetime, id: UUID | None = None
) -> Campaign:
    """Begin to collect for something. The same id sent again is the same campaign. Source: A58."""
    by.require(Permission.WISH_EDIT, community.path)
    rules.check_campaign(title=title, goal=goal)
    words = {"title": title.strip(), "goal": goal.strip()}
    if found := already(Campaign, id, community_id=community.pk, **words):
        return found
    row = Campaign.objects.create(
        **of_community(community), **words, id=id or new_id(), opened_at=now, opened_by=by.user_id
    )
    audit.record(Tag.CAMPAIGN_OPEN, by=by, on=row, now=now)
    return row


@transaction.atomic
def close_campaign(*, campaign: Campaign, result: str, by: Actor, now: datetime) -> Campaign:
    """End a campaign and say what became of it. Harmless twice with the same words."""
    by.require(Permission.WISH_EDIT, campaign.path)
    row = _locked(campaign)
    rules.check_result(result)
    if row.closed_at is not None and row.result == result.strip():
        return row
    rules.check_open(closed_at=row.closed_at)
    row.closed_at, row.closed_by, row.result = now, by.user_id, result.strip()
    row.save(update_fields=["closed_at", "closed_by", "result"])
    audit.record(Tag.CAMPAIGN_CLOSE, by=by, on=row, now=now)
    return row


@dataclass(frozen=True)
class GiftDraft:
    """What was given, as typed. fen: whole fen; quantity of `goods` in `measure`: 3 books is (goods="book", 3)."""

    form: GiftForm
    giver_kind: GiverKind
    given_on: date
    member: Member | None = None
    giver_name: str = ""
    fen: int | None = None
    goods: str = ""
    quantity: int | None = None
    measure: str = ""

    def columns(self) -> dict[str, object]:
        money = self.form == GiftForm.MONEY
        return {
            "form": self.form,
            "giver_kind": self.giver_kind,
            "given_on": self.given_on,
            "member_id": self.member.pk if self.member is not None else None,
            "giver_name": self.giver_name.strip() if self.giver_kind == GiverKind.NAMED else "",
            "fen": self.fen if money else None,
            "goods": "" if money else self.goods.strip(),
            "quantity": None if money else self.quantity,
            "measure": "" if money else self.measure.strip(),
        }


@transaction.atomic
def receive_gift(*, campaign: Campaign, draft: GiftDraft, by: Actor, now: datetime, id: UUID | None = None) -> Gift:
    """Write a receipt: its number runs through the year of the community. The same id sent again is the same receipt.

    Raises RuleBroken(field). A member of another area is refused.
    """
    by.require(Permission.WISH_EDIT, campaign.path)
    row = _locked(campaign)
    columns = draft.columns()
    if found := already(Gift, id, campaign_id=row.pk, **columns):
        return found
    rules.check_open(closed_at=row.closed_at)
    rules.check_gift(draft.form, fen=draft.fen, goods=draft.goods, quantity=draft.quantity, measure=draft.measure)
    rules.check_giver(draft.giver_kind, has_member=draft.member is not None, name=draft.giver_name)
    rules.check_day(draft.given_on, today=localdate(now), opened_on=localdate(row.opened_at))
    gift = _added(row, columns, by=by, now=now, id=id)
    audit.record(Tag.GIFT_RECEIVE, by=by, on=gift, now=now, number=gift.number, year=gift.year)
    return gift


@transaction.atomic
def reverse_gift(*, gift: Gift, reason: str, by: Actor, now: datetime) -> Gift:
    """Take a wrong receipt back by a row with the opposite amount. Both stay readable. Harmless twice."""
    by.require(Permission.WISH_EDIT, gift.path)
    campaign = _locked(gift.campaign)
    if found := Gift.objects.filter(reverses=gift).first():
        return found
    rules.check_reversal(reason=reason, is_reversal=gift.reverses_id is not None)
    rules.check_covered(balance=balance_of(campaign) - (gift.fen or 0), is_money=gift.form == GiftForm.MONEY)
    columns = {
        "form": gift.form,
        "giver_kind": gift.giver_kind,
        "given_on": localdate(now),
        "member_id": gift.member_id,
        "giver_name": gift.giver_name,
        "fen": None if gift.fen is None else -gift.fen,
        "goods": gift.goods,
        "quantity": None if gift.quantity is None else -gift.quantity,
        "measure": gift.measure,
        "reverses": gift,
        "reason": reason.strip()[: rules.LONGEST_REASON],
    }
    row = _added(campaign, columns, by=by, now=now, id=None)
    audit.record(Tag.GIFT_REVERSE, by=by, on=row, now=now, reverses=str(gift.pk))
    return row


def _added(campaign: Campaign, columns: dict[str, object], *, by: Actor, now: datetime, id: UUID | None) -> Gift:
    """The next receipt of the year. Two desks of one community wait for each other on the community's row."""
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign.community_id)
    year = localdate(now).year
    last = Gift.objects.filter(community=campaign.community_id, year=year).aggregate(last=Max("number"))["last"]
    return Gift.objects.create(
        **of_community(campaign.community),
        **columns,
        id=id or new_id(),
        campaign=campaign,
        year=year,
        number=(last or 0) + 1,
        received_at=now,
        received_by=by.user_id,
    )


@transaction.atomic
def note_spending(
    *, campaign: Campaign, spent_on: date, fen: int, what: str, by: Actor, now: datetime, id: UUID | None = None
) -> Spending:
    """Write down what the money went to: never more than was given. The same id sent again is the same row."""
    by.require(Permission.WISH_EDIT, campaign.path)
    row = _locked(campaign)
    if found := already(Spending, id, campaign_id=row.pk, spent_on=spent_on, fen=fen, what=what.strip()):
        return found
    rules.check_spending(fen=fen, what=what)
    rules.check_day(spent_on, today=localdate(now), opened_on=localdate(row.opened_at), field="spent_on")
    rules.check_covered(balance=balance_of(row) - fen, is_money=True)
    made = Spending.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        campaign=row,
        spent_on=spent_on,
        fen=fen,
        what=what.strip(),
        noted_at=now,
        noted_by=by.user_id,
    )
    audit.record(Tag.SPENDING_NOTE, by=by, on=made, now=now)
    return made


@transaction.atomic
def reverse_spending(*, spending: Spending, reason: str, by: Actor, now: datetime) -> Spending:
    """Take a wrong line back by a row with the opposite amount. Harmless twice."""
    by.require(Permission.WISH_EDIT, spending.path)
    row = _locked(spending.campaign)
    if found := Spending.objects.filter(reverses=spending).first():
        return found
    rules.check_reversal(reason=reason, is_reversal=spending.reverses_id is not None)
    made = Spending.objects.create(
        **of_community(row.community),
        campaign=row,
        spent_on=localdate(now),
        fen=-spending.fen,
        what=spending.what,
        noted_at=now,
        noted_by=by.user_id,
        reverses=spending,
        reason=reason.strip()[: rules.LONGEST_REASON],
    )
    audit.record(Tag.SPENDING_REVERSE, by=by, on=made, now=now, reverses=str(spending.pk))
    return made


@transaction.atomic
def note_receipt_print(*, gift: Gift, by: Actor, now: datetime) -> None:
    """A receipt leaves the house with a line in the trail."""
    by.require(Permission.WISH_EDIT, gift.path)
    audit.record(Tag.GIFT_PRINT, by=by, on=gift, now=now)


def balance_of(campaign: Campaign) -> int:
    """Fen given and not spent. Two queries."""
    given = campaign.gifts.aggregate(total=Sum("fen"))["total"] or 0
    spent = campaign.spendings.aggregate(total=Sum("fen"))["total"] or 0
    return int(given - spent)


def _locked(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("community")
    return rows.get(pk=campaign.pk)

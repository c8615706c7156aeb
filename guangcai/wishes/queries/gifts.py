"""Campaigns with their sums: what was given, what it went to. Sums are queries; nobody is ranked."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.wishes.enums import GiftForm, GiverKind
from guangcai.wishes.models import Campaign, Gift, Spending

FEN_IN_YUAN = 100


def yuan(fen: int) -> str:
    """12345 is "123.45"."""
    return f"{Decimal(fen) / FEN_IN_YUAN:.2f}"


def _sum(rows: QuerySet[Gift] | QuerySet[Spending]) -> Coalesce:
    total = rows.filter(campaign=OuterRef("pk")).order_by().values("campaign").annotate(total=Sum("fen"))
    return Coalesce(Subquery(total.values("total")), 0, output_field=BigIntegerField())


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns of one's area, each with `given` and `spent` in fen and `receipts` that stand. One query."""
    standing = Gift.objects.filter(reverses=None, reversal=None, campaign=OuterRef("pk")).order_by()
    counted = standing.values("campaign").annotate(total=Count("pk")).values("total")
    rows = Campaign.objects.visible_to(actor).select_related("community")
    return rows.annotate(
        given=_sum(Gift.objects.all()),
        spent=_sum(Spending.objects.all()),
        receipts=Coalesce(Subquery(counted), 0),
    )


@dataclass(frozen=True)
class Goods:
    """So much of one kind of goods."""

    goods: str
    quantity: int
    measure: str


def goods_of(campaign: Campaign) -> list[Goods]:
    """What was given in goods, by the alphabet of the goods; what was taken back is not in it. One query."""
    rows = campaign.gifts.filter(form=GiftForm.GOODS).order_by("goods", "measure")
    found = rows.values_list("goods", "measure").annotate(total=Sum("quantity"))
    return [Goods(goods, total, measure) for goods, measure, total in found if total]


def receipts_of(campaign: Campaign, actor: Actor) -> list[Gift]:
    """Every receipt, taken back or not, the newest first; none but for the desk. One query."""
    rows = Gift.objects.visible_to(actor).filter(campaign=campaign).select_related("member", "reversal", "reverses")
    return list(rows.order_by("-year", "-number"))


def spendings_of(campaign: Campaign, *, with_reversed: bool) -> list[Spending]:
    """What the money went to; for the desk also what was taken back. One query."""
    rows = campaign.spendings.select_related("reversal", "reverses")
    if not with_reversed:
        rows = rows.filter(Q(reverses=None, reversal=None))
    return list(rows.order_by("-spent_on", "-noted_at", "pk"))


def giver_of(gift: Gift) -> str:
    """Who gave, for the desk and the receipt."""
    if gift.giver_kind == GiverKind.MEMBER and gift.member is not None:
        return gift.member.name
    return gift.giver_name or str(GiverKind(gift.giver_kind).label)


def gift_words(gift: Gift) -> str:
    """What was given, in words."""
    if gift.form == GiftForm.MONEY:
        return _("%(sum)s yuan") % {"sum": yuan(gift.fen or 0)}
    return f"{gift.goods} {gift.quantity} {gift.measure}"


def receipt(gift: Gift) -> dict[str, object]:
    """What the printed receipt says."""
    return {
        "number": f"{gift.year}-{gift.number:04d}",
        "community": gift.community.name,
        "giver": giver_of(gift),
        "gift": gift_words(gift),
        "campaign": gift.campaign.title,
        "goal": gift.campaign.goal,
        "given_on": date_format(gift.given_on, "DATE_FORMAT"),
    }

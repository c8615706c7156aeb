"""Campaigns, what people gave for them, and what it was spent on (A58: one yuan, one book)."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.wishes.enums import GiftForm, GiverKind

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


def _positive(name: str) -> Q:
    """Empty or above 0; said of an empty column alone a CHECK would let everything pass."""
    return Q(**{name: None}) | Q(**{f"{name}__gt": 0})


def _negative(name: str) -> Q:
    return Q(**{name: None}) | Q(**{f"{name}__lt": 0})


class OfCampaignQuerySet(models.QuerySet[models.Model]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of the communities whose desk the actor runs: who gave, and to whom it went, is nobody else's business."""
        return self.filter(under("path", actor.paths_with(Permission.WISH_EDIT)))


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of one's area. What was given stands there as sums, never with a name."""
        return self.filter(under("path", actor.paths_with(Permission.WISH_VIEW)))


class Campaign(CommunityFact):
    """What is collected for: a goal in words, open until closed, then what became of it."""

    title = models.CharField(max_length=40)
    goal = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(goal=""), name="campaign_named"),
            models.CheckConstraint(
                condition=Q(closed_at=None, result="") | (Q(closed_at__isnull=False) & ~Q(result="")),
                name="campaign_closed_whole",
            ),
        ]
        indexes = [models.Index(fields=["path", "-opened_at"], name="campaign_by_path")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("wishes:campaign", args=[self.pk])


class Gift(CommunityFact):
    """One receipt, appended. A wrong one is taken back by a row with the opposite amount, which names it.

    fen: whole fen, for money. quantity and measure: for goods. `number` runs through a year of a community.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="gifts")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    giver_kind = models.CharField(max_length=10, choices=GiverKind.choices)
    member = models.ForeignKey("members.Member", models.PROTECT, null=True, blank=True, related_name="gifts")
    giver_name = EncryptedTextField(purpose="wishes.gift.giver_name", blank=True)
    form = models.CharField(max_length=6, choices=GiftForm.choices)
    fen = models.BigIntegerField(null=True, blank=True)
    goods = models.CharField(max_length=40, blank=True)
    quantity = models.IntegerField(null=True, blank=True)
    measure = models.CharField(max_length=10, blank=True)
    given_on = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    reason = models.CharField(max_length=200, blank=True)

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "community", "year", "number"], name="gift_number_once"),
            models.CheckConstraint(
                condition=Q(form=GiftForm.MONEY, fen__isnull=False, goods="", quantity=None, measure="")
                | (Q(form=GiftForm.GOODS, fen=None, quantity__isnull=False) & ~Q(goods="") & ~Q(measure="")),
                name="gift_money_or_goods",
            ),
            models.CheckConstraint(
                condition=(Q(reverses=None, reason="") & _positive("fen") & _positive("quantity"))
                | (Q(reverses__isnull=False) & ~Q(reason="") & _negative("fen") & _negative("quantity")),
                name="gift_reversal_negative",
            ),
            models.CheckConstraint(
                condition=Q(giver_kind=GiverKind.MEMBER, member__isnull=False)
                | (~Q(giver_kind=GiverKind.MEMBER) & Q(member=None)),
                name="gift_of_member",
            ),
        ]
        indexes = [models.Index(fields=["path", "-given_on"], name="gift_by_path")]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:04d}"


class Spending(CommunityFact):
    """What a campaign's money went to. Appended; taken back by a row with the opposite amount."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="spendings")
    spent_on = models.DateField()
    fen = models.BigIntegerField()
    what = models.CharField(max_length=120)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    reason = models.CharField(max_length=200, blank=True)

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="spending_says_what"),
            models.CheckConstraint(
                condition=Q(reverses=None, reason="", fen__gt=0)
                | (Q(reverses__isnull=False, fen__lt=0) & ~Q(reason="")),
                name="spending_reversal_negative",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="spending_reverses_another"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.spent_on}"

"""Joint-building agreements of units with communities (A30): what was promised, and what was delivered."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.enums import SignedHow
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.enums import Side
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit
from guangcai.orgs.models.organisations import DateSpan

if TYPE_CHECKING:
    from datetime import date

    from guangcai.core.actor import Actor


class Term(DateSpan):
    """The days of an agreement, both ends included."""

    template = "%(function)s(%(expressions)s, '[]')"


class JointAgreementQuerySet(models.QuerySet["JointAgreement"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of one's area, and those of one's unit. They carry no personal data but the signer's name."""
        units = actor.units_with(Permission.PROPOSAL_ANSWER)
        return self.filter(under("path", actor.paths_with(Permission.COUNCIL_VIEW)) | Q(work_unit__in=units))

    def in_force(self, on: "date") -> Self:
        """Signed, begun and not over on the local date `on`."""
        return self.filter(signed_on__isnull=False, ended_at=None, starts_on__lte=on, until__gte=on)


class JointAgreement(CommunityFact):
    """A unit and a community agree on what each does for the other, for a term. Drawn up, signed, ended or renewed.

    No two terms of one unit with one community overlap; a renewal is an agreement of its own.
    """

    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="joint_agreements")
    number = models.CharField(max_length=40)
    starts_on = models.DateField()
    # Last local date of the term.
    until = models.DateField()
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    drawn_up_at = models.DateTimeField()
    drawn_up_by = models.UUIDField(null=True)
    signed_how = models.CharField(max_length=6, choices=SignedHow.choices, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.UUIDField(null=True, blank=True)
    # Who signed for the unit, and on paper where the sheet is kept.
    signer_name = models.CharField(max_length=60, blank=True)
    paper_note = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = JointAgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="joint_agreement_one_at_a_time",
                expressions=[
                    ("district_code", RangeOperators.EQUAL),
                    ("work_unit", RangeOperators.EQUAL),
                    ("community", RangeOperators.EQUAL),
                    (Term(F("starts_on"), F("until")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(fields=["district_code", "number"], name="joint_agreement_number_once"),
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="joint_agreement_term_forward"),
            models.CheckConstraint(
                condition=Q(signed_on=None, signed_at=None, signed_how="", signer_name="")
                | (Q(signed_on__isnull=False, signed_at__isnull=False) & ~(Q(signed_how="") | Q(signer_name=""))),
                name="joint_agreement_signed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(signed_how=SignedHow.PAPER) | ~Q(paper_note=""), name="joint_agreement_paper_noted"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="joint_agreement_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["path", "until"], name="joint_agreement_by_path")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("councils:agreement", args=[self.pk])


class AgreementItem(Fact):
    """One thing that one side does: how much of what, until when. Frozen with the agreement."""

    agreement = models.ForeignKey(JointAgreement, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, choices=Side.choices)
    text = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    measure = models.CharField(max_length=20)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "agreement", "position"], name="agreement_item_in_order"),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(measure="") & Q(quantity__gt=0), name="agreement_item_says_how_much"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Delivery(Fact):
    """Something of an item was delivered. Append-only: the sum stands against what was promised."""

    item = models.ForeignKey(AgreementItem, models.PROTECT, related_name="deliveries")
    delivered_on = models.DateField()
    quantity = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["delivered_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_of_something")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"

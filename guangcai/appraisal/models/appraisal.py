"""The yearly appraisal (A51): figures from postings against the rule in force, words from both sides."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.appraisal.enums import ExemptionKind, Opinion, Verdict
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class Exemption(CommunityFact):
    """A member owes nothing from `since` to `until` (exclusive, open when None). The kind is sensitive: desk only."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="exemptions")
    kind = models.CharField(max_length=12, choices=ExemptionKind.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="exemption_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"


class DutyElsewhere(CommunityFact):
    """Service given in another place, on that place's proof: counts for the duty, never for the ledger."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="duties_elsewhere")
    year = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    deeds = models.PositiveSmallIntegerField(default=0)
    proof = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "member", "year", "proof"], name="duty_elsewhere_once_per_proof"
            ),
            models.CheckConstraint(condition=~Q(proof=""), name="duty_elsewhere_has_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}"


class AppraisalQuerySet(models.QuerySet["Appraisal"]):
    def visible_to(self, actor: "Actor") -> "AppraisalQuerySet":
        """The member's own (a draft without its opinion, to write his words); the area's; the unit's own once sent."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        area = under("path", actor.paths_with(Permission.APPRAISAL_VIEW))
        unit = Q(work_unit__in=actor.units_with(Permission.APPRAISAL_VIEW), sent_at__isnull=False)
        return self.filter(own | area | unit)


class Appraisal(CommunityFact):
    """One appraisal per member and year. Figures are frozen at approval; every one opens to its postings."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="appraisals")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    minutes = models.IntegerField()
    deeds = models.IntegerField()
    duty_minutes = models.PositiveIntegerField()
    duty_deeds = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=14, choices=Verdict.choices)
    as_of = models.DateTimeField()
    own_words = models.TextField(max_length=1000, blank=True)
    opinion = models.CharField(max_length=10, choices=Opinion.choices, blank=True)
    opinion_text = models.CharField(max_length=300, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.UUIDField(null=True, blank=True)
    objection = models.CharField(max_length=300, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    objection_answer = models.CharField(max_length=300, blank=True)
    objection_answered_at = models.DateTimeField(null=True, blank=True)
    objection_answered_by = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.UUIDField(null=True, blank=True)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "member", "year"], name="appraisal_once_a_year"),
            models.CheckConstraint(
                condition=Q(approved_at=None) | ~Q(opinion=""), name="appraisal_approved_with_opinion"
            ),
            models.CheckConstraint(
                condition=Q(objected_at=None, objection="") | (Q(objected_at__isnull=False) & ~Q(objection="")),
                name="appraisal_objected_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(approved_at__isnull=False), name="appraisal_sent_after_approval"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(objected_at=None) | Q(objection_answered_at__isnull=False),
                name="appraisal_sent_after_objection_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("appraisal:appraisal", args=[self.pk])

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
        area = under("path", actor.paths_with(Permission.APPRAISAL_VIEW))
        unit = Q(work_unit__in=actor.units_with(Permission.APPRAISAL_VIEW), sent_at__isnull=False)
        return self.filter(_own(actor) | area | unit)

    def own(self, actor: "Actor") -> "AppraisalQuerySet":
        """The member's own, and what was sent of a record of his that has since been merged into this one."""
        return self.filter(_own(actor))


def _own(actor: "Actor") -> Q:
    if actor.member_id is None:
        return Q(pk__in=[])
    return Q(member_id=actor.member_id) | Q(member__merged_into=actor.member_id)


class Appraisal(CommunityFact):
    """One appraisal per member and year; every figure opens to its postings.

    Approved, its words and figures stand; sent, nothing changes any more (triggers refuse it). What is said
    afterwards is a row of its own.
    """

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
                condition=Q(sent_at=None) | Q(approved_at__isnull=False), name="appraisal_sent_after_approval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("appraisal:appraisal", args=[self.pk])


class AppraisalObjectionQuerySet(models.QuerySet["AppraisalObjection"]):
    def open(self) -> "AppraisalObjectionQuerySet":
        return self.filter(answered_at=None)


class AppraisalObjection(CommunityFact):
    """A member says that his appraisal is wrong, before or after it went to the unit; the community answers, once."""

    appraisal = models.OneToOneField(Appraisal, models.PROTECT, related_name="objection")
    text = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)

    objects = AppraisalObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="appraisal_objection_has_text"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="appraisal_objection_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text

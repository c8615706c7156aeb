"""Quarterly feedback to work units (A50): drafted from postings, approved, frozen, answered."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.appraisal.enums import Answer
from guangcai.appraisal.wording import quarter_in_words
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class QuarterClose(CommunityFact):
    """A community closed a quarter: `quarter` is `2026Q3`. What was confirmed until `as_of` is on the sheets."""

    quarter = models.CharField(max_length=6)
    as_of = models.DateTimeField()
    closed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "community", "quarter"], name="quarter_closed_once"),
            models.CheckConstraint(condition=Q(quarter__regex=r"^[0-9]{4}Q[1-4]$"), name="quarter_written_right"),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.quarter}"


class FeedbackSheetQuerySet(models.QuerySet["FeedbackSheet"]):
    def visible_to(self, actor: "Actor") -> "FeedbackSheetQuerySet":
        """The community's own sheets and its overseers'; for a unit's liaison its own sheets once approved."""
        area = under("path", actor.paths_with(Permission.FEEDBACK_VIEW))
        unit = Q(work_unit__in=actor.units_with(Permission.FEEDBACK_VIEW), approved_at__isnull=False)
        return self.filter(area | unit)


class FeedbackSheet(CommunityFact):
    """One sheet from one community to one work unit for one quarter. Frozen once approved.

    A `supplement_no` above 0 carries what was confirmed after the freeze: never a silent change.
    """

    close = models.ForeignKey(QuarterClose, models.PROTECT, related_name="sheets")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="feedback_sheets")
    quarter = models.CharField(max_length=6)
    supplement_no = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=40, blank=True)
    as_of = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.UUIDField(null=True, blank=True)
    # Units without an account get paper: when it was handed over.
    handed_over_on = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.UUIDField(null=True, blank=True)
    answer = models.CharField(max_length=14, choices=Answer.choices, blank=True)
    answer_text = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    reply = models.CharField(max_length=300, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.UUIDField(null=True, blank=True)

    objects = FeedbackSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "close", "work_unit", "supplement_no"], name="feedback_sheet_once"
            ),
            models.UniqueConstraint(
                fields=["district_code", "number"], condition=~Q(number=""), name="feedback_number_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, number="") | (Q(approved_at__isnull=False) & ~Q(number="")),
                name="feedback_numbered_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="feedback_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False) | Q(read_at=None, answered_at=None, handed_over_on=None),
                name="feedback_read_after_approval",
            ),
        ]
        indexes = [models.Index(fields=["work_unit", "quarter"], name="feedback_by_unit")]

    def __str__(self) -> str:
        return self.number or f"{self.quarter} {self.work_unit_id}"

    @property
    def quarter_in_words(self) -> str:
        return quarter_in_words(self.quarter)

    def get_absolute_url(self) -> str:
        return reverse("appraisal:sheet", args=[self.pk])


class FeedbackLine(CommunityFact):
    """One member on a sheet: minutes, deeds, services and posts as of the freeze, and at most one remark."""

    sheet = models.ForeignKey(FeedbackSheet, models.PROTECT, related_name="lines")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="feedback_lines")
    minutes = models.IntegerField()
    deeds = models.IntegerField()
    services = models.IntegerField()
    posts = models.CharField(max_length=200, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    is_exempt = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district_code", "sheet", "member"], name="feedback_line_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.member_id}"

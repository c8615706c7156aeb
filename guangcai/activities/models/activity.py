"""What is planned: templates, activities with the eight items of a recruitment notice, and their series."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from guangcai.activities.enums import ActivityKind, CancelReason, HolidayRule
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.members.models import ServiceKind, SkillKind
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node, PartyOrganisation

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class Notice(models.Model):
    """The items of a recruitment notice that do not depend on the date (GB/T 40143-2021 6.1).

    The eight are: time and number (on the shift), place, content, conditions, sign-up method, risks, guarantees.
    """

    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=ActivityKind.choices, default=ActivityKind.SERVICE)
    service_kind = models.ForeignKey(ServiceKind, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=120, blank=True)
    content = models.TextField(max_length=2000, blank=True)
    conditions = models.CharField(max_length=300, blank=True)
    sign_up_method = models.CharField(max_length=200, blank=True)
    risk_note = models.CharField(max_length=500, blank=True)
    guarantee = models.CharField(max_length=500, blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    # One deed per attendance when the activity answers a named need (docs/promises.md).
    is_deed = models.BooleanField(default=False)

    class Meta:
        abstract = True


class ActivityTemplate(Notice):
    """A notice to start from, owned by a node and offered to everything below it."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField()
    default_minutes = models.PositiveSmallIntegerField(default=120)
    default_places = models.PositiveSmallIntegerField(default=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "title"], name="template_title_once")]

    def __str__(self) -> str:
        return self.title


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, actor: "Actor") -> "ActivityQuerySet":
        """Published ones of the actor's area; those who prepare activities also see what is not published yet."""
        seen = under("path", actor.paths_with(Permission.ACTIVITY_VIEW)) & Q(published_at__isnull=False)
        return self.filter(seen | under("path", actor.paths_with(Permission.ACTIVITY_EDIT)))


class Activity(CommunityFact, Notice):
    """Something people come together for, in one or more shifts."""

    template = models.ForeignKey(ActivityTemplate, models.PROTECT, null=True, blank=True, related_name="+")
    lead_name = models.CharField(max_length=60, blank=True)
    lead_id = models.UUIDField(null=True, blank=True)
    insurance_ref = models.CharField(max_length=80, blank=True)
    # Held by a branch rather than the community: the small activities of mobile members (A91).
    held_by = models.ForeignKey(PartyOrganisation, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.UUIDField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.UUIDField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=10, choices=CancelReason.choices, blank=True)
    cancel_note = models.CharField(max_length=200, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None)
                | ~(Q(risk_note="") | Q(guarantee="") | Q(place="") | Q(content="") | Q(lead_name="")),
                name="activity_published_with_notice",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ActivityKind.SERVICE) | Q(published_at=None) | Q(service_kind__isnull=False),
                name="activity_service_has_kind",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="activity_cancelled_whole",
            ),
        ]
        indexes = [models.Index(fields=["path", "-created_at"], name="activity_by_path")]

    def __str__(self) -> str:
        return self.title


class RequiredSkill(models.Model):
    """A skill that a shift of the activity asks for; with a certificate where the skill needs one."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="required_skills")
    skill = models.ForeignKey(SkillKind, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "skill"], name="required_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill}"


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, actor: "Actor") -> "SeriesQuerySet":
        """As its activity: published ones of the area, and for the desk those in preparation."""
        seen = under("path", actor.paths_with(Permission.ACTIVITY_VIEW)) & Q(activity__published_at__isnull=False)
        return self.filter(seen | under("path", actor.paths_with(Permission.ACTIVITY_EDIT)))


class Series(CommunityFact):
    """A repeat rule that makes an activity's shifts: every Thursday; the 5th, 15th, 25th; Saturday or Sunday.

    `rule` is RRULE text (RFC 5545). With `either`, the dates of one week are alternatives: one held satisfies it (A20).
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="series")
    rule = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    start_time = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    places = models.PositiveSmallIntegerField()
    on_holiday = models.CharField(max_length=8, choices=HolidayRule.choices, default=HolidayRule.SKIP)
    either = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="series_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.rule

"""Meetings: told before, attended (no hours, ever), minuted, decided."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.facts import Fact
from guangcai.core.scoping import PathField
from guangcai.councils.enums import MinutesStage
from guangcai.councils.models.bodies import Body, BodyMember

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, actor: "Actor") -> Self:
        return self.filter(body__in=Body.objects.visible_to(actor))

    def open(self) -> Self:
        """Neither held and written down, nor called off."""
        return self.filter(closed_at=None, called_off_at=None)

    def held(self) -> Self:
        return self.filter(closed_at__isnull=False)


class Meeting(Fact):
    """One sitting of a body. Told before (`told_at`), then closed with attendance, decisions and the next day, or
    called off with a reason. `residents`: how many came who have no seat."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    path = PathField(editable=False)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    told_at = models.DateTimeField()
    told_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    residents = models.PositiveSmallIntegerField(default=0)
    # Local date on which the body wants to meet again.
    next_on = models.DateField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.UUIDField(null=True, blank=True)
    call_off_reason = models.CharField(max_length=200, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(place=""), name="meeting_told_whole"),
            models.CheckConstraint(condition=Q(told_at__lt=F("starts_at")), name="meeting_told_before"),
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | Q(closed_at__gte=F("starts_at"), next_on__isnull=False, called_off_at=None),
                name="meeting_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(called_off_at=None, call_off_reason="")
                | (Q(called_off_at__isnull=False) & ~Q(call_off_reason="")),
                name="meeting_called_off_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["body", "-starts_at"], name="meeting_by_body")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("councils:meeting", args=[self.pk])


class AgendaItem(Fact):
    """What a meeting talks about, in order; a proposal that is tabled in it, or a matter of its own."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    proposal = models.ForeignKey("councils.Proposal", models.PROTECT, null=True, blank=True, related_name="agenda")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "meeting", "position"], name="agenda_in_order"),
            models.UniqueConstraint(
                fields=["district_code", "meeting", "proposal"],
                condition=Q(proposal__isnull=False),
                name="agenda_proposal_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="agenda_item_named"),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingAttendance(Fact):
    """Somebody of the body was there. It says no more: a meeting is no service and gives no hours (Order 685)."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(BodyMember, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district_code", "meeting", "seat"], name="attended_once")]

    def __str__(self) -> str:
        return f"{self.seat_id} at {self.meeting_id}"


class Decision(Fact):
    """What a meeting decided. Never changed; a later meeting decides anew. It moves no proposal by itself.

    `proposal`: on which one of its agenda; everybody reads these words in the story of the proposal.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    proposal = models.ForeignKey("councils.Proposal", models.PROTECT, null=True, blank=True, related_name="decisions")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "meeting", "position"], name="decision_in_order"),
            models.UniqueConstraint(
                fields=["district_code", "meeting", "proposal"],
                condition=Q(proposal__isnull=False),
                name="decision_once_a_proposal",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class Minutes(Fact):
    """One version of the minutes: a draft, amendments by those who were there, the final one. Rows never change."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes")
    version = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=8, choices=MinutesStage.choices)
    text = models.TextField(max_length=10000)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "meeting", "version"], name="minutes_version_once"),
            models.UniqueConstraint(
                fields=["district_code", "meeting"], condition=Q(stage=MinutesStage.FINAL), name="minutes_final_once"
            ),
            models.CheckConstraint(condition=~Q(text="") & Q(version__gte=1), name="minutes_say_something"),
        ]

    def __str__(self) -> str:
        return f"minutes {self.version} of {self.meeting_id}"

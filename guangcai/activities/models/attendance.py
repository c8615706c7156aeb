"""Who was there, and what came of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from guangcai.activities.enums import Method, Presence
from guangcai.activities.models.shift import Shift
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, actor: "Actor") -> "AttendanceQuerySet":
        """One's own, and those of the area whose roster one may see."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ROSTER_VIEW)))

    def present(self) -> "AttendanceQuerySet":
        return self.filter(presence=Presence.PRESENT)


class Attendance(CommunityFact):
    """One row per member and shift, however often it is sent. `id` may come from the phone.

    `minutes` is what was actually given when it differs from arrival to departure; None means computed at closing.
    """

    # No index of their own: the constraint below begins with the shift, attendance_by_member with the member, and
    # every index is paid for a thousand times when a crowd checks in.
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="attendances", db_index=False)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="attendances", db_index=False)
    presence = models.CharField(max_length=12, choices=Presence.choices, default=Presence.PRESENT)
    method = models.CharField(max_length=8, choices=Method.choices)
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    # Sent by a phone that had no network, within the hours the policy allows.
    is_late_arrival = models.BooleanField(default=False)
    # A paper list names why it was typed later, and the second person who saw it.
    reason = models.CharField(max_length=200, blank=True)
    witnessed_by = models.UUIDField(null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "member", "district_code"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")), name="attendance_leaves_after_arrival"
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.PAPER) | (~Q(reason="") & Q(witnessed_by__isnull=False)),
                name="attendance_paper_with_reason_and_witness",
            ),
            models.CheckConstraint(
                condition=Q(witnessed_by=None) | ~Q(witnessed_by=F("recorded_by")),
                name="attendance_witness_is_second_person",
            ),
        ]
        indexes = [models.Index(fields=["member", "-recorded_at"], name="attendance_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.shift_id}"


class Outcome(CommunityFact):
    """What a shift achieved, with quantity and unit of measure (A41): summed in reports."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="outcomes")
    name = models.CharField(max_length=60)
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "shift", "name", "unit"], name="outcome_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(unit=""), name="outcome_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quantity} {self.unit}"

"""A shift of an activity, and the people who signed up for it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from guangcai.activities.enums import CancelReason, Occasion
from guangcai.activities.models.activity import Activity, Series
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, actor: "Actor") -> "ShiftQuerySet":
        seen = under("path", actor.paths_with(Permission.ACTIVITY_VIEW)) & Q(activity__published_at__isnull=False)
        return self.filter(seen | under("path", actor.paths_with(Permission.ACTIVITY_EDIT)))

    def planned(self) -> "ShiftQuerySet":
        """Neither called off nor closed."""
        return self.filter(cancelled_at=None, closed_at=None)


class Shift(CommunityFact):
    """A slot of time with places. Closing it turns attendance into service entries."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="shifts")
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    # Shifts of one group are alternatives: the week is served when one of them was held.
    alternative_group = models.CharField(max_length=60, blank=True)
    # The key of the on-site code (activities/codes.py); changes when it leaked.
    code_key = models.BinaryField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.UUIDField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=10, choices=CancelReason.choices, blank=True)
    cancel_note = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    head_count = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            models.CheckConstraint(condition=Q(places__gt=0), name="shift_has_places"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="shift_cancelled_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(closed_at=None), name="shift_cancelled_or_closed"
            ),
            models.UniqueConstraint(
                fields=["district_code", "series", "starts_at"], name="shift_once_per_series_and_time"
            ),
        ]
        indexes = [models.Index(fields=["path", "starts_at"], name="shift_by_path")]

    def __str__(self) -> str:
        return f"{self.activity} {self.starts_at:%Y-%m-%d %H:%M}"


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def visible_to(self, actor: "Actor") -> "SignUpQuerySet":
        """One's own, and those of the area whose roster one may see."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ROSTER_VIEW)))

    def live(self) -> "SignUpQuerySet":
        return self.filter(cancelled_at=None)

    def placed(self) -> "SignUpQuerySet":
        return self.filter(cancelled_at=None, place_no__isnull=False)

    def waiting(self) -> "SignUpQuerySet":
        """Without a place, first come first."""
        return self.filter(cancelled_at=None, place_no=None).order_by("signed_up_at", "id")


class SignUp(CommunityFact):
    """A member wants to come. With a `place_no` he has a place; without one he waits, in the order of signing up.

    The place number is unique among live sign-ups of a shift: two people can never hold the last place.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="sign_ups")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="sign_ups")
    place_no = models.PositiveSmallIntegerField(null=True, blank=True)
    signed_up_at = models.DateTimeField()
    signed_up_by = models.UUIDField(null=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.UUIDField(null=True, blank=True)
    cancelled_in_time = models.BooleanField(null=True, blank=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "shift", "member"], condition=Q(cancelled_at=None), name="sign_up_once"
            ),
            models.UniqueConstraint(
                fields=["district_code", "shift", "place_no"], condition=Q(cancelled_at=None), name="place_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(place_no=None, placed_at=None) | Q(place_no__gte=1, placed_at__isnull=False),
                name="sign_up_placed_when",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_in_time=None)
                | Q(cancelled_at__isnull=False, cancelled_in_time__isnull=False),
                name="sign_up_cancelled_whole",
            ),
        ]
        indexes = [models.Index(fields=["member", "-signed_up_at"], name="sign_up_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.shift_id}"


class ShiftNoticeQuerySet(models.QuerySet["ShiftNotice"]):
    def visible_to(self, actor: "Actor") -> "ShiftNoticeQuerySet":
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()


class ShiftNotice(CommunityFact):
    """Somebody who signed up was told something, in the application and through the message adapter.

    One row per occasion: a second change brings the same row up again, it does not send a second message.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="notices")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="shift_notices")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = ShiftNoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "shift", "member", "occasion"], name="shift_notice_once_per_occasion"
            )
        ]
        indexes = [models.Index(fields=["member", "-told_at"], name="shift_notice_by_member")]

    def __str__(self) -> str:
        return f"{self.occasion} {self.shift_id} {self.member_id}"

"""Who has a resource from when to when: asked, confirmed, used and given back, or refused, or cancelled."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.places.enums import BookingEnd, BookingState
from guangcai.places.models.resources import SharedResource

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


# Ended by somebody who said why; ended before anybody confirmed it.
SAID = (BookingEnd.REFUSED, BookingEnd.CANCELLED)
UNANSWERED = (BookingEnd.REFUSED, BookingEnd.LAPSED)


class BookingQuerySet(models.QuerySet["Booking"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Bookings of one's communities, of what lies there, and of what one's unit lends. Who else has booked a
        resource at what hours, anybody sees who sees the resource: see queries.calendar."""
        paths = actor.paths_with(Permission.RESOURCE_VIEW)
        owned = Q(resource__work_unit__in=actor.units_with(Permission.RESOURCE_EDIT))
        return self.filter(under("path", paths) | under("resource__path", paths) | owned)

    def standing(self) -> Self:
        """Neither refused nor cancelled nor lapsed."""
        return self.filter(ended_at=None)

    def taking(self, now: datetime) -> Self:
        """Those that take their time: what nobody answered before it began takes it no more."""
        return self.standing().filter(Q(confirmed_at__isnull=False) | Q(starts_at__gt=now))

    def to_answer(self, now: datetime) -> Self:
        return self.standing().filter(confirmed_at=None, starts_at__gt=now)

    def to_lapse(self, now: datetime) -> Self:
        """Their time has begun and nobody has answered."""
        return self.standing().filter(confirmed_at=None, starts_at__lte=now)

    def to_return(self, now: datetime) -> Self:
        """Used, and nobody has written down how it was given back."""
        return self.standing().filter(confirmed_at__isnull=False, returned_at=None, ends_at__lte=now)


class Span(Func):
    """`tstzrange(starts_at, ends_at)`: half open, so one booking may begin when another ends."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Booking(CommunityFact):
    """A community has a resource from instant to instant. `community`: who asked.

    One row all its life: asked, then confirmed by the owner and returned, or ended: refused, cancelled, or lapsed
    because nobody answered before its time began.
    people, used_minutes: the use record. thanks: a line back to the owner.
    """

    resource = models.ForeignKey(SharedResource, models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    purpose = models.CharField(max_length=200)
    # Whom the owner rings up: a worker of the community.
    contact_name = models.CharField(max_length=60)
    contact_phone = EncryptedTextField(purpose="places.booking.contact_phone", blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.UUIDField(null=True, blank=True)
    condition = models.CharField(max_length=200, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    used_minutes = models.PositiveIntegerField(null=True, blank=True)
    thanks = models.CharField(max_length=300, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)
    thanked_by = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end = models.CharField(max_length=9, choices=BookingEnd.choices, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="booking_one_at_a_time",
                expressions=[
                    ("district_code", RangeOperators.EQUAL),
                    ("resource", RangeOperators.EQUAL),
                    (Span(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start"),
            models.CheckConstraint(
                condition=~(Q(purpose="") | Q(contact_name="")), name="booking_says_what_for_and_who"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None, condition="", people=None, used_minutes=None)
                | (
                    Q(returned_at__isnull=False, confirmed_at__isnull=False, ended_at=None)
                    & Q(people__isnull=False, used_minutes__isnull=False)
                ),
                name="booking_returned_whole",
            ),
            models.CheckConstraint(
                condition=Q(thanks="", thanked_at=None, thanked_by=None)
                | (Q(returned_at__isnull=False, thanked_at__isnull=False) & ~Q(thanks="")),
                name="booking_thanked_after_return",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end="", end_reason="")
                | Q(ended_at__isnull=False, end=BookingEnd.LAPSED, end_reason="")
                | (Q(ended_at__isnull=False, end__in=SAID) & ~Q(end_reason="")),
                name="booking_ended_whole",
            ),
            models.CheckConstraint(
                condition=~Q(end__in=UNANSWERED) | Q(confirmed_at=None), name="booking_refused_before_confirmed"
            ),
        ]
        indexes = [
            models.Index(fields=["resource", "starts_at"], name="booking_by_resource"),
            models.Index(fields=["path", "-starts_at"], name="booking_by_path"),
        ]

    def __str__(self) -> str:
        return self.purpose

    def get_absolute_url(self) -> str:
        return reverse("places:booking", args=[self.pk])

    def state(self, now: datetime) -> BookingState:
        if self.ended_at is not None:
            return BookingState(self.end)
        if self.returned_at is not None:
            return BookingState.RETURNED
        if self.confirmed_at is None:
            return BookingState.ASKED if self.starts_at > now else BookingState.LAPSED
        return BookingState.TO_RETURN if self.ends_at <= now else BookingState.CONFIRMED

"""The ledger's two append-only tables (docs/adr/0006).

An entry says what was done; a posting says that somebody else confirmed it, and only postings count. Nothing here is
ever changed or removed (triggers refuse it): a mistake is undone by a reversing entry and its negative posting.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.ledger.enums import EntryOrigin, EntryState
from guangcai.members.models import ServiceKind
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor
    from guangcai.members.models import Member
    from guangcai.orgs.models import Node

# Order 67 art 7: the seven fields of a service record.
MINUTES_A_DAY = 24 * 60


class ServiceEntryQuerySet(models.QuerySet["ServiceEntry"]):
    def visible_to(self, actor: "Actor") -> "ServiceEntryQuerySet":
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ENTRY_VIEW)))

    def waiting(self) -> "ServiceEntryQuerySet":
        """Recorded, and neither confirmed nor declined."""
        return self.filter(wait__isnull=False)

    def standing(self) -> "ServiceEntryQuerySet":
        """Confirmed, and not reversed since: what counts, without the pairs that cancel out."""
        return self.filter(posting__isnull=False, reversed_by=None, reverses=None)

    def certifiable(self, *, member: "Member", community: "Node", since: date, until: date) -> "ServiceEntryQuerySet":
        """What `community` may certify: it recorded it, somebody confirmed it, it stands (both days inclusive)."""
        rows = self.standing().filter(member=member, community=community, served_on__range=(since, until))
        return rows.order_by("starts_at", "pk")

    def with_state(self) -> "ServiceEntryQuerySet":
        """Annotate `state`, one of EntryState, told by the rows that point to the entry."""
        return self.annotate(
            state=Case(
                When(origin=EntryOrigin.REVERSAL, then=Value(EntryState.REVERSAL)),
                When(Exists(ServiceEntry.objects.filter(reverses=OuterRef("pk"))), then=Value(EntryState.REVERSED)),
                When(Exists(Posting.objects.filter(entry=OuterRef("pk"))), then=Value(EntryState.CONFIRMED)),
                When(Exists(EntryDecline.objects.filter(entry=OuterRef("pk"))), then=Value(EntryState.DECLINED)),
                default=Value(EntryState.WAITING),
                output_field=models.CharField(),
            )
        )


class ServiceEntry(CommunityFact):
    """One act of service by one member, as recorded: minutes actually given, and at most one deed.

    `source` says where it comes from (`attendance:<id>`): one act cannot be recorded twice.
    """

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="service_entries")
    served_on = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    minutes = models.SmallIntegerField()
    deeds = models.SmallIntegerField(default=0)
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    activity_name = models.CharField(max_length=120)
    content = models.CharField(max_length=300)
    place = models.CharField(max_length=120)
    recording_unit = models.CharField(max_length=120)
    lead_name = models.CharField(max_length=60)
    origin = models.CharField(max_length=12, choices=EntryOrigin.choices)
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    # Service inside office hours is shown as such, not refused ("八小时之外").
    in_office_hours = models.BooleanField(default=False)
    # Recorded after the deadline of Order 67 art 11.
    is_late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    objects = ServiceEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "source"], name="entry_source_once"),
            models.CheckConstraint(
                condition=Q(reverses=None, minutes__gte=0, minutes__lte=MINUTES_A_DAY, deeds__in=[0, 1])
                | Q(reverses__isnull=False, minutes__lte=0, minutes__gte=-MINUTES_A_DAY, deeds__in=[0, -1]),
                name="entry_minutes_and_deeds",
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="entry_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(origin__in=[EntryOrigin.BACK_FILL, EntryOrigin.CORRECTION, EntryOrigin.REVERSAL])
                | ~Q(reason=""),
                name="entry_reason_where_unusual",
            ),
            models.CheckConstraint(
                condition=Q(origin=EntryOrigin.REVERSAL, reverses__isnull=False)
                | (~Q(origin=EntryOrigin.REVERSAL) & Q(reverses=None)),
                name="entry_reversal_names_entry",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "-served_on"], name="entry_by_path"),
            models.Index(fields=["member", "-served_on"], name="entry_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.served_on} {self.activity_name}"

    def get_absolute_url(self) -> str:
        return reverse("ledger:entry", args=[self.pk])


class Posting(CommunityFact):
    """Confirmed minutes and deeds: the only rows that totals, sheets, appraisals and certificates sum.

    Carries what a sum needs, so that a year is closed from one index without a join.
    """

    entry = models.OneToOneField(ServiceEntry, models.PROTECT, related_name="posting")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="postings")
    served_on = models.DateField()
    minutes = models.SmallIntegerField()
    deeds = models.SmallIntegerField()
    recorded_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            # Maker is not checker. (The program itself records for two named people: see ledger.rules.)
            models.CheckConstraint(
                condition=Q(recorded_by=None) | Q(confirmed_by=None) | ~Q(recorded_by=F("confirmed_by")),
                name="posting_maker_is_not_checker",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "served_on"], include=["minutes", "deeds"], name="posting_sums_by_member"),
            models.Index(fields=["path", "served_on"], include=["minutes", "deeds"], name="posting_sums_by_path"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.minutes}"


class ServiceSpan(CommunityFact):
    """When a member was serving, by confirmed entries: the database refuses two at once.

    Not a fact of its own but the index behind that promise: a reversal removes the span of what it reverses.
    """

    entry = models.OneToOneField(ServiceEntry, models.PROTECT, related_name="span")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="service_spans")
    during = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="service_spans_do_not_overlap",
                expressions=[("member", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.during}"


class EntryDecline(CommunityFact):
    """An entry that the second person did not confirm, and why. It stays, and counts nothing."""

    entry = models.OneToOneField(ServiceEntry, models.PROTECT, related_name="decline")
    declined_at = models.DateTimeField()
    declined_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decline_has_reason")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.reason}"


class WaitingEntry(models.Model):
    """An entry that nobody has confirmed or declined yet. Database triggers write and remove the row, so that what
    waits is counted from a short table, however many years the ledger holds (`guangcai verify` proves them equal)."""

    entry = models.OneToOneField(
        ServiceEntry, models.PROTECT, primary_key=True, related_name="wait", db_constraint=False
    )
    path = PathField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["path"], name="waiting_by_path")]

    def __str__(self) -> str:
        return str(self.entry_id)

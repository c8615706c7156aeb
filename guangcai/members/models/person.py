"""The member: one person, once, with exactly the five field groups of the register (A03)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.members.enums import DuplicateReason, Gender, MemberCategory, MemberType
from guangcai.members.models.abilities import Occupation
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

PHONE_PURPOSE = "members.member.phone"
PHONE_TAIL_PURPOSE = "members.member.phone_tail"
ADDRESS_PURPOSE = "members.member.address"
# On the roster: neither ended nor merged into another record.
CURRENT = Q(ended_at=None, merged_into=None)


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, actor: "Actor") -> "MemberQuerySet":
        """The actor himself, the members of his area, and the own members of his work unit (A53)."""
        from guangcai.members.models.links import Employment  # cycle: links point to members

        own = Q(pk=actor.member_id) if actor.member_id else Q(pk__in=[])
        scope = own | under("path", actor.paths_with(Permission.ROSTER_VIEW))
        if units := actor.units_with(Permission.UNIT_ROSTER_VIEW):
            employed = Employment.objects.filter(member=OuterRef("pk"), work_unit__in=units, until=None)
            return self.filter(scope | Exists(employed))
        return self.filter(scope)

    def current(self) -> "MemberQuerySet":
        """Members on the roster: neither ended nor merged into another record."""
        return self.filter(CURRENT)


class Member(Fact):
    """A Party member who serves. Identified by name + phone + unit; ID numbers are not stored.

    `community` and `path` repeat the open residence so that lists need no join (`guangcai verify` proves them equal);
    without a residence `path` is where the work unit is overseen.
    """

    # Basic facts
    name = models.CharField(max_length=60)
    name_pinyin = models.CharField(max_length=400, blank=True)
    name_initials = models.CharField(max_length=60, blank=True)
    # Syllable, tone and character of each: a C collation sorts it as a Chinese reader expects.
    name_sort = models.CharField(max_length=600, blank=True, db_collation="C")
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    joined_party_on = models.DateField(null=True, blank=True)
    member_type = models.CharField(max_length=20, choices=MemberType.choices, default=MemberType.IN_SERVICE)
    category = models.CharField(max_length=24, choices=MemberCategory.choices, blank=True)
    national_volunteer_no = models.CharField(max_length=40, blank=True)
    # Occupation
    occupation = models.ForeignKey(Occupation, models.PROTECT, null=True, blank=True, related_name="members")
    job_title = models.CharField(max_length=60, blank=True)
    # Contact
    phone = EncryptedTextField(purpose=PHONE_PURPOSE, blank=True)
    phone_index = models.CharField(max_length=80, blank=True)
    phone_tail_index = models.CharField(max_length=80, blank=True)
    address = EncryptedTextField(purpose=ADDRESS_PURPOSE, blank=True)
    last_contact_on = models.DateField(null=True, blank=True)
    # Place
    community = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    building = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    path = PathField(blank=True)
    # Life of the record
    is_demo = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=120, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_records", db_index=False
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False), name="member_ended_when"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="member_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(ended_at__isnull=False), name="member_merged_has_ended"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="member_named"),
        ]
        indexes = [
            # A community's list is a range of paths; a district's is read in the order of names.
            models.Index(fields=["path", "name_sort"], condition=CURRENT, name="member_by_path"),
            # With what the search box compares, so that it reads the index alone.
            models.Index(
                fields=["name_sort", "id"],
                include=["path", "name", "name_pinyin", "name_initials"],
                condition=CURRENT,
                name="member_by_order",
            ),
            models.Index(fields=["phone_index"], name="member_by_phone"),
            models.Index(fields=["phone_tail_index"], name="member_by_phone_tail"),
            models.Index(fields=["name"], name="member_by_name"),
            models.Index(fields=["merged_into"], name="member_by_merger", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("members:person", args=[self.pk])

    @property
    def is_current(self) -> bool:
        return self.ended_at is None and self.merged_into_id is None


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, actor: "Actor") -> "DuplicatePairQuerySet":
        """Pairs of which at least one record lies where the actor keeps the roster."""
        paths = actor.paths_with(Permission.ROSTER_EDIT)
        return self.filter(under("first__path", paths) | under("second__path", paths))

    def open(self) -> "DuplicatePairQuerySet":
        return self.filter(decided_at=None)


class DuplicatePair(Fact):
    """Two records that may be one person, offered to a worker: merged, or told apart for good, never silently."""

    first = models.ForeignKey(Member, models.PROTECT, related_name="+")
    second = models.ForeignKey(Member, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=30, choices=DuplicateReason.choices)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    is_same_person = models.BooleanField(null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_ordered"),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_same_person=None)
                | Q(decided_at__isnull=False, is_same_person__isnull=False),
                name="duplicate_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"


class SavedFilter(models.Model):
    """A roster filter somebody keeps under a name: the query string of the list."""

    user_id = models.UUIDField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name

"""Visits, what they found, and alerts: facts that are appended and corrected by a new row."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from guangcai.care.models.household import Household
from guangcai.care.models.pairing import Pairing
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.kinds import Kind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Member
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class VisitKind(Kind):
    """How somebody was visited: at the door, by phone, and the five of A64. Shipped as data, editable."""


class NeedKind(Kind):
    """What a household may need: what the visitor ticks."""


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Visits to the households one sees now, and nobody else's: a pairing that ended takes its visits along."""
        households = Household.objects.visible_to(actor)
        return self.filter(household__in=households)

    def standing(self) -> Self:
        """Without those that a later row corrects."""
        return self.filter(~Exists(Visit.objects.filter(corrects=OuterRef("pk"))))

    def in_area_of(self, actor: "Actor") -> Self:
        """For figures: visits of the desk's or the overseer's area, counted and never shown one by one."""
        paths = (*actor.paths_with(Permission.CARE_VIEW), *actor.paths_with(Permission.CARE_OVERSEE))
        return self.filter(under("path", paths))


class Visit(CommunityFact):
    """Somebody was with a household, or spoke with it. Append-only: a correction is a new row that names the old one.

    The words stand apart (VisitNote), so that they can be taken away after the retention while the visit stays.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="visits")
    # None when the desk went itself.
    pairing = models.ForeignKey(Pairing, models.PROTECT, null=True, blank=True, related_name="visits")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="visits")
    visited_on = models.DateField()
    kind = models.ForeignKey(VisitKind, models.PROTECT, related_name="+")
    # Asked for a child only: who is alone with a child is never the visitor.
    with_guardian = models.BooleanField(default=False)
    is_major_change = models.BooleanField(default=False)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "corrects"], condition=Q(corrects__isnull=False), name="visit_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="visit_does_not_correct_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["household", "-visited_on"], name="visit_by_household"),
            models.Index(fields=["path", "visited_on"], name="visit_by_path"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.visited_on}"


class VisitNote(Fact):
    """The words of a visit, sealed."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="written")
    note = EncryptedTextField(purpose="care.visit.note")

    def __str__(self) -> str:
        return f"note of {self.visit_id}"


class VisitNeed(Fact):
    """A need ticked at a visit. Its id is what a case will name as its origin."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="needs")
    kind = models.ForeignKey(NeedKind, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district_code", "visit", "kind"], name="visit_need_once")]

    def __str__(self) -> str:
        return f"{self.kind}"


class Alert(CommunityFact):
    """A major change in a household: the next visit is due at `due_at`. A visit answers it."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "household"], condition=Q(answered_at=None), name="alert_one_open"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("raised_at")), name="alert_due_later"),
            models.CheckConstraint(condition=Q(answer=None) | Q(answered_at__isnull=False), name="alert_answered_when"),
        ]
        indexes = [models.Index(fields=["path", "due_at"], condition=Q(answered_at=None), name="alert_open_by_path")]

    def __str__(self) -> str:
        return f"{self.household_id} due {self.due_at:%Y-%m-%d %H:%M}"

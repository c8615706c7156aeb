"""What is said about entries after they were written: objections by members, spot checks by the street."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger.enums import ObjectionOutcome, SampleResult
from guangcai.ledger.models.entries import ServiceEntry
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


def next_month(month: date) -> date:
    """The first day of the month after that of `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, actor: "Actor") -> "ObjectionQuerySet":
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ENTRY_VIEW)))

    def open(self) -> "ObjectionQuerySet":
        return self.filter(answered_at=None)


class Objection(CommunityFact):
    """A member says that an entry is wrong (Order 67 arts 12, 13). The old value stays whatever comes of it."""

    entry = models.ForeignKey(ServiceEntry, models.PROTECT, related_name="objections")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="objections")
    text = models.CharField(max_length=300)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=ObjectionOutcome.choices, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="objection_answered_whole",
            ),
            models.UniqueConstraint(
                fields=["district_code", "entry"], condition=Q(answered_at=None), name="objection_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SampleCheckQuerySet(models.QuerySet["SampleCheck"]):
    def visible_to(self, actor: "Actor") -> "SampleCheckQuerySet":
        """For those who check: the community that is checked does not see what was drawn before it is checked."""
        return self.filter(under("path", actor.paths_with(Permission.SAMPLE_VIEW)))

    def of_month(self, path: str, month: date) -> "SampleCheckQuerySet":
        """Drawn from the service of one month (`month`: its first day) under `path`."""
        rows = self.filter(under("path", [path]), entry__served_on__gte=month, entry__served_on__lt=next_month(month))
        return rows.order_by("entry__served_on", "pk")


class SampleCheck(CommunityFact):
    """A confirmed entry drawn at random for the street to ask about (promise T5)."""

    entry = models.OneToOneField(ServiceEntry, models.PROTECT, related_name="sample_check")
    drawn_on = models.DateField()
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.UUIDField(null=True, blank=True)
    result = models.CharField(max_length=10, choices=SampleResult.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = SampleCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at=None, result="") | (Q(checked_at__isnull=False) & ~Q(result="")),
                name="sample_checked_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.result}"

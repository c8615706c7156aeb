"""Studios: where members receive residents at set hours (A19-A21). The sessions are shifts of one activity."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.activities.models import Activity
from guangcai.core.kinds import KeptKind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.text import is_blank
from guangcai.members.models import ServiceKind
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit
from guangcai.places.models import ServicePoint

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class StudioKind(KeptKind):
    """What a studio helps with; service_kind: what sitting there counts as in the record of service."""

    service_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")


class StudioQuerySet(models.QuerySet["Studio"]):
    def visible_to(self, actor: "Actor") -> Self:
        return self.filter(under("path", actor.paths_with(Permission.STUDIO_VIEW)))

    def open(self) -> Self:
        return self.filter(ended_at=None)


class Studio(CommunityFact):
    """A studio of a community: what for, where, who runs it, what it offers.

    Its sessions are the shifts of `activity`: the opening rule, the seats, attendance, closing and hours are theirs.
    place: in words, where it is no service point. services: one a line. slot_minutes: for an appointment; 0 takes
    none.
    """

    kind = models.ForeignKey(StudioKind, models.PROTECT, related_name="studios")
    name = models.CharField(max_length=60)
    host = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    point = models.ForeignKey(ServicePoint, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=120)
    services = models.TextField(max_length=1000, blank=True)
    activity = models.OneToOneField(Activity, models.PROTECT, related_name="studio")
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = StudioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "name"], condition=Q(ended_at=None), name="studio_named_once"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(place=""), name="studio_named"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="studio_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="studio_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("studios:studio", args=[self.pk])

    @property
    def service_lines(self) -> list[str]:
        return [line.strip() for line in self.services.splitlines() if not is_blank(line)]

    @property
    def takes_appointments(self) -> bool:
        return self.slot_minutes > 0

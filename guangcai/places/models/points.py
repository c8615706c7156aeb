"""Service points of the tree, and what a district calls their kinds."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places.enums import ClubKind, PointKind

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class PointLabel(models.Model):
    """What a kind of service point is called under a node; the nearest node wins (A69)."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    kind = models.CharField(max_length=8, choices=PointKind.choices)
    label = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "kind"], name="point_label_once"),
            models.CheckConstraint(condition=~Q(label=""), name="point_label_said"),
        ]

    def __str__(self) -> str:
        return self.label


class ServicePointQuerySet(models.QuerySet["ServicePoint"]):
    def open(self) -> Self:
        """In use: what anybody may read. The directory holds no personal data."""
        return self.filter(ended_at=None)

    def kept_by(self, actor: "Actor") -> Self:
        """Those the actor may change: the desk its community's, the district's administrator all of the district."""
        rights = (Permission.PLACE_EDIT, Permission.TREE_EDIT)
        return self.filter(under("path", [path for right in rights for path in actor.paths_with(right)]))


class ServicePoint(Fact):
    """A place where residents find a service, at the node it serves: district, street, community or below.

    services: one a line. meets: when a club comes together, in words. phone: of the place, which is public.
    """

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    kind = models.CharField(max_length=8, choices=PointKind.choices)
    club_kind = models.CharField(max_length=12, choices=ClubKind.choices, blank=True)
    name = models.CharField(max_length=60)
    host = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    services = models.TextField(max_length=1000, blank=True)
    meets = models.CharField(max_length=120, blank=True)
    # Local dates: `since` the first day of use, `until` the first day without.
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = ServicePointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "node", "kind", "name"],
                condition=Q(ended_at=None),
                name="service_point_named_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="service_point_named"),
            models.CheckConstraint(
                condition=Q(kind=PointKind.CLUB) & ~Q(club_kind="")
                | ~Q(kind=PointKind.CLUB) & Q(club_kind="", meets=""),
                name="service_point_club_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PointKind.HOME) | Q(host__isnull=False), name="service_point_home_has_host"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, until=None, end_reason="")
                | (Q(ended_at__isnull=False, until__gte=F("since")) & ~Q(end_reason="")),
                name="service_point_ended_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], condition=Q(ended_at=None), name="service_point_by_path"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("places:point", args=[self.pk])

    @property
    def service_lines(self) -> list[str]:
        return [line for line in self.services.splitlines() if line]

"""Technicians (A67): who can be asked for which trade, and when."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from guangcai.cases.models.catalogue import Category, Item
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.members.models import Member
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class TechnicianQuerySet(models.QuerySet["Technician"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of the desk's own area and of the nodes above it, whom it may ask as well."""
        paths = actor.paths_with(Permission.CASE_VIEW)
        above = {one for path in paths for one in ancestors(path)}
        return self.filter(under("path", paths) | Q(path__in=above))

    def serving(self, path: str, *, on: date) -> Self:
        """Those who may be asked in the community of `path` on the local date `on`."""
        return self.filter(Q(until=None) | Q(until__gt=on), path__in=ancestors(path), since__lte=on)


class Technician(models.Model):
    """Somebody with a trade, at the node he serves: a community, a street or the district.

    member: set when he is one. Work of a volunteer who is a member counts in his ledger; paid work never does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(purpose="cases.technician.phone", blank=True)
    is_paid = models.BooleanField(default=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="technician_rows")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    objects = TechnicianQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="technician_named"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="technician_ends_after"),
            models.UniqueConstraint(
                fields=["node", "member"], condition=Q(until=None, member__isnull=False), name="technician_member_once"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="technician_by_path")]

    def __str__(self) -> str:
        return self.name


class TechnicianSkill(models.Model):
    """What a technician can do: a whole category, or one item."""

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="skills")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["technician", "category", "item"], nulls_distinct=False, name="technician_skill_once"
            ),
            models.CheckConstraint(
                condition=Q(category=None, item__isnull=False) | Q(category__isnull=False, item=None),
                name="technician_skill_one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician_id}: {self.category_id or self.item_id}"


class RotaHours(models.Model):
    """When a technician is on duty: a weekday (1 Monday to 7 Sunday) and local clock times."""

    technician = models.ForeignKey(Technician, models.CASCADE, related_name="rota")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["technician", "weekday", "opens"], name="rota_hours_once"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="rota_hours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="rota_hours_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"

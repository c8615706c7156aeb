"""Who may do what, where, from when to when: a grant is role x node, and it ends; it is never deleted."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.orgs.models.organisations import WorkUnit, in_force
from guangcai.orgs.models.tree import Node
from guangcai.orgs.roles import Role

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, actor: "Actor") -> "GrantQuerySet":
        """Grants of the area whose grants the actor gives, and his own."""
        return self.filter(Q(user_id=actor.user_id) | under("path", actor.paths_with(Permission.GRANT_EDIT)))

    def in_force(self, on: date) -> "GrantQuerySet":
        return self.filter(in_force(on))


class Grant(models.Model):
    """A role held over a subtree, or over one work unit."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24, choices=Role.choices)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="grants")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="grants")
    # The node's path, or the path under which the work unit is overseen.
    path = PathField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.UNIT_LIAISON, work_unit__isnull=False, node=None)
                | (~Q(role=Role.UNIT_LIAISON) & Q(work_unit=None, node__isnull=False)),
                name="grant_liaison_on_unit_others_on_node",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="grant_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False), name="grant_ended_when"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "node"], condition=Q(ended_at=None), name="grant_once_per_node"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "work_unit"], condition=Q(ended_at=None), name="grant_once_per_work_unit"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="grant_by_path")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} @ {self.node or self.work_unit}"

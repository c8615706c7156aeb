"""Who mediates (A23, the neighbourhood's elder), and what neighbours quarrel about."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.ids import new_id
from guangcai.core.kinds import KeptKind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.members.models import Member
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class CauseKind(KeptKind):
    """What neighbours quarrel about: noise, leaking water, parking. Shipped as data, editable."""


class MediatorQuerySet(models.QuerySet["Mediator"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of the desk's own area."""
        return self.filter(under("path", actor.paths_with(Permission.MEDIATION_VIEW)))

    def serving(self) -> Self:
        return self.filter(until=None)


class Mediator(models.Model):
    """Somebody neighbours listen to, in one community: a member, or an elder who is none.

    A member's sessions are service and become entries; an elder's are not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(purpose="mediation.mediator.phone", blank=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="mediator_rows")
    since = models.DateField()
    # Exclusive.
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    objects = MediatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="mediator_named"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="mediator_ends_after"),
            models.UniqueConstraint(
                fields=["node", "member"], condition=Q(until=None, member__isnull=False), name="mediator_member_once"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="mediator_by_path")]

    def __str__(self) -> str:
        return self.name

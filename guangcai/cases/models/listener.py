"""Other systems that are told when a case moves."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class ListenerQuerySet(models.QuerySet["Listener"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of the places whose rules the actor sets."""
        return self.filter(under("node__path", actor.paths_with(Permission.POLICY_EDIT)))

    def listening(self) -> Self:
        return self.filter(ended_at=None)


class Listener(models.Model):
    """One system that is told of the cases under a place, by signed calls. Never changed: ended, and added anew.

    url and secret are sealed: an address may hold a token, and whoever has the secret can speak in our name.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    url = EncryptedTextField(purpose="cases.listener.url")
    secret = EncryptedTextField(purpose="cases.listener.secret")
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    objects = ListenerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="case_listener_named"),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="case_listener_ended_whole"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at=None), name="case_listener_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

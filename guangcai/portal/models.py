"""Complaints and suggestions: anybody may write one, signed in or not; the community answers."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.orgs.models import Node

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

CONTACT_PURPOSE = "portal.suggestion.contact"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, actor: "Actor") -> "SuggestionQuerySet":
        """Those of the actor's area; what names no community lies with the district."""
        return self.filter(under("path", actor.paths_with(Permission.SUGGESTION_READ)))

    def open(self) -> "SuggestionQuerySet":
        return self.filter(answered_at=None)


class Suggestion(Fact):
    """What somebody has to say (document 001: 提一条合理化建议). Whoever holds the link of its id reads the answer.

    `path` is the community's, or the district's when none is named. `contact` is sealed and given freely.
    """

    community = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    path = PathField(editable=False)
    text = models.CharField(max_length=1000)
    contact = EncryptedTextField(purpose=CONTACT_PURPOSE, blank=True)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="suggestion_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="suggestion_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "-written_at"], name="suggestion_by_path"),
            models.Index(fields=["path"], name="suggestion_open", condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"

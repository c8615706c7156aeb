"""Addresses under which a calendar program reads somebody's own dates, or a community's: secret, revoked with a tap."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guangcai.core.ids import new_id
from guangcai.orgs.models import Node


class FeedKind(models.TextChoices):
    """Codes are stored: never rename one."""

    OWN = "own", _("My own dates")
    COMMUNITY = "community", _("Activities of a community")


class FeedLinkQuerySet(models.QuerySet["FeedLink"]):
    def in_force(self) -> "FeedLinkQuerySet":
        """Neither revoked nor of a closed account."""
        return self.filter(revoked_at=None, user__closed_at=None)


class FeedLink(models.Model):
    """A link of one account. Only the hash of its secret is kept: the address is shown once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="feed_links")
    kind = models.CharField(max_length=9, choices=FeedKind.choices)
    # The community of a feed of activities.
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = FeedLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FeedKind.OWN, node=None) | Q(kind=FeedKind.COMMUNITY, node__isnull=False),
                name="feed_of_a_community_has_node",
            ),
        ]
        indexes = [models.Index(fields=["user", "-made_at"], name="feed_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""The territory: one closed path per node, so that a subtree is a range (core.scoping)."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.orgs.enums import CommunityType, Level

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class NodeQuerySet(models.QuerySet["Node"]):
    def visible_to(self, actor: "Actor") -> "NodeQuerySet":
        """Nodes in the actor's area. The tree holds no personal data; the scope keeps lists short."""
        return self.held_by(actor, Permission.TREE_VIEW)

    def held_by(self, actor: "Actor", permission: Permission) -> "NodeQuerySet":
        """Nodes where the actor holds `permission`; `in_force(today).communities()` in front makes a choice list."""
        return self.filter(under("path", actor.paths_with(permission)))

    def in_force(self, on: date) -> "NodeQuerySet":
        """Nodes that exist on the local date `on`."""
        return self.filter(Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on))

    def communities(self) -> "NodeQuerySet":
        return self.filter(level=Level.COMMUNITY)

    def ancestors_of(self, path: str) -> "NodeQuerySet":
        """The chain from the root to the node of `path`, itself included, top down."""
        return self.filter(path__in=ancestors(path)).order_by("path")


class Node(models.Model):
    """A place in the territory tree: district > street > community > compound > building > stairwell.

    `code` is the 12-digit division code, below the community with a local suffix (`210802001001-03-2`).
    Codes are abolished and merged: a node ends at `valid_to` (exclusive) and may name a `successor`.
    """

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField()
    level = models.CharField(max_length=12, choices=Level.choices)
    code = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=80)
    urban_rural_class = models.CharField(max_length=3, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # Few nodes have a successor: the index below holds only those.
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", db_index=False
    )
    source = models.CharField(max_length=80, blank=True)

    objects = NodeQuerySet.as_manager()

    class Meta:
        constraints = [
            # A constraint, not unique=True: that would add a second index for LIKE, which a C collation does not need.
            models.UniqueConstraint(fields=["path"], name="node_path_once"),
            # One index for "open once", for look-ups of ended codes, and for the beginnings of codes.
            models.UniqueConstraint(fields=["code", "valid_to"], nulls_distinct=False, name="node_code_once_in_force"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="node_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(valid_to__isnull=False), name="node_with_successor_has_ended"
            ),
            models.CheckConstraint(condition=Q(path__startswith="/", path__endswith="/"), name="node_path_closed"),
        ]
        indexes = [
            models.Index(fields=["successor"], name="node_by_successor", condition=Q(successor__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def district_code(self) -> str:
        return self.code[:6]


class FormerPath(models.Model):
    """A path under which records were written before `node` moved there from it, or took over the node that had it.

    Records keep the path of their day; rights over `node` reach them through this row (orgs.queries.actor_of).
    """

    path = PathField()
    node = models.ForeignKey(Node, models.PROTECT, related_name="former_paths")
    until = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path"], name="former_path_once")]

    def __str__(self) -> str:
        return f"{self.path} > {self.node}"


class SubtreeCount(models.Model):
    """How many open nodes of a level lie under a node: a roll-up, rebuilt by import, kept by commands, proved by
    `guangcai verify`. A whole country is counted in a fraction of a millisecond."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="subtree_counts", db_index=False)
    level = models.CharField(max_length=12, choices=Level.choices)
    nodes = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "level"], name="subtree_count_once_per_level")]

    def __str__(self) -> str:
        return f"{self.node}: {self.nodes} {self.level}"


class CommunityProfile(models.Model):
    """What a community says of itself: one of seven types with the reason (A76) and its brand (A77)."""

    node = models.OneToOneField(Node, models.PROTECT, primary_key=True, related_name="profile")
    community_type = models.CharField(max_length=20, choices=CommunityType.choices)
    type_reason = models.CharField(max_length=200, blank=True)
    brand_name = models.CharField(max_length=60, blank=True)
    brand_note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.node}: {self.get_community_type_display()}"

"""Places that move or are merged. Records keep the path of their day; rights follow through FormerPath."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import upper_bound
from guangcai.orgs import followers, rules
from guangcai.orgs.commands import rollup
from guangcai.orgs.commands.grants import carry_over
from guangcai.orgs.commands.tree import close_node, end_rights_at, end_rules_at, lock_tree, open_node
from guangcai.orgs.enums import Level
from guangcai.orgs.followers import PathChange
from guangcai.orgs.models import FormerPath, Node, ResidentUnit, WorkUnit

# Tables of this room whose path says where something stands today.
STANDING = ("orgs_node", "orgs_grant", "orgs_policy", "orgs_workunit", "orgs_residentunit")

REMEMBER = """
INSERT INTO orgs_formerpath (path, node_id, until)
SELECT path, id, %s FROM orgs_node WHERE path >= %s AND path < %s AND NOT (level = ANY(%s))
ON CONFLICT (path) DO NOTHING
"""


@transaction.atomic
def move_node(*, node: Node, parent: Node, by: Actor, now: datetime) -> Node:
    """Hang a place and everything below it under another parent; the code stays.

    Raises RuleBroken(field="parent") below itself or on a level that does not fit. The same parent: no change.
    """
    by.require(Permission.TREE_EDIT, node.path)
    by.require(Permission.TREE_EDIT, parent.path)
    lock_tree()
    node, parent = open_node(node), open_node(parent)
    if node.parent_id == parent.pk:
        return node
    if parent.path.startswith(node.path):
        raise RuleBroken(_("A place cannot stand below itself."), field="parent", code="move_below_itself")
    rules.check_child(Level(node.level), parent=Level(parent.level))
    before = node.path
    _relocate(node, parent, by=by, now=now)
    audit.record(Tag.NODE_MOVE, by=by, now=now, on=node, before=before, after=node.path)
    return node


@transaction.atomic
def merge_nodes(*, node: Node, successor: Node, by: Actor, now: datetime) -> Node:
    """Merge a place into its successor: the old one ends, what stands in it goes over.

    Places below it, work units, resident units and open grants go to the successor; its own rules end; records keep
    the old place, and whoever has rights over the successor reads them. Merged already into it: no change.
    Source: the division code, GB/T 2260 (codes are abolished and merged).
    """
    by.require(Permission.TREE_EDIT, node.path)
    by.require(Permission.TREE_EDIT, successor.path)
    lock_tree()
    node = Node.objects.select_for_update().get(pk=node.pk)
    if node.valid_to and node.successor_id == successor.pk:
        return node
    node, successor = open_node(node), open_node(successor)
    if node.pk == successor.pk or node.level != successor.level:
        raise RuleBroken(
            _("A place merges into another place of its own level."), field="successor", code="merge_level"
        )
    for child in node.children.select_for_update().filter(valid_to=None).order_by("pk"):
        _relocate(child, successor, by=by, now=now)
    carried = carry_over(node, successor, by=by, now=now)
    end_rights_at(node, reason=_("Merged into %(name)s.") % {"name": successor.name}, by=by, now=now)
    end_rules_at(node, now=now)
    _carry_units(node, successor, now=now)
    _remember(node, now=now)
    FormerPath.objects.filter(node=node).update(node=successor)
    close_node(node, now=now, successor=successor)
    audit.record(Tag.NODE_MERGE, by=by, now=now, on=node, successor=successor.pk, grants=carried)
    followers.tell(PathChange(node.path, successor.path, node.pk, successor.pk, by, now))
    return node


def _relocate(node: Node, parent: Node, *, by: Actor, now: datetime) -> None:
    """Rewrite the path prefix of the subtree of a locked node, and move its counts from the old chain to the new."""
    old, new = node.path, f"{parent.path}{node.pk}/"
    _remember(node, now=now)
    counts = _open_nodes(node)
    above = old.removesuffix(f"{node.pk}/")
    rollup.add([(level, -number) for level, number in counts], above=above)
    node.parent, node.path = parent, new
    node.save(update_fields=["parent"])
    with connection.cursor() as cursor:
        for table in STANDING:
            cursor.execute(
                f"UPDATE {table} SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s",  # noqa: S608
                [new, len(old) + 1, old, upper_bound(old)],
            )
    rollup.add(counts, above=parent.path)
    followers.tell(PathChange(old, new, node.pk, node.pk, by, now))


def _open_nodes(node: Node) -> list[tuple[str, int]]:
    below = Node.objects.filter(path__under=node.path, valid_to=None)
    return list(below.order_by().values_list("level").annotate(Count("pk")))


def _remember(node: Node, *, now: datetime) -> None:
    """Keep the present paths of the subtree down to the communities: records carry no path below them."""
    local = [level.value for level in rules.LOCAL_LEVELS]
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [localdate(now), node.path, upper_bound(node.path), local])


def _carry_units(node: Node, successor: Node, *, now: datetime) -> None:
    """Work units overseen at the old place and units resident in it are the successor's from today."""
    today = localdate(now)
    WorkUnit.objects.filter(node=node, ended_on=None).update(node=successor, path=successor.path)
    for residence in ResidentUnit.objects.filter(community=node, until=None).order_by("pk"):
        residence.until = max(today, residence.since)
        residence.save(update_fields=["until"])
        here = ResidentUnit.objects.filter(community=successor, work_unit=residence.work_unit, until=None)
        if not here.exists():
            ResidentUnit.objects.create(
                work_unit=residence.work_unit, community=successor, path=successor.path, since=today
            )

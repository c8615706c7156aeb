"""Changing the tree: every change holds the tree's lock, so that paths and counts cannot cross each other."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.core.text import is_blank
from guangcai.orgs import rules
from guangcai.orgs.commands import rollup
from guangcai.orgs.commands.grants import close_grant
from guangcai.orgs.enums import CommunityType, Level
from guangcai.orgs.models import CommunityProfile, Node, WorkUnit

TREE_LOCK = 7102


def lock_tree() -> None:
    """Wait until nobody else changes the tree; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def reserve_ids(count: int) -> int:
    """The first of `count` node keys that are now ours. Call it under the tree's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_node', 'id'))")
        first: int = cursor.fetchone()[0]
        if count > 1:
            cursor.execute("SELECT setval(pg_get_serial_sequence('orgs_node', 'id'), %s)", [first + count - 1])
    return first


@transaction.atomic
def add_node(
    *,
    parent: Node | None,
    level: Level,
    name: str,
    by: Actor,
    now: datetime,
    code: str = "",
    valid_from: date | None = None,
    urban_rural_class: str = "",
    source: str = "",
) -> Node:
    """Add a place to the tree.

    code: 2 to 12 digits, filled up to 12; below the community the parent's code with a suffix, "" takes the next
    free number. valid_from defaults to today. Raises RuleBroken(field) for a level or code that does not fit there.
    """
    by.require(Permission.TREE_EDIT, parent.path if parent else ROOT)
    lock_tree()
    if parent:
        parent = open_node(parent)
    code = _fitting_code(code, level, parent)
    key = reserve_ids(1)
    node = Node.objects.create(
        id=key,
        parent=parent,
        path=f"{parent.path if parent else ROOT}{key}/",
        level=level,
        code=code,
        name=name.strip(),
        valid_from=valid_from or localdate(now),
        urban_rural_class=urban_rural_class,
        source=source,
    )
    if parent:
        rollup.add([(level, 1)], above=parent.path)
    audit.record(Tag.NODE_ADD, by=by, now=now, on=node, code=code, name=node.name)
    return node


def _fitting_code(code: str, level: Level, parent: Node | None) -> str:
    """The full code of a new place, checked against its level, its parent and every open code."""
    rules.check_child(level, parent=Level(parent.level) if parent else None)
    if level in rules.LOCAL_LEVELS and parent and not code:
        code = rules.next_suffix(parent.code, parent.children.values_list("code", flat=True))
    code = rules.full_code(code)
    rules.check_code(code, level=level, parent_code=parent.code if parent else None)
    check_free(code)
    return code


@transaction.atomic
def rename_node(*, node: Node, name: str, by: Actor, now: datetime) -> Node:
    """Give a place another name; the code and everything recorded there stay."""
    by.require(Permission.TREE_EDIT, node.path)
    lock_tree()
    node = open_node(node)
    if is_blank(name):
        raise RuleBroken(_("Give the place a name."), field="name")
    if node.name != name.strip():
        before, node.name = node.name, name.strip()
        node.save(update_fields=["name"])
        audit.record(Tag.NODE_CHANGE, by=by, now=now, on=node, before=before, after=node.name)
    return node


@transaction.atomic
def set_profile(
    *,
    node: Node,
    community_type: CommunityType,
    by: Actor,
    now: datetime,
    type_reason: str = "",
    brand_name: str = "",
    brand_note: str = "",
) -> CommunityProfile:
    """Say what a community is: one of the seven types with the reason, and its brand. Source: A76, A77."""
    by.require(Permission.UNIT_EDIT, node.path)
    if node.level != Level.COMMUNITY:
        raise RuleBroken(_("Only a community has a profile."))
    values = {"type_reason": type_reason, "brand_name": brand_name, "brand_note": brand_note}
    profile, _created = CommunityProfile.objects.update_or_create(
        node=node, defaults={"community_type": community_type, **values}
    )
    audit.record(Tag.PROFILE_SET, by=by, now=now, on=node, community_type=str(community_type))
    return profile


@transaction.atomic
def end_node(*, node: Node, by: Actor, now: datetime) -> Node:
    """End a place that nothing succeeds: rights and rules there end with it; records stay.

    Raises RuleBroken while places stand below it or work units are overseen there. Ended already: no change.
    """
    by.require(Permission.TREE_EDIT, node.path)
    lock_tree()
    node = Node.objects.select_for_update().get(pk=node.pk)
    if node.valid_to:
        return node
    if node.children.filter(valid_to=None).exists():
        raise RuleBroken(_("Places still stand below this one: end or move them first."), code="has_children")
    if WorkUnit.objects.filter(node=node, ended_on=None).exists():
        raise RuleBroken(_("Work units are overseen here: move them first."), code="has_units")
    close_node(node, now=now)
    end_rights_at(node, reason=_("The place has ended."), by=by, now=now)
    end_rules_at(node, now=now)
    audit.record(Tag.NODE_END, by=by, now=now, on=node)
    return node


def open_node(node: Node) -> Node:
    """The locked row; raises Conflict when it has ended."""
    node = Node.objects.select_for_update().get(pk=node.pk)
    if node.valid_to:
        raise Conflict(_("This place has ended."), code="node_ended")
    return node


def check_free(code: str) -> None:
    if Node.objects.filter(code=code, valid_to=None).exists():
        raise RuleBroken(
            _("The code %(code)s belongs to another place already.") % {"code": code}, field="code", code="code_taken"
        )


def close_node(node: Node, *, now: datetime, successor: Node | None = None) -> None:
    """Set the end of a locked, childless node and take it off the counts above. A node lives for a day at least."""
    node.valid_to = max(localdate(now), node.valid_from + timedelta(days=1))
    node.successor = successor
    node.save(update_fields=["valid_to", "successor"])
    if node.parent_id:
        rollup.add([(node.level, -1)], above=node.path.removesuffix(f"{node.pk}/"))


def end_rights_at(node: Node, *, reason: str, by: Actor, now: datetime) -> None:
    """End every open grant on this very node."""
    for grant in node.grants.select_for_update(of=["self"]).filter(ended_at=None).order_by("pk"):
        close_grant(grant, reason=reason, by=by, now=now)


def end_rules_at(node: Node, *, now: datetime) -> None:
    """End the node's own rules; a rule that has not begun is withdrawn."""
    today = localdate(now)
    node.policies.filter(since__gte=today).delete()
    node.policies.filter(until=None).update(until=today)

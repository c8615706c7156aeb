"""Reads of the roster import: whose list a name means, and what the pages of a batch show."""

import hashlib
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.members.roster_import import words
from guangcai.members.roster_import.known import Target
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.queries import node_named


def import_target(*, community: str = "", work_unit: str = "", on: date) -> Target:
    """The list that a code or a name means, with or without the word for community. Raises RuleBroken."""
    if work_unit:
        return Target(work_unit=_unit_named(work_unit.strip()))
    node = _community_named(community.strip(), on=on)
    if node.level != Level.COMMUNITY:
        raise RuleBroken(_("“%(name)s” is not a community: give the community.") % {"name": node.name}, code="level")
    return Target(community=node)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _community_named(text: str, *, on: date) -> Node:
    suffixes = [suffix for suffix in words.table()["place_suffixes"] if suffix in words.table()["community_suffixes"]]
    bare = words.bare_place(text)
    try:
        return node_named(text, level=Level.COMMUNITY, on=on)
    except RuleBroken as refusal:
        if refusal.code != "no_node" or not bare:
            raise
        names = [bare, *(bare + suffix for suffix in suffixes)]
        found = list(Node.objects.in_force(on).communities().filter(name__in=names).order_by("path")[:2])
        if len(found) == 1:
            return found[0]
        if not found:
            raise
    raise RuleBroken(
        _("Several places are called “%(text)s”: give the code instead.") % {"text": text}, code="many_nodes"
    )


def _unit_named(text: str) -> WorkUnit:
    units = WorkUnit.objects.select_related("node").filter(ended_on=None)
    if unit := units.filter(name=text).first():
        return unit
    found = list(units.filter(Q(short_name=text) | Q(aliases__contains=[text])).order_by("pk")[:2])
    if len(found) != 1:
        raise RuleBroken(_("No single work unit is called “%(text)s”.") % {"text": text}, code="no_unit")
    return found[0]

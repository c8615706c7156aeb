"""Reads of the tree: chains, children with counts, search, and the one place a text names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors
from guangcai.orgs import place_names
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, SubtreeCount
from guangcai.orgs.models.tree import NodeQuerySet
from guangcai.orgs.queries.rights import AfterSubtree
from guangcai.orgs.rules import full_code

MOST_FOUND = 50
# Places a refusal offers, and how many names are compared to find them.
MOST_NEAR, MOST_COMPARED = 5, 5000


@dataclass(frozen=True)
class TreeRow:
    """A node as a list shows it. `counts`: open nodes below it, by level, top down."""

    id: int
    name: str
    code: str
    level: str
    level_name: str
    path: str
    ended_on: date | None
    counts: tuple[tuple[str, int], ...] = ()
    chain: str = ""

    @property
    def has_children(self) -> bool:
        return bool(self.counts)


@dataclass(frozen=True)
class Link:
    """A node to name and open. `is_open` says whether the actor may open it."""

    id: int
    name: str
    is_open: bool = True


def node_named(text: str, *, among: NodeQuerySet | None = None, level: str = "", on: date) -> Node:
    """The one node in force that `text` means: a code of any length, or a name with or without the word for its kind.

    among: where to look; the whole tree by default. A name as it is written wins over one that lacks its kind.
    Raises RuleBroken(code="no_node" | "many_nodes"), which lists the places that may be meant.
    """
    nodes = (Node.objects.all() if among is None else among).in_force(on).select_related("parent")
    if level:
        nodes = nodes.filter(level=level)
    text = text.strip()
    codes = {text, full_code(text)} - {""}
    found = list(nodes.filter(code__in=codes).order_by("-code")[:1])
    found = found or list(nodes.filter(name=text).order_by("path")[:MOST_NEAR])
    found = found or list(nodes.filter(_spelled(text)).order_by("path")[:MOST_NEAR])
    if len(found) == 1:
        return found[0]
    said = {"text": text, "near": ", ".join(_to_choose(node) for node in found or _near(text, nodes))}
    if found:
        words = _("Several places are called “%(text)s”: give the code instead. They are: %(near)s")
    elif said["near"]:
        words = _("There is no place with the code or name “%(text)s”. Similar: %(near)s")
    else:
        words = _("There is no place with the code or name “%(text)s”.")
    raise RuleBroken(words % said, code="many_nodes" if found else "no_node")


def _spelled(text: str) -> Q:
    spelled = Q(pk=None)
    for level, names in place_names.spellings(text).items():
        spelled |= Q(level=level, name__in=names)
    return spelled


def _to_choose(node: Node) -> str:
    above = f"{node.parent.name} · " if node.parent else ""
    return f"{node.code} {above}{node.name}".strip()


def _near(text: str, nodes: "QuerySet[Node]") -> list[Node]:
    """Places whose names are much like `text`, the likest first, of those that begin or end like it."""
    bare = place_names.bare_name(text)
    if not bare:
        return []
    alike = nodes.filter(Q(name__startswith=bare[0]) | Q(name__contains=bare[-1])).order_by("path")
    by_name: dict[str, list[Node]] = {}
    for node in alike[:MOST_COMPARED]:
        by_name.setdefault(place_names.bare_name(node.name), []).append(node)
    names = get_close_matches(bare, by_name, n=MOST_NEAR, cutoff=0.5)
    return [node for name in names for node in by_name[name]][:MOST_NEAR]


def chain_of(path: str, *, actor: Actor) -> list[Link]:
    """The nodes above a path, top down, without the last. Above the actor's own area there are names and no links."""
    rows = Node.objects.filter(path__in=ancestors(path)[:-1]).order_by("path").values_list("pk", "name", "path")
    return [Link(pk, name, actor.can(Permission.TREE_VIEW, above)) for pk, name, above in rows]


def tops(*, actor: Actor, on: date) -> list[TreeRow]:
    """Where the actor's tree begins: the highest nodes he may see. One query."""
    paths = sorted(set(actor.paths_with(Permission.TREE_VIEW)))
    highest = [path for path in paths if not any(path != above and path.startswith(above) for above in paths)]
    rows = Node.objects.filter(parent=None) if highest == ["/"] else Node.objects.filter(path__in=highest)
    return _rows(rows.in_force(on).order_by("path"))


def children_with_counts(node: Node, *, with_ended: bool = False) -> list[TreeRow]:
    """The children of a node, each with how many open nodes of every level lie below it. One query."""
    rows = Node.objects.filter(parent=node)
    if not with_ended:
        rows = rows.filter(valid_to=None)
    return _rows(rows.order_by("code", "pk"))


def _rows(nodes: QuerySet[Node]) -> list[TreeRow]:
    counts = JSONBAgg(
        JSONObject(level="subtree_counts__level", nodes="subtree_counts__nodes"),
        filter=Q(subtree_counts__nodes__gt=0),
        default=[],
    )
    words = _level_words()
    return [_row(node, node.counts, words) for node in nodes.annotate(counts=counts)]


def _level_words() -> dict[str, str]:
    """The levels in the reader's language, top down: asked once a list, for a lazy word costs more than the row."""
    return {str(level): str(level.label) for level in Level}


def _row(node: Node, counts: Iterable[dict[str, str | int]], words: dict[str, str], chain: str = "") -> TreeRow:
    by_level = {str(count["level"]): int(count["nodes"]) for count in counts}
    return TreeRow(
        id=node.pk,
        name=node.name,
        code=node.code,
        level=node.level,
        level_name=words[node.level],
        path=node.path,
        ended_on=node.valid_to,
        counts=tuple((word, by_level[level]) for level, word in words.items() if level in by_level),
        chain=chain,
    )


def count_under(rows: QuerySet, *, field: str = "path") -> Coalesce:
    """An expression on nodes: how many of `rows` lie under each, by the range of their own path column.

    `Node.objects.filter(parent=street).annotate(members=count_under(Member.objects.visible_to(actor)))`
    """
    inside = {f"{field}__gte": OuterRef("path"), f"{field}__lt": AfterSubtree(OuterRef("path"))}
    # A plain COUNT, not Django's aggregate: that would group by the row.
    total = Func("pk", function="COUNT", output_field=IntegerField())
    return Coalesce(Subquery(rows.filter(**inside).order_by().annotate(total=total).values("total")), 0)


def open_below(node: Node) -> dict[str, int]:
    """How many open nodes of each level lie below a node, from the roll-up."""
    return dict(SubtreeCount.objects.filter(node=node, nodes__gt=0).values_list("level", "nodes"))


def search(text: str, *, actor: Actor, levels: Iterable[str] = (), with_ended: bool = False) -> list[TreeRow]:
    """Places of the actor's area whose name contains `text`, or whose code begins with it. Two queries."""
    text = text.strip()
    if not text:
        return []
    rows = Node.objects.visible_to(actor)
    rows = rows.filter(code__startswith=text) if text[:1].isdigit() else rows.filter(name__contains=text)
    if levels:
        rows = rows.filter(level__in=list(levels))
    if not with_ended:
        rows = rows.filter(valid_to=None)
    found = list(rows.order_by("path")[:MOST_FOUND])
    names = _names({above for node in found for above in ancestors(node.path)[:-1]})
    words = _level_words()
    return [
        _row(node, (), words, " · ".join(names[p] for p in ancestors(node.path)[:-1] if p in names)) for node in found
    ]


def _names(paths: set[str]) -> dict[str, str]:
    return dict(Node.objects.filter(path__in=paths).values_list("path", "name"))

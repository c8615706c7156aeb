"""Taking a whole tree from a file: keys and paths are computed in memory, rows travel by COPY, one transaction."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.orgs import rules
from guangcai.orgs.commands import rollup
from guangcai.orgs.commands.bulk import without_indexes
from guangcai.orgs.commands.grants import close_grant
from guangcai.orgs.commands.moves import merge_nodes
from guangcai.orgs.commands.tree import lock_tree, reserve_ids
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Grant, Node, Policy
from guangcai.orgs.tree_files import FileNode, Problem, TreeFile

BLOCK = 20_000
MANY = 1_000
HUGE = 100_000
NAME_LENGTH = Node._meta.get_field("name").max_length or 0
COMMUNITY = Level.COMMUNITY.rank
NULL = r"\N"
COPY_NODES = """
COPY orgs_node (id, parent_id, path, level, code, name, urban_rural_class, valid_from, valid_to, successor_id, source)
FROM STDIN
"""
Advance = Callable[[int], None]


class Known(NamedTuple):
    """A place that is in the tree already."""

    id: int
    path: str
    parent_id: int | None
    name: str
    urban_rural_class: str


@dataclass
class Plan:
    """What an import will do, before anything is written."""

    problems: list[Problem] = field(default_factory=list)
    new: list[tuple[FileNode, int, int | None, str]] = field(default_factory=list)  # node, id, parent id, path
    changed: list[tuple[int, str, str]] = field(default_factory=list)  # id, name, class
    ended: list[tuple[int, date, str]] = field(default_factory=list)  # id, valid_to, successor's code
    missing: list[int] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class TreeImport:
    """What an import did, or would not do because of `problems`."""

    nodes: int
    new: int
    changed: int
    ended: int
    missing: int
    unchanged: int
    repeated: int
    problems: tuple[Problem, ...]


def import_tree(
    *,
    file: TreeFile,
    valid_from: date,
    by: Actor,
    now: datetime,
    source: str = "",
    end_missing: bool = False,
    dry_run: bool = False,
    advance: Advance = lambda steps: None,
) -> TreeImport:
    """Add the new places of a file, rename the changed, end those the file ends; running it again changes nothing.

    valid_from: for places whose row names no day. With `end_missing`, open places of the file's area that it does not
    name end today. With any problem, or in a dry run, nothing is written. Every problem names its row.
    """
    by.require(Permission.TREE_EDIT, ROOT)
    with transaction.atomic():
        lock_tree()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        plan = _plan(file, valid_from)
        result = _result(file, plan, end_missing=end_missing)
        if not plan.problems and not dry_run:
            _write(plan, valid_from=valid_from, source=source, end_missing=end_missing, by=by, now=now, advance=advance)
            if result.new or result.changed or result.ended or (end_missing and result.missing):
                audit.record(
                    Tag.TREE_IMPORT,
                    by=by,
                    now=now,
                    path=ROOT,
                    source=source,
                    new=result.new,
                    changed=result.changed,
                    ended=result.ended,
                    missing=result.missing if end_missing else 0,
                )
    return result


# --- planning -------------------------------------------------------------------------------------------------------


def _plan(file: TreeFile, valid_from: date) -> Plan:
    plan = Plan(problems=list(file.problems))
    nodes = file.nodes
    if not nodes:
        plan.problems.append(Problem(0, "nothing_found", _("The file names no place that was asked for.")))
        return plan
    known = _known_open(nodes)
    past = _known_past(nodes)
    _check(nodes, known, file.root, plan.problems)
    if not plan.problems:
        _sort_out(nodes, known, past, plan, valid_from)
        plan.missing = _missing(nodes, known)
    return plan


def _known_open(nodes: Sequence[FileNode]) -> dict[str, Known]:
    """Open places by code; for a small file only those it speaks of."""
    rows = Node.objects.filter(valid_to=None)
    if len(nodes) <= MANY:
        codes = {node.code for node in nodes} | {node.parent for node in nodes} | {node.successor for node in nodes}
        rows = rows.filter(code__in=codes)
    columns = ("code", "id", "path", "parent_id", "name", "urban_rural_class")
    return {row[0]: Known(*row[1:]) for row in rows.values_list(*columns).iterator(chunk_size=BLOCK)}


def _known_past(nodes: Sequence[FileNode]) -> set[tuple[str, date]]:
    codes = [node.code for node in nodes if node.valid_to]
    rows = Node.objects.filter(code__in=codes, valid_to__isnull=False) if codes else Node.objects.none()
    return set(rows.values_list("code", "valid_from"))


def _check(nodes: Sequence[FileNode], known: dict[str, Known], root: str, problems: list[Problem]) -> None:
    """Everything that is wrong with the rows themselves. Places stand in `nodes` top down."""
    if _all_sound(nodes, root):
        return
    ranks: dict[str, int] = {}
    seen: set[tuple[str, date | None]] = set()
    for node in nodes:
        key = (node.code, node.valid_from if node.valid_to else None)
        if key in seen:
            twice = _("The code %(code)s stands in the file twice.") % {"code": node.code}
            problems.append(Problem(node.row, "code_twice", twice))
        seen.add(key)
        wrong = _wrong(node, ranks, known)
        if wrong and (node.code, wrong[0]) != (root, "parent_unknown"):
            problems.append(Problem(node.row, *wrong))
        if not node.valid_to:
            ranks.setdefault(node.code, node.level.rank)
    _check_successors(nodes, known, problems)


def _all_sound(nodes: Sequence[FileNode], root: str) -> bool:
    """Whether everything is sound at first sight, asked of all rows at once: a country has no time for each."""
    codes = {node[1]: node[3] for node in nodes}
    pairs = {(node[4], node[3]) for node in nodes}
    pairs -= {(parent, level) for parent, level in pairs if not parent}
    top = {node[4] for node in nodes if node[1] == root} if root else set()
    return (
        len(codes) == len(nodes)
        and not any(node[6] or node[7] for node in nodes)
        and all(0 < len(node[2]) <= NAME_LENGTH for node in nodes)
        and set(map(len, codes)) == {rules.CODE_LENGTH}
        and "".join(codes).isdecimal()
        and all(
            codes[parent].rank < level.rank <= COMMUNITY if parent in codes else parent in top
            for parent, level in pairs
        )
    )


def _wrong(node: FileNode, ranks: dict[str, int], known: dict[str, Known]) -> tuple[str, str] | None:
    """The first fault of one row as (code, sentence); None when it is sound."""
    if not node.name or len(node.name) > NAME_LENGTH:
        return "name_length", _("A name has 1 to %(most)d characters.") % {"most": NAME_LENGTH}
    if node.level in rules.LOCAL_LEVELS:
        if not node.code.startswith(f"{node.parent}-"):
            return "code_suffix", _("%(code)s must be the code above with a dash and a suffix.") % {"code": node.code}
    elif len(node.code) != rules.CODE_LENGTH or not node.code.isdecimal():
        return "code_length", _("“%(code)s” is not a code of 2, 4, 6, 9 or 12 digits.") % {"code": node.code}
    if node.parent:
        above = ranks.get(node.parent)
        if above is None and node.parent not in known:
            return _unknown_parent(node)
        if above is not None and above >= node.level.rank:
            return _too_high(node)
    if node.valid_to and node.valid_from and node.valid_to <= node.valid_from:
        return "dates_order", _("%(code)s ends before it begins.") % {"code": node.code}
    if node.successor and not node.valid_to:
        return "successor_open", _("%(code)s has a successor but no end.") % {"code": node.code}
    return None


def _unknown_parent(node: FileNode) -> tuple[str, str]:
    named = {"code": node.code, "name": node.name, "parent": node.parent}
    return "parent_unknown", _("%(code)s %(name)s: the place above, %(parent)s, is unknown.") % named


def _too_high(node: FileNode) -> tuple[str, str]:
    named = {"code": node.code, "name": node.name, "parent": node.parent}
    return "level_order", _("%(code)s %(name)s cannot stand below %(parent)s: the level does not fit.") % named


def _check_successors(nodes: Sequence[FileNode], known: dict[str, Known], problems: list[Problem]) -> None:
    wanted = [node for node in nodes if node[7]]
    codes = {node.code for node in nodes if not node.valid_to} if wanted else set()
    for node in wanted:
        if node.successor not in codes and node.successor not in known:
            message = _("The successor %(code)s is unknown.") % {"code": node.successor}
            problems.append(Problem(node.row, "successor_unknown", message))


def _sort_out(
    nodes: Sequence[FileNode], known: dict[str, Known], past: set[tuple[str, date]], plan: Plan, valid_from: date
) -> None:
    """Divide the rows into new, changed, ended and unchanged, and give the new ones their keys and paths."""
    untouched = not known and not past
    needed = {node[4] for node in nodes} | {node[7] for node in nodes}
    is_new = [untouched or _is_new(node, known, past, valid_from) for node in nodes]
    key = reserve_ids(sum(is_new)) if any(is_new) else 0
    placed = {code: (row.id, row.path) for code, row in known.items()}
    for node, new in zip(nodes, is_new, strict=True):
        here = known.get(node.code)
        if new:
            parent_id, above = placed.get(node.parent, (None, ROOT))
            path = f"{above}{key}/"
            plan.new.append((node, key, parent_id, path))
            if node.code in needed and (not node.valid_to or node.code not in placed):
                placed[node.code] = (key, path)
            key += 1
        elif here and node.valid_to:
            plan.ended.append((here.id, node.valid_to, node.successor))
        elif here:
            _compare(node, here, placed, plan)
        else:
            plan.unchanged += 1


def _is_new(node: FileNode, known: dict[str, Known], past: set[tuple[str, date]], valid_from: date) -> bool:
    if node.valid_to:
        return node.code not in known and (node.code, node.valid_from or valid_from) not in past
    return node.code not in known


def _compare(node: FileNode, here: Known, placed: dict[str, tuple[int, str]], plan: Plan) -> None:
    if node.parent in placed and placed[node.parent][0] != here.parent_id:
        plan.problems.append(
            Problem(
                node.row,
                "moved",
                _("%(code)s %(name)s stands elsewhere in the tree: move it there first.")
                % {"code": node.code, "name": node.name},
            )
        )
    klass = node.urban_rural_class or here.urban_rural_class
    if (node.name, klass) == (here.name, here.urban_rural_class):
        plan.unchanged += 1
    else:
        plan.changed.append((here.id, node.name, klass))


def _missing(nodes: Sequence[FileNode], known: dict[str, Known]) -> list[int]:
    """Open places below the tops of the file that it does not name. Places below a community are never in a file."""
    if not known:
        return []
    named = {node.code for node in nodes}
    local = [level.value for level in rules.LOCAL_LEVELS]
    missing: list[int] = []
    for top in (known[node.code] for node in nodes if node.parent not in named and node.code in known):
        rows = Node.objects.filter(path__under=top.path, valid_to=None).exclude(level__in=local)
        pairs = rows.values_list("pk", "code").iterator(chunk_size=BLOCK)
        missing += [pk for pk, code in pairs if code not in named]
    return missing


def _result(file: TreeFile, plan: Plan, *, end_missing: bool) -> TreeImport:
    return TreeImport(
        nodes=len(file.nodes),
        new=len(plan.new),
        changed=len(plan.changed),
        ended=len(plan.ended) + (len(plan.missing) if end_missing else 0),
        missing=len(plan.missing),
        unchanged=plan.unchanged,
        repeated=file.repeated,
        problems=tuple(plan.problems),
    )


# --- writing --------------------------------------------------------------------------------------------------------


def _write(
    plan: Plan, *, valid_from: date, source: str, end_missing: bool, by: Actor, now: datetime, advance: Advance
) -> None:
    if plan.new:
        _insert(plan, valid_from=valid_from, source=source, advance=advance)
    if plan.changed:
        _rename(plan.changed)
    ends = list(plan.ended)
    if end_missing:
        ends += [(pk, localdate(now), "") for pk in plan.missing]
    for pk, valid_to, successor in ends:
        _end(pk, valid_to, successor, by=by, now=now)
    if plan.new or ends:
        rollup.rebuild()
    if len(plan.new) > MANY:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE orgs_node")


def _insert(plan: Plan, *, valid_from: date, source: str, advance: Advance) -> None:
    """COPY the new places in blocks. Foreign keys are deferred, so a successor may come later than its predecessor."""
    successors = _successors(plan)
    # For a few places the present indexes are kept up row by row; for a country they are built anew.
    around = without_indexes("orgs_node") if len(plan.new) > HUGE else nullcontext()
    with around, connection.cursor() as cursor, cursor.copy(COPY_NODES) as copy:
        for start in range(0, len(plan.new), BLOCK):
            block = plan.new[start : start + BLOCK]
            copy.write("".join(_lines(block, str(valid_from), successors, source)))
            advance(len(block))


def _lines(
    block: Iterable[tuple[FileNode, int, int | None, str]], since: str, successors: dict[str, int], source: str
) -> Iterable[str]:
    for node, key, parent_id, path in block:
        yield (
            f"{key}\t{parent_id or NULL}\t{path}\t{node.level.value}\t{node.code}\t{node.name}\t"
            f"{node.urban_rural_class}\t{node.valid_from or since}\t{node.valid_to or NULL}\t"
            f"{successors.get(node.successor, NULL) if node.successor else NULL}\t{source}\n"
        )


def _successors(plan: Plan) -> dict[str, int]:
    """Keys of the places that succeed others: new ones, else those in the tree."""
    wanted = {node.successor for node, *_rest in plan.new if node.successor} | {code for *_rest, code in plan.ended}
    found = dict(Node.objects.filter(code__in=wanted, valid_to=None).values_list("code", "pk"))
    return found | {node.code: key for node, key, *_rest in plan.new if node.code in wanted and not node.valid_to}


def _rename(changed: Sequence[tuple[int, str, str]]) -> None:
    """One statement for every changed name."""
    ids, names, classes = zip(*changed, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE orgs_node SET name = new.name, urban_rural_class = new.class
            FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new (id, name, class) WHERE orgs_node.id = new.id""",
            [list(ids), list(names), list(classes)],
        )


def _end(pk: int, valid_to: date, successor: str, *, by: Actor, now: datetime) -> None:
    """Merge one place into its successor, or end it and what is local below it with the rights and rules there."""
    node = Node.objects.get(pk=pk)
    today = localdate(now)
    valid_to = max(valid_to, node.valid_from + timedelta(days=1))
    if heir := Node.objects.filter(code=successor, valid_to=None).first() if successor else None:
        merge_nodes(node=node, successor=heir, by=by, now=now)
        Node.objects.filter(pk=pk).update(valid_to=valid_to)
        return
    below = Node.objects.filter(path__under=node.path, valid_to=None)
    for grant in Grant.objects.select_for_update(of=["self"]).filter(node__in=below, ended_at=None).order_by("pk"):
        close_grant(grant, reason=_("The place has ended."), by=by, now=now)
    Policy.objects.filter(node__in=below, since__gte=today).delete()
    Policy.objects.filter(node__in=below, until=None).update(until=today)
    below.update(valid_to=valid_to)

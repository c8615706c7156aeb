"""Service points: added, changed, ended; what a district calls their kinds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.orgs.commands import check_unit_open
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places import rules
from guangcai.places.enums import PointKind
from guangcai.places.models import PointLabel, ServicePoint


@dataclass(frozen=True)
class PointContent:
    """What a service point says of itself. services: one a line; since: the first local date of use."""

    kind: PointKind
    name: str
    since: date
    club_kind: str = ""
    host: WorkUnit | None = None
    address: str = ""
    hours: str = ""
    phone: str = ""
    services: str = ""
    meets: str = ""

    def cleaned(self) -> dict[str, object]:
        """The columns as they are kept."""
        texts = ("name", "address", "hours", "phone", "meets")
        columns: dict[str, object] = {name: clean(getattr(self, name)) for name in texts}
        lines = [line for line in clean(self.services, multiline=True).splitlines() if line]
        return columns | {
            "kind": PointKind(self.kind),
            "club_kind": self.club_kind,
            "host": self.host,
            "services": "\n".join(lines),
            "since": self.since,
        }


@dataclass(frozen=True)
class PointLine:
    """One row of a list taken in at once: where it stands in the sheet, and what it says."""

    number: int
    node: Node
    content: PointContent = field(repr=False)


def require_keeper(by: Actor, path: str) -> None:
    """The desk of the community, or who sets up the district's places: 404 outside, 403 for readers."""
    if not by.can(Permission.TREE_EDIT, path):
        by.require(Permission.PLACE_EDIT, path)


@transaction.atomic
def add_point(*, node: Node, content: PointContent, by: Actor, now: datetime, id: UUID | None = None) -> ServicePoint:
    """A service point at a place; anybody finds it in the directory. The same id sent again is the same point.

    Raises RuleBroken(field) by rules.check_point. Sources: A33, A68, A74, A75, A93.
    """
    require_keeper(by, node.path)
    hosts = _hold_hosts([content])
    _lock(node)
    columns = content.cleaned()
    if found := already(ServicePoint, id, node_id=node.pk, **columns):
        return found
    _check_hosts(hosts)
    _check(columns, taken=_names_at(node))
    row = ServicePoint.objects.create(**_placed(node, columns, by=by, now=now) | {"id": id or new_id()})
    audit.record(Tag.POINT_ADD, by=by, on=row, now=now, kind=row.kind)
    return row


@transaction.atomic
def add_points(*, lines: Sequence[PointLine], by: Actor, now: datetime) -> int:
    """A list of points, all or nothing; those that stand there already (place, kind, name) are left as they are.

    Returns how many are new. Five statements, however many lines. Raises RuleBroken for a line that cannot be.
    """
    nodes = {line.node.pk: line.node for line in lines}
    for node in nodes.values():
        require_keeper(by, node.path)
    _check_hosts(_hold_hosts([line.content for line in lines]))
    list(Node.objects.select_for_update(no_key=True).filter(pk__in=nodes).order_by("pk").values_list("pk"))
    taken = set(ServicePoint.objects.open().filter(node__in=nodes).values_list("node_id", "kind", "name"))
    fresh = []
    for line in lines:
        columns = line.content.cleaned()
        key = (line.node.pk, columns["kind"], columns["name"])
        if key in taken:
            continue
        _check(columns, taken=set())
        taken.add(key)  # type: ignore[arg-type]
        fresh.append(ServicePoint(**_placed(line.node, columns, by=by, now=now)))
    ServicePoint.objects.bulk_create(fresh)
    if fresh:
        audit.record(Tag.POINT_IMPORT, by=by, now=now, path=_common_path(nodes.values()), points=len(fresh))
    return len(fresh)


@transaction.atomic
def change_point(*, point: ServicePoint, content: PointContent, by: Actor, now: datetime) -> ServicePoint:
    """Say something else of it; what it said before is told by the trail. Raises RuleBroken(field)."""
    require_keeper(by, point.path)
    _check_hosts(_hold_hosts([content]))
    row = ServicePoint.objects.select_for_update(of=("self",), no_key=True).select_related("node").get(pk=point.pk)
    rules.check_in_use(ended_at=row.ended_at)
    columns = content.cleaned()
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if not changed:
        return row
    _lock(row.node)
    _check(columns, taken=_names_at(row.node, without=row))
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=changed)
    audit.record(Tag.POINT_CHANGE, by=by, on=row, now=now, changed=sorted(changed))
    return row


@transaction.atomic
def end_point(*, point: ServicePoint, reason: str, by: Actor, now: datetime) -> ServicePoint:
    """It is closed for good and leaves the directory; its row stays. Harmless twice. Raises RuleBroken(field)."""
    require_keeper(by, point.path)
    row = ServicePoint.objects.select_for_update(of=("self",), no_key=True).get(pk=point.pk)
    if row.ended_at is None:
        _close(row, reason=rules.check_reason(reason), by=by, now=now)
    return row


def release_host(work_unit_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """The unit hosts nothing any more: a home, which needs a host, is closed; any other point goes on without one."""
    rows = ServicePoint.objects.open().select_for_update(of=("self",), no_key=True).filter(host=work_unit_id)
    for row in rows.order_by("pk"):
        if row.kind == PointKind.HOME:
            _close(row, reason=reason, by=by, now=now)
            continue
        row.host = None
        row.save(update_fields=["host"])
        audit.record(Tag.POINT_CHANGE, by=by, on=row, now=now, changed=["host"])


def _close(row: ServicePoint, *, reason: str, by: Actor, now: datetime) -> None:
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason
    row.until = rules.check_ending(since=row.since, on=localdate(now))
    row.save(update_fields=["ended_at", "ended_by", "until", "end_reason"])
    audit.record(Tag.POINT_END, by=by, on=row, now=now)


@transaction.atomic
def set_label(*, node: Node, kind: PointKind, label: str, by: Actor, now: datetime) -> PointLabel | None:
    """What this kind is called under the node from now on; an empty label takes the name above again. Source: A69."""
    require_keeper(by, node.path)
    _lock(node)
    label, row = clean(label), PointLabel.objects.filter(node=node, kind=kind).first()
    if (row.label if row else "") == label:
        return row
    if not label:
        assert row is not None
        row.delete()
        row = None
    else:
        row, _made = PointLabel.objects.update_or_create(
            node=node, kind=kind, defaults={"label": label, "path": node.path}
        )
    audit.record(Tag.POINT_LABEL, by=by, on=node, now=now, kind=kind.value, label=label)
    return row


def _check(columns: dict[str, object], *, taken: set[tuple[str, str]]) -> None:
    facts = rules.PointFacts(
        kind=PointKind(str(columns["kind"])),
        name=str(columns["name"]),
        club_kind=str(columns["club_kind"]),
        has_host=columns["host"] is not None,
        phone=str(columns["phone"]),
        meets=str(columns["meets"]),
        since=columns["since"],  # type: ignore[arg-type]
    )
    rules.check_point(facts, is_taken=(facts.kind, facts.name) in taken)


def _hold_hosts(contents: Iterable[PointContent]) -> list[WorkUnit]:
    """The units that are to host, under locks that hold up their end: before any other lock."""
    hosts = {content.host.pk for content in contents if content.host is not None}
    return list(WorkUnit.objects.select_for_update(no_key=True).filter(pk__in=hosts).order_by("pk"))


def _check_hosts(hosts: Iterable[WorkUnit]) -> None:
    for host in hosts:
        check_unit_open(host)


def _names_at(node: Node, *, without: ServicePoint | None = None) -> set[tuple[str, str]]:
    """(kind, name) of what stands at the node."""
    rows = ServicePoint.objects.open().filter(node=node)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return set(rows.values_list("kind", "name"))


def _placed(node: Node, columns: dict[str, object], *, by: Actor, now: datetime) -> dict[str, object]:
    place = {"node": node, "path": node.path, "district_code": node.district_code}
    return columns | place | {"added_at": now, "added_by": by.user_id}


def _common_path(nodes: Iterable[Node]) -> str:
    """The path of the highest place of a list, for the trail."""
    return min((node.path for node in nodes), key=len)


def _lock(node: Node) -> None:
    """Two desks that add at once wait for each other: the second finds the name taken."""
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)

"""Service points of the demo and what is lent: three tiers, four homes, clubs; bookings in every state."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from guangcai.core.actor import Actor
from guangcai.core.phones import national
from guangcai.demo.content import places
from guangcai.demo.stage import Stage, fixed_id
from guangcai.orgs.commands import add_party_organisation, add_resident_unit, add_work_unit, name_instructor
from guangcai.orgs.enums import PartyLevel, WorkUnitKind
from guangcai.places import commands
from guangcai.places.commands import PointContent, PointLine, ResourceContent, Use, Wanted
from guangcai.places.enums import PointKind, ResourceKind
from guangcai.places.models import SharedResource
from guangcai.places.rules import Slot

SYSTEM = Actor.system()
DAY = timedelta(days=1)
WEEK = 7


def open_points(stage: Stage) -> None:
    """The district's names for the tiers, then every point in one list, and one that is closed."""
    now, root = stage.founded_at, next(iter(stage.nodes.values()))
    _add_units(stage)
    for node, kind, label in places()["labels"]:
        commands.set_label(node=stage.nodes[node], kind=PointKind(kind), label=label, by=SYSTEM, now=now)
    rows = [*places()["points"], *_stations(stage), *_outlets()]
    lines = [PointLine(n, stage.nodes[row["node"]], _content(stage, row)) for n, row in enumerate(rows)]
    commands.add_points(lines=lines, by=SYSTEM, now=now)
    gone = places()["closed"]
    content = PointContent(kind=PointKind.OUTLET, name=gone["name"], since=stage.founded_at.date())
    key = fixed_id("point", root.code, gone["name"])
    row = commands.add_point(node=stage.nodes[gone["node"]], content=content, by=SYSTEM, now=now, id=key)
    by = stage.actor(f"desk:{gone['node']}")
    commands.end_point(point=row, reason=gone["reason"], by=by, now=_ago(stage, gone["days"]))


def _add_units(stage: Stage) -> None:
    """Units that run a home, and one that lives in a second community."""
    root, now = next(iter(stage.nodes.values())), stage.founded_at
    for row in places()["units"]:
        unit = add_work_unit(name=row["name"], node=root, kind=WorkUnitKind(row["kind"]), by=SYSTEM, now=now)
        stage.units[row["key"]] = unit
        add_resident_unit(work_unit=unit, community=stage.nodes[row["home"]], by=SYSTEM, now=now)
        if name := row.get("instructor"):
            name_instructor(work_unit=unit, name=name, since=now.date(), by=SYSTEM, now=now)
        if name := row.get("branch"):
            level, day = PartyLevel.BRANCH, now.date()
            add_party_organisation(name=name, level=level, founded_on=day, work_unit=unit, by=SYSTEM, now=now)
    for key, community in places()["also_resident"]:
        add_resident_unit(work_unit=stage.units[key], community=stage.nodes[community], by=SYSTEM, now=now)


def _stations(stage: Stage) -> list[dict[str, Any]]:
    said = places()["station"]
    communities = {key.partition(":")[2] for key in stage.users if key.startswith("desk:")}
    return [
        {"node": name, "kind": "station"} | said | {"name": said["name"].format(community=name)}
        for name in stage.nodes
        if name in communities
    ]


def _outlets() -> list[dict[str, Any]]:
    columns = ("name", "address", "phone", "services")
    return [
        {"node": community, "kind": "outlet", **dict(zip(columns, row, strict=True))}
        for community, rows in places()["outlets"].items()
        for row in rows
    ]


def _content(stage: Stage, row: dict[str, Any]) -> PointContent:
    said = {name: value for name, value in row.items() if name not in ("node", "kind", "host")}
    host = stage.units[row["host"]] if "host" in row else None
    return PointContent(kind=PointKind(row["kind"]), host=host, since=stage.founded_at.date(), **said)


def lend(stage: Stage) -> None:
    """What units and the community lend, and who had it, has it, asks for it."""
    lent = {row["key"]: _resource(stage, row) for row in places()["resources"]}
    for row in places()["bookings"]:
        book(stage, lent[row["resource"]], row)


def _resource(stage: Stage, row: dict[str, Any]) -> SharedResource:
    community = stage.nodes[row["community"]]
    slots = [Slot(day, _minute(first), _minute(last)) for days, first, last in row["slots"] for day in days]
    content = ResourceContent(
        kind=ResourceKind(row["kind"]),
        name=row["name"],
        since=stage.founded_at.date(),
        slots=tuple(slots),
        place=row["place"],
        capacity=row["capacity"],
        conditions=row["conditions"],
    )
    unit = stage.units[row["owner"]] if row["owner"] else None
    return commands.add_resource(
        community=community,
        work_unit=unit,
        content=content,
        by=SYSTEM,
        now=stage.founded_at,
        id=fixed_id("resource", row["key"]),
    )


def book(stage: Stage, resource: SharedResource, row: dict[str, Any], *, matter: UUID | None = None) -> None:
    """As far as it came: asked three days before, answered the next day, given back on the day itself."""
    day = _day(stage.today, row)
    by, now = stage.actor(f"desk:{row['community']}"), min(stage.at(day - 3 * DAY, "09:00"), stage.now)
    worker = stage.users[f"desk:{row['community']}"]
    wanted = Wanted(
        starts_at=stage.planned(day, row["from"]),
        ends_at=stage.planned(day, row["until"]),
        purpose=row["purpose"],
        contact_name=worker.name,
        contact_phone=national(worker.phone),
    )
    key = fixed_id("booking", row["resource"], row["community"], row["purpose"])
    community = stage.nodes[row["community"]]
    booking = commands.ask(resource=resource, community=community, wanted=wanted, matter=matter, by=by, now=now, id=key)
    answered = min(stage.at(day - 2 * DAY, "09:00"), stage.now)
    if row["far"] == "refused":
        commands.refuse(booking=booking, reason=row["reason"], by=_owner(stage, resource, by), now=answered)
    if row["far"] in ("confirmed", "returned"):
        booking = commands.confirm(booking=booking, by=_owner(stage, resource, by), now=answered)
    if row["far"] == "returned":
        use = Use(people=row["people"], minutes=120, condition=row["condition"])
        after = stage.at(day, "18:00")
        commands.give_back(booking=booking, use=use, by=by, now=after)
        commands.thank(booking=booking, words=row["thanks"], by=by, now=after)


def _owner(stage: Stage, resource: SharedResource, desk: Actor) -> Actor:
    """Who answers: the liaison of the school, the desk for units without one."""
    return stage.actor("liaison") if resource.work_unit == stage.units["school_experiment"] else desk


def _day(today: date, row: dict[str, Any]) -> date:
    """The weekday of the row, so many weeks from this one: never today, which is half over."""
    monday = today - today.weekday() * DAY
    return monday + (row["weeks"] * WEEK + row["weekday"] - 1) * DAY


def _minute(clock: str) -> int:
    hour, _colon, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def _ago(stage: Stage, days: int) -> datetime:
    return stage.at(stage.today - days * DAY, "09:00")

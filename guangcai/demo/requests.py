"""Residents' requests of the demo: technicians of the street, and cases in every state, each brought there by steps."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

from guangcai.cases import commands
from guangcai.cases.commands import AskerDraft, CaseDraft, Hours, JobTime, TechnicianDraft, Worker
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Case, Category, Item, Technician
from guangcai.commitments import team_roll
from guangcai.core.actor import Actor
from guangcai.core.photos import Photo, cleaned
from guangcai.demo.content import requests
from guangcai.demo.stage import Stage, fixed_id
from guangcai.orgs.models import Node

DAY = timedelta(days=1)
Take = Callable[[Case, Actor, datetime, list[Any]], object]


def answer_requests(stage: Stage) -> None:
    """Technicians first, then every case with its life, oldest first; at last what the night would have done."""
    told = requests()
    hired = [_technician(stage, row) for row in told["technicians"]]
    items = _items()
    _own_item(stage, told["own_item"])
    raised = [_case(stage, at, row, items) for at, row in enumerate(told["cases"])]
    for at, row in enumerate(told["cases"]):
        for step in row["steps"]:
            _take(stage, raised, hired, at, step)
    commands.notice_overdue(by=Actor.system(), now=stage.now)
    commands.close_unanswered(by=Actor.system(), now=stage.now)


def _items() -> dict[str, Item]:
    return {row.code: row for row in Item.objects.filter(node=None).select_related("category")}


def _own_item(stage: Stage, row: dict[str, Any]) -> None:
    """What one community offers beside the shipped catalogue."""
    draft = commands.ItemDraft(
        category=Category.objects.get(code=row["category"]),
        name=row["name"],
        fields=[{"label": row["question"], "kind": "number", "required": True}],
        body=row["body"],
    )
    key, now = fixed_id("case item", row["name"]), _ago(stage, 60, "09:00")
    commands.add_item(node=stage.nodes[row["community"]], draft=draft, by=_desk(stage, row), now=now, id=key)


def _technician(stage: Stage, row: dict[str, Any]) -> Technician:
    opens, closes = (time.fromisoformat(clock) for clock in row["hours"])
    draft = TechnicianDraft(
        name=row["name"],
        phone=row["phone"],
        is_paid=row["paid"],
        categories=list(Category.objects.filter(code__in=row["categories"])),
        hours=[Hours(day, opens, closes) for day in row["days"]],
    )
    node = stage.nodes[row["place"]]
    key = fixed_id("technician", row["phone"])
    return commands.add_technician(node=node, draft=draft, by=Actor.system(), now=_ago(stage, 200, "09:00"), id=key)


def _case(stage: Stage, at: int, row: dict[str, Any], items: dict[str, Item]) -> Case:
    community = row["community"]
    draft = CaseDraft(
        item=items[row["item"]],
        community=stage.nodes[community],
        what=row["what"],
        channel=CaseChannel(row["channel"]),
        asker=AskerDraft(name=row["name"], phone=row["phone"], flat=row["flat"]),
        place=stage.buildings[community, row["building"]],
        answers=row["answers"],
        photos=[_picture() for _shot in range(row.get("photos", 0))],
        id=fixed_id("case", at),
    )
    return commands.raise_case(draft=draft, by=_desk(stage, row), now=_ago(stage, row["days"], row["clock"]))


def _picture() -> Photo:
    """A dark landing with a lamp that does not burn, as a phone would show it."""
    from PIL import Image, ImageDraw  # lazy-cost: the demo alone draws

    picture = Image.new("RGB", (1200, 900), "#2b2f36")
    draw = ImageDraw.Draw(picture)
    for step in range(6):
        draw.rectangle((150 * step, 860 - 90 * step, 1200, 900 - 90 * step), fill=(70 + 12 * step,) * 3)
    draw.rectangle((840, 120, 1060, 400), fill="#3a3f47")
    draw.ellipse((520, 60, 680, 220), fill="#8b8f96", outline="#c9ccd1", width=6)
    out = BytesIO()
    picture.save(out, "JPEG")
    return cleaned(out.getvalue())


def _take(stage: Stage, raised: list[Case], hired: list[Technician], at: int, step: list[Any]) -> None:
    """One step: [verb, days ago, clock, ...]; the asker's own are said with the code."""
    verb, days, clock, *rest = step
    case, now = raised[at], _ago(stage, days, clock)
    by = _desk(stage, requests()["cases"][at])
    if verb == "dispatch":
        commands.dispatch(case=case, worker=_worker(stage, hired, rest[0], case.community), by=by, now=now)
    elif verb == "done":
        time_given = JobTime(now - timedelta(minutes=rest[1]), rest[1]) if len(rest) > 1 else None
        commands.finish(case=case, note=rest[0], time=time_given, by=by, now=now)
    elif verb == "appoint":
        commands.make_appointment(case=case, at=stage.planned(stage.today - rest[0] * DAY, rest[1]), by=by, now=now)
    elif verb == "close":
        commands.close_case(case=case, code=rest[0], duplicate_of=raised[rest[1]], by=by, now=now)
    else:
        OTHERS[verb](case, by, now, rest)


def _worker(stage: Stage, hired: list[Technician], words: str, community: Node) -> Worker:
    kind, _colon, key = words.partition(":")
    if kind == "technician":
        return Worker(technician=hired[int(key)])
    if kind == "member":
        return Worker(member=stage.person(key).member)
    if kind == "team":
        return Worker(team=team_roll.roll().serving(community.path).get(name=key))
    return Worker(body=key)


def _accept(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    return commands.accept(case=case, by=by, now=now)


def _return(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    return commands.give_back(case=case, reason=rest[0], note=rest[1], by=by, now=now)


def _decline(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    return commands.decline(case=case, reason=rest[0], by=by, now=now)


def _call(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    note = requests()["called"] if rest[0] in ("explained", "refused") else ""
    return commands.call_back(case=case, outcome=rest[0], is_satisfied=rest[1], note=note, by=by, now=now)


def _confirm(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    return commands.confirm_solved(case=case, code=case.asker.code, is_satisfied=True, by=Actor(), now=now)


def _reopen(case: Case, by: Actor, now: datetime, rest: list[Any]) -> object:
    return commands.reopen(case=case, note=rest[0], code=case.asker.code, by=Actor(), now=now)


OTHERS: dict[str, Take] = {
    "accept": _accept,
    "return": _return,
    "decline": _decline,
    "call": _call,
    "confirm": _confirm,
    "reopen": _reopen,
}


def _desk(stage: Stage, row: dict[str, Any]) -> Actor:
    return stage.actor(f"desk:{row['community']}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)

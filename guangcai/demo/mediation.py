"""Quarrels of the demo: one opened, one whose agreement is to be looked at, one that holds, one not agreed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.demo.content import mediation
from guangcai.demo.stage import Stage, fixed_id
from guangcai.mediation import commands
from guangcai.mediation.enums import PartySide
from guangcai.mediation.models import CauseKind, Mediation, Mediator

DAY = timedelta(days=1)
Key = int | str


def settle_quarrels(stage: Stage) -> None:
    """Three mediators, one of them an elder who is no member, and four quarrels as far as each came."""
    told = mediation()
    known = _mediators(stage, told)
    for row in told["matters"]:
        _settle(stage, row, [known[key] for key in row["mediators"]])


def _mediators(stage: Stage, told: dict[str, Any]) -> dict[Key, Mediator]:
    node, by, now = stage.nodes[told["community"]], _desk(stage), _ago(stage, 120, "09:00")
    people = stage.people[told["community"]]
    drafts: dict[Key, commands.MediatorDraft] = {
        who: commands.MediatorDraft(member=people[who].member) for who in told["members"]
    }
    drafts["elder"] = commands.MediatorDraft(**told["elder"])
    return {
        key: commands.add_mediator(node=node, draft=draft, by=by, now=now, id=fixed_id("mediator", key))
        for key, draft in drafts.items()
    }


def _settle(stage: Stage, row: dict[str, Any], mediators: list[Mediator]) -> None:
    days, by = row["days"], _desk(stage)
    parties = [commands.PartyDraft(side, *row[side.value]) for side in PartySide]
    draft = commands.MatterDraft(
        community=stage.nodes[mediation()["community"]],
        cause=CauseKind.objects.get(code=row["cause"]),
        parties=parties,
        mediators=mediators,
        note=row["note"],
        id=fixed_id("mediation", row["key"]),
    )
    matter = commands.open_matter(draft=draft, by=by, now=_ago(stage, days, "09:20"))
    if row["far"] == "opened":
        return
    _hear(stage, matter, row, mediators)
    then = _ago(stage, days - 8, "16:30")
    if row["far"] == "not_agreed":
        commands.end_without(mediation=matter, other_way=row["other_way"], note=row["why"], by=by, now=then)
        return
    items = commands.AgreementDraft(row["items"], localdate(then))
    commands.note_agreement(mediation=matter, draft=items, by=by, now=then)
    for later, said in zip((8, 31), row.get("visits", ()), strict=False):
        commands.note_visit(mediation=matter, holds=True, note=said, by=by, now=then + later * DAY)


def _hear(stage: Stage, matter: Mediation, row: dict[str, Any], mediators: list[Mediator]) -> None:
    session = commands.SessionDraft(
        starts_at=_ago(stage, row["days"] - 4, "18:30"),
        minutes=60,
        note=row["said"],
        mediators=mediators,
        parties=list(matter.parties.all()),
        place="",
        id=fixed_id("mediation-session", row["key"]),
    )
    now = _ago(stage, row["days"] - 4, "20:00")
    commands.record_session(mediation=matter, draft=session, by=_desk(stage), now=now)


def _desk(stage: Stage) -> Actor:
    return stage.actor(f"desk:{mediation()['community']}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)

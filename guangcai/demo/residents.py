"""Residents of the demo who ask on the phone without an account: one waits for a word of the asker, one is new."""

from datetime import datetime, timedelta
from typing import Any

from guangcai.cases import commands
from guangcai.cases.commands import AskerDraft, CaseDraft, Worker
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Case, Item, Technician
from guangcai.core.actor import Actor
from guangcai.demo.content import residents
from guangcai.demo.stage import Stage, fixed_id


def ask_without_account(stage: Stage) -> None:
    for row in residents()["cases"]:
        case = _raise(stage, row)
        if row["is_done"]:
            _see_to(stage, case, row)


def _raise(stage: Stage, row: dict[str, Any]) -> Case:
    community = row["community"]
    reach = {"name": row["name"], "phone": row["phone"], "is_anonymous": not row["phone"], "code": row["code"]}
    draft = CaseDraft(
        item=Item.objects.get(node=None, code=row["item"]),
        community=stage.nodes[community],
        what=row["what"],
        channel=CaseChannel.WEB,
        asker=AskerDraft(**reach),
        place=stage.buildings[community, row["building"]],
        place_note=row["where"],
        answers=row["answers"],
        id=fixed_id("resident's case", row["code"]),
    )
    return commands.raise_case(draft=draft, by=Actor(), now=_asked_at(stage, row))


def _see_to(stage: Stage, case: Case, row: dict[str, Any]) -> None:
    by, day = stage.actor(f"desk:{row['community']}"), _asked_at(stage, row) + timedelta(days=1)
    repairs = Technician.objects.filter(node=case.community, skills__category=case.item.category, until=None)
    worker = Worker(technician=repairs.order_by("name", "pk").first())
    commands.dispatch(case=case, worker=worker, by=by, now=day.replace(minute=0))
    commands.accept(case=case, by=by, now=day.replace(minute=10))
    commands.finish(case=case, note=row["note"], by=by, now=day.replace(minute=50))


def _asked_at(stage: Stage, row: dict[str, Any]) -> datetime:
    return stage.at(stage.today - timedelta(days=row["days"]), row["clock"])

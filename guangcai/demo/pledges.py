"""Pledges of the demo: under way, over and waiting for review, reviewed and answered; public ones and others."""

from datetime import date, timedelta
from typing import Any

from guangcai.core.actor import Actor
from guangcai.demo.content import pledges
from guangcai.demo.stage import Stage, fixed_id
from guangcai.pledges.commands import Content, answer_review, end_over, make_pledge, mark_done, review
from guangcai.pledges.enums import Finding, Measure
from guangcai.pledges.models import Pledge
from guangcai.pledges.queries.pledges import versions_in_force
from guangcai.pledges.rules import Promise

DAY = timedelta(days=1)
IN_THE_MORNING, IN_THE_AFTERNOON = "09:30", "15:30"


def make_pledges(stage: Stage) -> None:
    """Each pledge with its marks; those whose day has passed are ended, as every night does, and some reviewed."""
    made = [(row, _make(stage, row)) for row in pledges()["pledges"]]
    end_over(by=Actor.system(), now=stage.now)
    for row, pledge in made:
        if told := row.get("review"):
            _review(stage, pledge, told)


def _make(stage: Stage, row: dict[str, Any]) -> Pledge:
    person, desk = stage.people[row["community"]][row["who"]], stage.actor(f"desk:{row['community']}")
    made_on = stage.today - row["days"] * DAY
    due_on = stage.today - row["due_days"] * DAY if row["due_days"] is not None else date(stage.today.year, 12, 31)
    versions = versions_in_force(person.member.path, year=due_on.year).values()
    version = next(one for one in versions if one.template.code == row["template"])
    promises = [Promise(text) for text in row.get("words", ())]
    take = row.get("take", {})
    promises += [
        Promise(item.text, Measure(item.measure), item.kind_id, take[str(item.position)])
        for item in version.items.all()
        if str(item.position) in take
    ]
    pledge = make_pledge(
        version=version,
        member=person.member,
        content=Content(promises, due_on.year, due_on, row["public"]),
        by=desk,
        now=stage.at(made_on, IN_THE_MORNING),
        id=fixed_id("pledge", row["template"], person.row["phone"]),
        asked=pledges()["asked"],
    )
    lines = {line.position: line for line in pledge.lines.all()}
    for number, days, note in row["marks"]:
        done_on = max(stage.today - days * DAY, date(pledge.year, 1, 1))
        at = stage.at(done_on, IN_THE_AFTERNOON)
        mark_done(line=lines[number], done_on=done_on, note=note, by=desk, now=at)
    return pledge


def _review(stage: Stage, pledge: Pledge, told: dict[str, Any]) -> None:
    secretary, day = stage.actor(f"secretary:{pledge.community.name}"), stage.today - told["days"] * DAY
    at = stage.at(day, IN_THE_MORNING)
    review(pledge=pledge, finding=Finding(told["finding"]), words=told["words"], by=secretary, now=at)
    if told["answer"]:
        own = Actor(member_id=pledge.member_id)
        answer_review(pledge=pledge, answer=told["answer"], by=own, now=stage.at(day, IN_THE_AFTERNOON))

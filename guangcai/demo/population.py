"""Seventy-five invented members report in on launch day: the unit's list, the slip at the door, one tap of the desk."""

from datetime import date, timedelta
from random import Random
from typing import Any

from guangcai.demo.content import people, year
from guangcai.demo.place import SYSTEM
from guangcai.demo.stage import Person, Stage, fixed_id
from guangcai.members.commands import (
    Placement,
    SkillGiven,
    accept_many,
    add_member,
    report_in_submit,
    set_skills,
    start_org_relation,
)
from guangcai.members.enums import Channel, DayPart, Gender, MemberType
from guangcai.members.lists import first_notice
from guangcai.members.models import Occupation, SkillKind
from guangcai.members.slips import SlipForm

JOINED_LATE = timedelta(days=100)
TIMES = ((DayPart.WEEKEND_MORNING,), (DayPart.WEEKDAY_EVENING, DayPart.WEEKEND_AFTERNOON))


def hand_in_lists(stage: Stage) -> None:
    """Every unit hands in its own members, marked as invented."""
    occupations = {occupation.name: occupation for occupation in Occupation.objects.all()}
    now = stage.at(stage.launch - timedelta(days=7), "10:00")
    for row in people():
        chance = Random(row["phone"])  # noqa: S311  the same person at every loading, not a secret
        born = date(row["birth_year"], chance.randint(1, 12), chance.randint(1, 28))
        member = add_member(
            id=fixed_id("member", row["phone"]),
            name=row["name"],
            phone=row["phone"],
            placed=Placement(work_unit=stage.units[row["unit"]], since=stage.founded_at.date()),
            is_demo=True,
            by=SYSTEM,
            now=now,
            gender=Gender(row["gender"]),
            birth_date=born,
            joined_party_on=date(born.year + chance.randint(20, 27), 7, 1),
            member_type=MemberType.IN_SERVICE,
            occupation=occupations[row["occupation"]],
            job_title=row["job_title"],
        )
        stage.people.setdefault(row["community"], []).append(Person(row, member))


def report_in(stage: Stage) -> None:
    """Launch day at every community; two of one community only later, by their own phones."""
    slow, how_many = year()["joined_by_phone"]
    for name, here in stage.people.items():
        late = here[-how_many:] if name == slow else []
        on_the_day = [one for one in here if one not in late]
        _report(stage, name, on_the_day, Channel.LAUNCH_DAY, on=stage.launch)
        if late:
            _report(stage, name, late, Channel.PHONE, on=stage.today - JOINED_LATE)
    for here in stage.people.values():
        for one in here:
            one.member.refresh_from_db()


def _report(stage: Stage, name: str, people_here: list[Person], channel: Channel, *, on: date) -> None:
    community, desk = stage.nodes[name], stage.actor(f"desk:{name}")
    slips = [
        report_in_submit(
            id=fixed_id("slip", one.row["phone"]),
            community=community,
            form=slip_form(stage, one.row),
            channel=channel,
            by=desk,
            now=stage.at(on, "09:00"),
            member=one.member,
        )
        for one in people_here
    ]
    accept_many(community=community, report_ins=[slip.pk for slip in slips], by=desk, now=stage.at(on, "09:30"))


def slip_form(stage: Stage, row: dict[str, Any]) -> SlipForm:
    """What the person wrote at the door."""
    offered = row.get("intentions") or year()["intentions"][row["occupation"]]
    return SlipForm(
        name=row["name"],
        phone=row["phone"],
        gender=row["gender"],
        occupation=row["occupation"] if row["occupation"].isascii() else "",
        work_unit_id=stage.units[row["unit"]].pk,
        building_id=stage.buildings[row["community"], row["building"]].pk,
        intentions={kind: TIMES[number % 2] for number, kind in enumerate(offered)},
        notice=first_notice().version,
    )


def note_abilities(stage: Stage) -> None:
    """Skills with their certificates, and where the formal relation is kept."""
    kinds = {kind.code: kind for kind in SkillKind.objects.all()}
    now, words = stage.at(stage.launch + timedelta(days=2), "10:00"), year()
    for name, here in stage.people.items():
        for one in here:
            since = stage.at(max(stage.launch + timedelta(days=2), one.member.added_at.date()), "10:00")
            by, held = stage.actor(f"desk:{name}"), {}
            for skill in one.row["skills"]:
                kind = kinds[words["skills"][skill]]
                held[kind.pk] = SkillGiven(kind, words["certificate"] if kind.needs_certificate else "")
            if held:
                set_skills(member=one.member, skills=held.values(), by=by, now=max(now, since))
            start_org_relation(
                member=one.member,
                party_organisation=stage.branches[one.row["unit"]],
                by=SYSTEM,
                now=now,
                since=stage.founded_at.date(),
            )

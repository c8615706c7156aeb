"""Households of the demo: invented people in every tier and category, looked after, overdue, handed over, unpaired."""

from datetime import datetime, timedelta
from typing import Any

from guangcai.care import commands
from guangcai.care.enums import ConsentBy, HouseholdCategory, PairingKind, RiskTier
from guangcai.care.models import Household, NeedKind, Pairing, VisitKind
from guangcai.core.actor import Actor
from guangcai.demo.content import care
from guangcai.demo.stage import Person, Stage, fixed_id

DAY = timedelta(days=1)


def look_after_households(stage: Stage) -> None:
    """Every community's households with their visits, then what makes a tour worthwhile: an alert, a hand-over."""
    for community, told in care()["communities"].items():
        rows = {one["label"]: _household(stage, community, one) for one in told["households"]}
        for label, who, days in told["hand_over"]:
            pairing = Pairing.objects.held().get(household=rows[label])
            _take_up(stage, _hand_over(stage, pairing, stage.people[community][who], days), days - 1)
        for label in told["alert"]:
            commands.raise_alert(household=rows[label], by=_desk(stage, community), now=_ago(stage, 0, "08:30"))
    _offer(stage)
    _plan(stage)


def _offer(stage: Stage) -> None:
    """Somebody who looks after nobody yet says that he would."""
    community, who, note, days = care()["offer"]
    member = stage.people[community][who].member
    key = fixed_id("care-offer", community, who)
    commands.offer_care(member=member, note=note, by=Actor(member_id=member.pk), now=_ago(stage, days, "19:00"), id=key)


def _household(stage: Stage, community: str, told: dict[str, Any]) -> Household:
    desk, now = _desk(stage, community), _ago(stage, told["days"], "10:00")
    guardian, phone = told.get("guardian", ("", ""))
    draft = commands.HouseholdDraft(
        label=told["label"],
        name=told["name"],
        category=HouseholdCategory(told["category"]),
        place=stage.buildings[community, told["building"]],
        people=told["people"],
        phone=told["phone"],
        address=told["address"],
        guardian_name=guardian,
        guardian_phone=phone,
        notes=told["notes"],
    )
    row = commands.add_household(
        community=stage.nodes[community],
        draft=draft,
        tier=RiskTier(told["tier"]),
        by=desk,
        now=now,
        id=fixed_id("household", community, told["label"]),
    )
    if told["consent"]:
        said_by = ConsentBy.GUARDIAN if row.needs_guardian else ConsentBy.SELF
        commands.give_consent(household=row, said_by=said_by, how=care()["how"], given_on=now.date(), by=desk, now=now)
    if "pair" in told:
        _pair(stage, community, row, told)
    return row


def _pair(stage: Stage, community: str, row: Household, told: dict[str, Any]) -> None:
    who, days, far, kind = told["pair"]
    person, now = stage.people[community][who], _ago(stage, days, "10:00")
    pairing = commands.offer_pairing(
        household=row,
        member=person.member,
        kind=PairingKind(kind),
        by=_desk(stage, community),
        now=now,
        id=fixed_id("pairing", row.pk, who),
    )
    if far == "confirmed":
        return
    _take_up(stage, pairing, days - 1)
    for ago, kind_of_visit, needs in sorted(told["visits"], reverse=True):
        _visit(stage, row, pairing, ago, kind_of_visit, needs)


def _take_up(stage: Stage, pairing: Pairing, days: int) -> None:
    by = _desk(stage, pairing.community.name)
    commands.take_up(pairing=pairing, by=by, now=_ago(stage, days, "09:00"), asked=care()["asked"])


def _visit(stage: Stage, row: Household, pairing: Pairing, ago: int, kind: str, needs: list[str]) -> None:
    """By the member himself, whether he signs in or not."""
    day = stage.today - ago * DAY
    draft = commands.VisitDraft(
        kind=VisitKind.objects.get(code=kind),
        visited_on=day,
        note=care()["note"],
        needs=tuple(NeedKind.objects.filter(code__in=needs)),
        with_guardian=row.needs_guardian,
        id=fixed_id("visit", row.pk, ago),
    )
    is_own = pairing.member_id == stage.users["member"].member_id
    by = stage.actor("member") if is_own else Actor(member_id=pairing.member_id)
    commands.record_visit(household=row, draft=draft, by=by, now=stage.at(day, "19:30"))


def _hand_over(stage: Stage, pairing: Pairing, person: Person, days: int) -> Pairing:
    return commands.hand_over(
        pairing=pairing,
        to_member=person.member,
        by=_desk(stage, pairing.community.name),
        now=_ago(stage, days, "09:00"),
        id=fixed_id("pairing", pairing.pk, "handed over"),
    )


def _plan(stage: Stage) -> None:
    """One five-fixed plan that runs."""
    told = care()["plan"]
    desk, now = _desk(stage, told["community"]), _ago(stage, told["days"], "10:00")
    row = Household.objects.get(pk=fixed_id("household", told["community"], told["label"]))
    plan = commands.draft_plan(
        household=row,
        member=stage.people[told["community"]][told["who"]].member,
        times=told["times"],
        what=told["what"],
        effect=told["effect"],
        by=desk,
        now=now,
        id=fixed_id("plan", row.pk),
    )
    commands.start_plan(plan=plan, by=desk, now=now)


def _desk(stage: Stage, community: str) -> Actor:
    return stage.actor(f"desk:{community}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)

"""Zones of the demo: every building with gaps, agreements in every state, two to be renewed, one holder moved away."""

from datetime import datetime, timedelta

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.demo.content import zones
from guangcai.demo.stage import Stage, fixed_id
from guangcai.ledger.commands import confirm
from guangcai.members.commands import move
from guangcai.zones import commands
from guangcai.zones.enums import ZoneKind
from guangcai.zones.models import Zone, ZoneAgreement, ZoneDuty

THURSDAY = 3
DAY = timedelta(days=1)
ADDED_BEFORE = 350


def add_zones(stage: Stage) -> None:
    """Every building and stairwell in the tree, then the lots."""
    now = _ago(stage, ADDED_BEFORE, "09:00")
    for community in dict.fromkeys(place for place, _number in stage.buildings):
        by = _desk(stage, community)
        kinds = (ZoneKind.BUILDING, ZoneKind.STAIRWELL)
        commands.add_zones(community=stage.nodes[community], kinds=kinds, by=by, now=now)
        for name in zones()["lots"].get(community, []):
            key = fixed_id("zone", community, name)
            commands.add_lot(community=stage.nodes[community], name=name, by=by, now=now, id=key)


def sign_agreements(stage: Stage) -> None:
    """Who holds what, each as far as he came, and what was done there."""
    duties = {row.kind: row.duties for row in ZoneDuty.objects.all()}
    for community, told in zones()["agreements"].items():
        of_name = {zone.name: zone for zone in Zone.objects.open().filter(community=stage.nodes[community])}
        rows = {}
        for name, who, days, far in told:
            zone = of_name[name]
            rows[name] = _agreement(stage, zone, who, days, far, duties=duties[zone.kind])
        for name, days, content, is_deed, state in zones()["work"].get(community, []):
            _work(stage, rows[name], days, content, is_deed=is_deed, state=state)


def _agreement(stage: Stage, zone: Zone, who: int, days: int, far: str, *, duties: str) -> ZoneAgreement:
    """Offered by whoever can sign in himself, else written down by the desk."""
    community = zone.community.name
    desk, person = _desk(stage, community), stage.people[community][who]
    is_own = person.member.pk == stage.users["member"].member_id
    by, key = stage.actor("member") if is_own else desk, fixed_id("agreement", community, zone.name)
    row = commands.offer_zone(zone=zone, member=person.member, by=by, now=_ago(stage, days, "09:30"), id=key)
    if far == "offered":
        return row
    row = commands.confirm_agreement(agreement=row, duties=duties, by=desk, now=_ago(stage, days, "15:00"))
    if far == "confirmed":
        return row
    if far == "screen":
        name = person.member.name
        return commands.sign_agreement(agreement=row, name=name, by=by, now=_ago(stage, days, "20:00"))
    signed_on = stage.today - (days - 1) * DAY
    paper = commands.Paper(signed_on=signed_on, note=zones()["paper_note"])
    row = commands.sign_agreement(agreement=row, paper=paper, by=desk, now=stage.at(signed_on, "10:00"))
    if far == "ended":
        now = _ago(stage, days // 2, "09:00")
        return commands.end_agreement(agreement=row, reason=EndReason.AGREED, note="", by=desk, now=now)
    return row


def _work(stage: Stage, row: ZoneAgreement, days: int, content: str, *, is_deed: bool, state: str) -> None:
    """An hour on a Thursday evening, when nobody has a shift."""
    day = stage.today - days * DAY
    day -= (day.weekday() - THURSDAY) % 7 * DAY
    key = fixed_id("zone-work", row.pk, days)
    work = commands.Work(
        starts_at=stage.at(day, "19:00"),
        ends_at=stage.at(day, "20:00"),
        minutes=60,
        content=content,
        is_deed=is_deed,
        id=key,
    )
    community = row.community.name
    entry = commands.log_work(agreement=row, work=work, by=_desk(stage, community), now=stage.at(day + DAY, "09:00"))
    if state == "confirmed":
        confirm(entries=[entry], by=stage.actor(f"secretary:{community}"), now=stage.at(day + DAY, "15:00"))


def somebody_moves_away(stage: Stage) -> None:
    """A holder reports to another community; his agreement stays until somebody ends it.

    Somebody else comes from there: each community keeps as many people as document 001 states.
    """
    for community, who, to, days in zones()["moved"]:
        move(
            member=stage.people[community][who].member,
            community=stage.nodes[to],
            since=stage.today - days * DAY,
            by=_desk(stage, to),
            now=_ago(stage, days, "11:00"),
        )


def _desk(stage: Stage, community: str) -> Actor:
    return stage.actor(f"desk:{community}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)

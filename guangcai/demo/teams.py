"""Teams of the demo: the street's association and brigade, detachments, teams by occupation, two plates."""

from datetime import datetime, timedelta
from typing import Any

from guangcai.core.actor import Actor
from guangcai.demo.content import teams
from guangcai.demo.place import SYSTEM
from guangcai.demo.stage import Stage, fixed_id
from guangcai.members.models import Member, SkillKind
from guangcai.orgs.models import Node
from guangcai.teams import commands
from guangcai.teams.enums import LeaderRole, TeamBasis, TeamKind
from guangcai.teams.models import OccupationTeam, Team, TeamField

DAY = timedelta(days=1)


def form_teams(stage: Stage) -> None:
    """From the association down; the tiers of document 001 and 002, the people of the communities."""
    told, now = teams(), stage.founded_at + 40 * DAY
    street = stage.own.parent
    assert street is not None
    top = _add(street, TeamKind.ASSOCIATION, told["association"], None, now)
    brigade = _add(street, TeamKind.BRIGADE, told["brigade"], top, now)
    under = {}
    for name in told["detachments"]:
        words = {"name": told["detachment"].format(community=name)}
        under[name] = _add(stage.nodes[name], TeamKind.DETACHMENT, words, brigade, now)
    for row in told["teams"]:
        _occupational(stage, row, under.get(row["community"]))
    _by_skill(stage, told["by_skill"], under)


def _add(node: Node, kind: TeamKind, words: dict[str, str], parent: Team | None, now: datetime) -> Team:
    draft = commands.TeamDraft(kind=kind, parent=parent, name=words["name"], purpose=words.get("purpose", ""))
    return commands.add_team(node=node, draft=draft, by=SYSTEM, now=now, id=fixed_id("team", node.code, words["name"]))


def _occupational(stage: Stage, row: dict[str, Any], parent: Team | None) -> None:
    """A team that a rule proposes (A18): who joined, who leads, who asks, who is asked, what it did."""
    community, desk, now = row["community"], _desk(stage, row["community"]), _ago(stage, row["days"])
    rule = OccupationTeam.objects.select_related("field", "occupation").get(occupation__code=row["rule"])
    draft = commands.TeamDraft(
        kind=TeamKind.TEAM,
        name=rule.name,
        field=rule.field,
        parent=parent,
        basis=TeamBasis.OCCUPATION,
        occupation=rule.occupation,
    )
    key = fixed_id("team", community, row["rule"])
    team = commands.add_team(node=stage.nodes[community], draft=draft, by=desk, now=now, id=key)
    _fill(stage, team, row["joined"], now)
    for who, role in ((row["leader"], LeaderRole.LEADER), (row["deputy"], LeaderRole.DEPUTY)):
        if who is not None:
            commands.appoint_leader(team=team, member=_member(stage, community, who), role=role, by=desk, now=now)
    for who in row["asked"]:
        member, asked = _member(stage, community, who), teams()["asked"]
        key = fixed_id("team-place", team.pk, who)
        commands.ask_to_join(team=team, member=member, by=desk, now=_ago(stage, 2), asked=asked, id=key)
    invited = [_member(stage, community, who) for who in row["invited"]]
    commands.invite_members(team=team, members=invited, by=desk, now=_ago(stage, 4))
    for days, content, people in row["logs"]:
        day = stage.today - days * DAY
        entry, key = commands.LogDraft(day, content, people), fixed_id("team-log", team.pk, days)
        commands.write_log(team=team, draft=entry, by=desk, now=stage.at(day, "20:00"), id=key)
    if row.get("alias"):
        commands.add_alias(team=team, name=row["alias"], source=row["alias_source"], by=desk, now=now)


def _by_skill(stage: Stage, row: dict[str, Any], under: dict[str, Team]) -> None:
    community, now = row["community"], _ago(stage, row["days"])
    draft = commands.TeamDraft(
        kind=TeamKind.TEAM,
        name=row["name"],
        field=TeamField.objects.get(code=row["field"]),
        parent=under[community],
        basis=TeamBasis.SKILL,
        skill=SkillKind.objects.get(code=row["skill"]),
        purpose=row["purpose"],
    )
    key = fixed_id("team", community, row["skill"])
    team = commands.add_team(node=stage.nodes[community], draft=draft, by=_desk(stage, community), now=now, id=key)
    _fill(stage, team, row["joined"], now)


def _fill(stage: Stage, team: Team, people: list[int], now: datetime) -> None:
    """Each asks at the counter and is taken on."""
    community = team.node.name
    desk = _desk(stage, community)
    for who in people:
        place = commands.ask_to_join(
            team=team,
            member=_member(stage, community, who),
            by=desk,
            now=now,
            asked=teams()["asked"],
            id=fixed_id("team-place", team.pk, who),
        )
        commands.confirm_joining(membership=place, by=desk, now=now)


def hang_plates_out(stage: Stage) -> None:
    """Two members show that they serve; a resident thanks one of them, and nobody has read it yet."""
    for row in teams()["plates"]:
        member = _member(stage, row["community"], row["who"])
        plate = commands.show_plate(member=member, by=Actor(member_id=member.pk), now=_ago(stage, row["days"]))
        if told := row["feedback"]:
            words = commands.Feedback(fixed_id("plate-feedback", row["who"]), told["tone"], told["text"], told["phone"])
            commands.add_plate_feedback(plate=plate, feedback=words, by=Actor(), now=_ago(stage, told["days"]))


def _member(stage: Stage, community: str, who: int) -> Member:
    return stage.people[community][who].member


def _desk(stage: Stage, community: str) -> Actor:
    return stage.actor(f"desk:{community}")


def _ago(stage: Stage, days: int) -> datetime:
    return stage.at(stage.today - days * DAY, "10:00")

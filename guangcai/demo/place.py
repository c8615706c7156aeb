"""The district before anybody reported in: tree, rules, lists, units, organisations, and who works there."""

from datetime import date

from guangcai.accounts.commands import add_user, link_member
from guangcai.activities.commands import load_templates
from guangcai.care.commands import load_care_lists
from guangcai.cases.commands import load_case_catalogue
from guangcai.core.actor import Actor
from guangcai.councils.commands import load_required_parties
from guangcai.demo.content import district, year, zones
from guangcai.demo.signins import PASSWORD, SIGN_INS
from guangcai.demo.stage import Stage
from guangcai.mediation.commands import load_causes
from guangcai.members.commands import load_lists
from guangcai.orgs.commands import (
    add_node,
    add_office_holder,
    add_party_organisation,
    add_resident_unit,
    add_work_unit,
    grant_role,
    load_standard_policies,
    set_profile,
)
from guangcai.orgs.enums import CommunityType, Level, OfficeSource, PartyLevel, WorkUnitKind
from guangcai.orgs.roles import Role
from guangcai.pledges.commands import load_pledge_templates
from guangcai.posts.commands import load_post_kinds
from guangcai.studios.commands import load_studio_kinds
from guangcai.teams.commands import load_team_lists
from guangcai.wishes.commands import load_wish_lists
from guangcai.zones.commands import load_zone_duties

BUILDINGS = (1, 2, 3, 4)
STAIRWELLS = (1, 2, 3)
SYSTEM = Actor.system()
# Keys under which Stage.users knows those who run a community.
DESKS = {Role.DESK_WORKER: "desk", Role.COMMUNITY_SECRETARY: "secretary"}


def build_tree(stage: Stage) -> None:
    """Sources: document 001 (communities and types); codes of streets and communities are invented."""
    told, now = district(), stage.founded_at
    root = add_node(
        parent=None,
        level=Level.DISTRICT,
        code=told["district"]["code"],
        name=told["district"]["name"],
        by=SYSTEM,
        now=now,
    )
    stage.nodes[root.name] = root
    for street in told["streets"]:
        above = add_node(parent=root, level=Level.STREET, code=street["code"], name=street["name"], by=SYSTEM, now=now)
        stage.nodes[above.name] = above
        for row in street["communities"]:
            community = add_node(
                parent=above, level=Level.COMMUNITY, code=row["code"], name=row["name"], by=SYSTEM, now=now
            )
            stage.nodes[community.name] = community
            kind = CommunityType(told["types"][row["type"]])
            reason, brand = year()["profiles"].get(community.name, ("", ""))
            set_profile(node=community, community_type=kind, type_reason=reason, brand_name=brand, by=SYSTEM, now=now)
    load_standard_policies(node=root, by=SYSTEM, now=now, since=date(stage.launch.year, 1, 1))
    load_lists(by=SYSTEM, now=now)
    load_post_kinds(by=SYSTEM, now=now)
    load_zone_duties(by=SYSTEM, now=now)
    load_team_lists(by=SYSTEM, now=now)
    load_care_lists(by=SYSTEM, now=now)
    load_causes(by=SYSTEM, now=now)
    load_wish_lists(by=SYSTEM, now=now)
    load_required_parties(by=SYSTEM, now=now)
    load_case_catalogue(by=SYSTEM, now=now)
    load_studio_kinds(by=SYSTEM, now=now)
    load_templates(node=root, by=SYSTEM, now=now)
    load_pledge_templates(node=root, by=SYSTEM, now=now)


def build_buildings(stage: Stage) -> None:
    for people in district()["streets"][0]["communities"]:
        community = stage.nodes[people["name"]]
        for number in BUILDINGS:
            stage.buildings[community.name, number] = add_node(
                parent=community,
                level=Level.BUILDING,
                name=year()["building"].format(number=number),
                by=SYSTEM,
                now=stage.founded_at,
            )


def build_stairwells(stage: Stage) -> None:
    """Of the community in which most sign-ins work; the others keep to their buildings."""
    home = next(one.place for one in SIGN_INS if one.role == Role.MEMBER)
    for number in BUILDINGS:
        for stairwell in STAIRWELLS:
            add_node(
                parent=stage.buildings[home, number],
                level=Level.STAIRWELL,
                name=zones()["stairwell"].format(number=stairwell),
                by=SYSTEM,
                now=stage.founded_at,
            )


def build_organisations(stage: Stage) -> None:
    """Work units with their branches, the communities' Party organisations and who heads them."""
    root, now, words = stage.nodes[district()["district"]["name"]], stage.founded_at, year()
    founded_on = date(stage.launch.year - 8, 7, 1)
    for number, row in enumerate(district()["work_units"]):
        unit = add_work_unit(name=row["name"], node=root, kind=WorkUnitKind(row["kind"]), by=SYSTEM, now=now)
        stage.units[row["key"]] = unit
        stage.branches[row["key"]] = add_party_organisation(
            name=words["unit_branch"].format(unit=unit.name),
            level=PartyLevel.BRANCH,
            founded_on=founded_on,
            work_unit=unit,
            by=SYSTEM,
            now=now,
        )
        home = stage.nodes[district()["streets"][0]["communities"][number % 7]["name"]]
        add_resident_unit(work_unit=unit, community=home, by=SYSTEM, now=now)
    street = district()["streets"][0]
    committee = add_party_organisation(
        name=words["street_committee"],
        level=PartyLevel.WORKING_COMMITTEE,
        founded_on=founded_on,
        node=stage.nodes[street["name"]],
        by=SYSTEM,
        now=now,
    )
    for row in street["communities"]:
        stage.branches[row["name"]] = add_party_organisation(
            name=words["branch"].format(community=row["name"]),
            level=PartyLevel.GENERAL_BRANCH,
            founded_on=founded_on,
            node=stage.nodes[row["name"]],
            parent=committee,
            by=SYSTEM,
            now=now,
        )


def appoint(stage: Stage) -> None:
    """Accounts and roles: the sign-ins that are told, and colleagues without a password."""
    for one in SIGN_INS:
        user = add_user(name=one.name, phone=one.phone, password=PASSWORD, by=SYSTEM, now=stage.founded_at)
        stage.users[one.key] = user
        if one.role in DESKS:
            stage.users[f"{DESKS[one.role]}:{one.place}"] = user
        if one.role == Role.MEMBER:
            continue
        unit = next((unit for unit in stage.units.values() if unit.name == one.place), None)
        place = {"work_unit": unit} if unit else {"node": stage.nodes[one.place]}
        grant_role(user=user, role=one.role, by=SYSTEM, now=stage.founded_at, **place)
    for community, role, name, phone in year()["staff"]:
        user = add_user(name=name, phone=phone, by=SYSTEM, now=stage.founded_at)
        stage.users.setdefault(f"{DESKS[Role(role)]}:{community}", user)
        stage.users[f"colleague:{community}"] = user
        grant_role(user=user, role=Role(role), node=stage.nodes[community], by=SYSTEM, now=stage.founded_at)
    _note_offices(stage)


def _note_offices(stage: Stage) -> None:
    words = year()
    for key, user in stage.users.items():
        kind, _colon, community = key.partition(":")
        if kind == "secretary" and community in stage.branches:
            add_office_holder(
                organisation=stage.branches[community],
                name=user.name,
                office=words["secretary"],
                source=OfficeSource.SELECTED,
                since=date(stage.launch.year - 2, 3, 1),
                by=SYSTEM,
                now=stage.founded_at,
            )


def link_accounts(stage: Stage) -> None:
    """The members who sign in: their account is theirs from the day they reported in."""
    now = stage.at(stage.launch, "12:00")
    for one in SIGN_INS:
        if one.role != Role.MEMBER:
            continue
        member = stage.person(one.name).member
        stage.users[one.key] = link_member(user=stage.users[one.key], member_id=member.pk, by=SYSTEM, now=now)
        grant_role(user=stage.users[one.key], role=Role.MEMBER, node=stage.nodes[one.place], by=SYSTEM, now=now)

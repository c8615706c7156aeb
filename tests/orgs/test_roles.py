"""Role x right and role x grantable role, written out by hand: a change of a cell is a change of this table."""

import pytest

from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.orgs import rules
from guangcai.orgs.enums import Level
from guangcai.orgs.roles import NEEDS_SECOND_FACTOR, ROLES, Role

COLUMNS = (
    "member",
    "desk_worker",
    "community_secretary",
    "street_overseer",
    "district_administrator",
    "unit_liaison",
    "auditor",
    "system_administrator",
)
# One line a right: who holds it, in the order of COLUMNS. x = yes.
RIGHTS = """
tree_view           . x x x x . x x
tree_edit           . . . . x . . .
unit_edit           . x x . x . . .
grant_edit          . . x . x . . x
policy_edit         . . . . x . . .
workday_edit        . . . . x . . x
audit_view          . . . . x . x .
system_run          . . . . . . . x
roster_view         . x x x x . . .
roster_edit         . x x . . . . .
roster_import       . x x . . . . .
roster_export       . x x x x . . .
unit_roster_view    . . . . . x . .
unit_roster_import  . . . . . x . .
phone_open          . x x . . . . .
report_in_accept    . x x . . . . .
activity_view       x x x x x . . .
activity_sign_up    x . . . . . . .
activity_edit       . x x . . . . .
attendance_take     . x x . . . . .
post_view           x x x x x . . .
post_claim          x . . . . . . .
post_edit           . x x . . . . .
zone_view           x x x x x . . .
zone_claim          x . . . . . . .
zone_edit           . x x . . . . .
team_view           x x x x x . . .
team_join           x . . . . . . .
team_edit           . x x . x . . .
care_view           . x x . . . . .
care_edit           . x x . . . . .
care_oversee        . . . x x . . .
pledge_view         x x x x x . . .
pledge_make         x . . . . . . .
pledge_edit         . x x . . . . .
invitation_edit     . x x . . . . .
place_edit          . x x . . . . .
resource_view       . x x x x . . .
resource_edit       . x x . . x . .
resource_book       . x x . . . . .
case_view           . x x x x . . .
case_raise          x . . . . . . .
case_edit           . x x . . . . .
case_rule           . . . x . . . .
case_answer         . . . . . x . .
wish_view           x x x x x . . .
wish_claim          x . . . . . . .
wish_edit           . x x . . . . .
council_view        x x x x x . . .
council_edit        . x x . . . . .
committee_edit      . . . . x . . .
proposal_raise      x . . . . . . .
proposal_answer     . . . . . x . .
mediation_view      . x x . . . . .
mediation_edit      . x x . . . . .
studio_view         x x x x x . . .
studio_join         x . . . . . . .
studio_edit         . x x . . . . .
entry_view          . x x x x . . .
entry_record        . x x . . . . .
entry_confirm       . x x . . . . .
entry_reverse       . . x . . . . .
back_fill_approve   . . x . . . . .
sample_view         . . . x x . . .
certificate_issue   . x x . . . . .
feedback_view       . x x x x x . .
feedback_edit       . x x . . . . .
feedback_approve    . . x . . . . .
feedback_answer     . . . . . x . .
appraisal_view      . x x x x x . .
appraisal_edit      . x x . . . . .
appraisal_approve   . . x . . . . .
statistics_view     . x x x x . . .
suggestion_read     . x x x x . . .
"""
# One line a giver: which roles he may give.
GIVING = """
member                  . . . . . . . .
desk_worker             . . . . . . . .
community_secretary     x x . . . . . .
street_overseer         . . . . . . . .
district_administrator  x x x x x x x .
unit_liaison            . . . . . . . .
auditor                 . . . . . . . .
system_administrator    . . . . x . x .
"""
# One line a role: on which levels it is held.
LEVELS = ("country", "province", "city", "district", "street", "community", "compound", "building", "stairwell")
PLACES = """
member                  . . . . . x . . .
desk_worker             . . . . . x . . .
community_secretary     . . . . . x . . .
street_overseer         . . . . x . . . .
district_administrator  . . x x . . . . .
unit_liaison            . . . . . . . . .
auditor                 x x x x x . . . .
system_administrator    x x x x . . . . .
"""


def cells(table: str, columns: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return [(line[0], column, mark == "x") for line in lines for column, mark in zip(columns, line[1:], strict=True)]


def test_every_role_and_right_stands_in_the_table():
    assert tuple(role.value for role in Role) == COLUMNS
    assert {line.split()[0] for line in RIGHTS.strip().splitlines()} == {right.value for right in Permission}
    assert {line.split()[0] for line in GIVING.strip().splitlines()} == set(COLUMNS)
    assert tuple(level.value for level in Level) == LEVELS


@pytest.mark.parametrize(("right", "role", "held"), cells(RIGHTS, COLUMNS))
def test_role_holds_right(right, role, held):
    assert (Permission(right) in ROLES[Role(role)]) is held


@pytest.mark.parametrize(("giver", "role", "may"), cells(GIVING, COLUMNS))
def test_role_gives_role(giver, role, may):
    assert (Role(role) in rules.grantable_by([giver])) is may
    if may:
        rules.check_grantable(Role(role), giver_roles=[giver])
    else:
        with pytest.raises(RuleBroken):
            rules.check_grantable(Role(role), giver_roles=[giver])


@pytest.mark.parametrize(("role", "level", "fits"), cells(PLACES, LEVELS))
def test_role_is_held_on_level(role, level, fits):
    if fits:
        rules.check_place(Role(role), Level(level))
    else:
        with pytest.raises(RuleBroken):
            rules.check_place(Role(role), Level(level))


def test_only_the_liaison_is_held_on_a_unit():
    rules.check_place(Role.UNIT_LIAISON, None)
    for role in set(Role) - {Role.UNIT_LIAISON}:
        with pytest.raises(RuleBroken):
            rules.check_place(role, None)


@pytest.mark.parametrize("held", sorted(rules.ADMINISTRATIVE))
@pytest.mark.parametrize("role", list(Role))
def test_three_administrative_roles_exclude_each_other(role, held):
    if role in {"system_administrator", "district_administrator", "auditor"} - {held}:
        with pytest.raises(RuleBroken):
            rules.check_exclusive(role, held=[held])
    else:
        rules.check_exclusive(role, held=[held])


def test_second_factor_for_whoever_sees_more_than_one_community():
    assert {role.value for role in NEEDS_SECOND_FACTOR} == {
        "street_overseer",
        "district_administrator",
        "auditor",
        "system_administrator",
    }

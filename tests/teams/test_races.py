"""Real threads on the real database: one leader, one place, one plate, whoever comes at the same moment."""

from datetime import datetime
from typing import Any

import pytest

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.models import AuditEvent, Outbox
from guangcai.teams import commands
from guangcai.teams.enums import LeaderRole, TeamEnd
from guangcai.teams.models import Plate, Team, TeamLeader, TeamMembership
from tests.activities.test_races import at_once
from tests.cast import Cast
from tests.teams.conftest import draft, joined
from tests.teams.test_commands import broken

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_two_leaders_appointed_at_once(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    people = neighbours(CLIENTS)
    for number in range(3):
        team = make_team(name=f"队{number}")
        for member, own in people:
            joined(team, member, own, now)
        found = at_once(
            [
                lambda m=m, t=team: commands.appoint_leader(team=t, member=m, role=LeaderRole.LEADER, by=desk, now=now)
                for m, _own in people
            ]
        )
        assert sorted(one for one in found if isinstance(one, str)) == ["has_leader"] * (CLIENTS - 1)
        assert TeamLeader.objects.open().filter(team=team).count() == 1
    assert broken() == []


def test_one_phone_joins_many_times(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    team, ((member, own),) = make_team(), neighbours(1)
    calls = [lambda: commands.ask_to_join(team=team, member=member, by=own, now=now)] * 4
    calls += [lambda: commands.invite_members(team=team, members=[member], by=desk, now=now)] * 3
    at_once(calls)
    # Both sides spoke: whoever came second has agreed to the first.
    assert TeamMembership.objects.get().state == "held"
    assert Outbox.objects.count() == 1


def test_one_name_is_one_team(cast: Cast, desk: Actor, now: datetime) -> None:
    found = at_once([lambda: commands.add_team(node=cast.nanyuan, draft=draft(), by=desk, now=now)] * CLIENTS)
    assert found.count("name_taken") == CLIENTS - 1
    assert Team.objects.count() == 1


def test_leading_against_leaving_and_ending(make_team: Any, neighbours: Any, desk: Actor, now: datetime) -> None:
    (member, own), *others = neighbours(4)
    for number in range(3):
        team = make_team(name=f"队{number}")
        row = joined(team, member, own, now)
        calls = [
            lambda t=team: commands.appoint_leader(team=t, member=member, role=LeaderRole.LEADER, by=desk, now=now),
            lambda r=row: commands.end_membership(membership=r, reason=EndReason.OWN_WISH, note="", by=own, now=now),
            lambda t=team: commands.end_team(team=t, reason=TeamEnd.DONE, note="", by=desk, now=now),
        ]
        calls += [lambda m=m, o=o, t=team: commands.ask_to_join(team=t, member=m, by=o, now=now) for m, o in others]
        at_once(calls)
        assert not TeamMembership.objects.live().filter(team=team).exists()
        assert not TeamLeader.objects.open().filter(team=team).exists()
    assert broken() == []


def test_a_plate_hung_out_from_two_phones(neighbours: Any, now: datetime) -> None:
    ((member, own),) = neighbours(1)
    plates = at_once([lambda: commands.show_plate(member=member, by=own, now=now)] * CLIENTS)
    assert len({plate.pk for plate in plates}) == 1
    assert Plate.objects.count() == 1
    assert AuditEvent.objects.filter(tag="teams:plate:show").count() == 1

"""When communities merge or streets change, what is in use stands where its place lies now; history stays."""

from datetime import datetime

import pytest

from guangcai.core.actor import Actor
from guangcai.orgs import commands as orgs
from guangcai.places import commands
from guangcai.places.enums import PointKind
from guangcai.places.models import Booking, PointLabel, ServicePoint, SharedResource
from guangcai.places.queries import directory
from tests.cast import Cast
from tests.places.conftest import broken, point_at, wanted

pytestmark = pytest.mark.django_db


def test_merged_communities_share_what_they_have(
    cast: Cast, point: ServicePoint, resource: SharedResource, asked: Booking, next_door: Actor, now: datetime
) -> None:
    twin = point_at(cast.gongyuan, PointKind.STATION, point.name, next_door, now)
    for node, label in ((cast.nanyuan, "老叫法"), (cast.gongyuan, "新叫法")):
        commands.set_label(node=node, kind=PointKind.STATION, label=label, by=cast.actor("administrator"), now=now)
    before = asked.path
    orgs.merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=cast.actor("administrator"), now=now)
    for row in (point, resource, asked):
        row.refresh_from_db()
    assert (point.node, point.path) == (cast.gongyuan, cast.gongyuan.path)
    assert point.name == f"{twin.name} (2)"
    assert PointLabel.objects.get().label == "新叫法"
    assert set(directory.points_under(cast.gongyuan.path)) == {point, twin}
    assert resource.community == cast.gongyuan
    assert asked.path == before
    desk = cast.actor("desk_next_door")
    later = commands.ask(
        resource=resource, community=cast.gongyuan, wanted=wanted(begins="10:00", ends="11:00"), by=desk, now=now
    )
    assert later.community == cast.gongyuan
    assert set(Booking.objects.visible_to(desk)) == {asked, later}
    assert broken() == []


def test_a_street_that_moves_takes_its_points_along(cast: Cast, point: ServicePoint, now: datetime) -> None:
    orgs.move_node(node=cast.nanyuan, parent=cast.other_street, by=cast.actor("administrator"), now=now)
    point.refresh_from_db()
    cast.nanyuan.refresh_from_db()
    assert point.path == cast.nanyuan.path
    assert list(directory.points_under(cast.other_street.path)) == [point]

"""Repeat rules over JSON: read where their activity is, page by page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from guangcai.activities.commands import add_activity, add_series, publish_activity
from guangcai.activities.models import Activity, Series
from guangcai.core.ids import new_id
from tests.activities.conftest import text
from tests.api.conftest import Caller, every_thursday
from tests.cast import Cast

Make = Callable[[str], Caller]


@pytest.fixture
def prepared(cast: Cast) -> Series:
    """Every Thursday in 南园, not published yet."""
    desk, now = cast.actor("desk"), timezone.now()
    activity = add_activity(community=cast.nanyuan, text=text(), by=desk, now=now)
    return add_series(activity=activity, repeat=every_thursday(now), by=desk, now=now)


def publish(cast: Cast, series: Series) -> None:
    publish_activity(activity=series.activity, by=cast.actor("desk"), now=timezone.now())


def keys(answer: Any) -> list[str]:
    return [row["id"] for row in answer.json()["rows"]]


def test_a_series_says_its_rule(cast: Cast, caller: Make, prepared: Series) -> None:
    answer = caller("desk").get(f"/series/{prepared.pk}")
    assert answer.json() == {
        "id": str(prepared.pk),
        "activity": str(prepared.activity_id),
        "title": prepared.activity.title,
        "community": {"code": cast.nanyuan.code, "name": cast.nanyuan.name},
        "rule": "FREQ=WEEKLY;BYDAY=TH",
        "starts_on": prepared.starts_on.isoformat(),
        "ends_on": prepared.ends_on.isoformat(),
        "start_time": "09:00",
        "minutes": 120,
        "places": 9,
        "on_holiday": "keep",
        "either": False,
    }
    assert keys(caller("desk").get("/series")) == [str(prepared.pk)]


def test_members_see_it_once_the_activity_is_published(cast: Cast, caller: Make, prepared: Series) -> None:
    member = caller("member")
    assert member.get("/series").json() == {"rows": [], "next": None}
    assert member.get(f"/series/{prepared.pk}").status_code == 404
    publish(cast, prepared)
    assert keys(member.get("/series")) == [str(prepared.pk)]
    assert member.get(f"/series/{prepared.pk}").status_code == 200


def test_next_door_sees_nothing_of_it(cast: Cast, caller: Make, prepared: Series) -> None:
    publish(cast, prepared)
    for who in ("desk_next_door", "member_next_door", "overseer_next_door", "liaison", "auditor"):
        assert keys(caller(who).get("/series")) == [], who
        assert caller(who).get(f"/series/{prepared.pk}").status_code == 404, who
    assert Caller().get("/series").status_code == 401


def test_pages_filters_and_what_is_no_filter(
    cast: Cast, caller: Make, prepared: Series, queries: Callable[[], Any]
) -> None:
    desk, now = caller("desk"), timezone.now()
    with queries() as one:
        desk.get("/series")
    other = add_activity(community=cast.nanyuan, text=text(), by=cast.actor("desk"), now=now)
    for _time in range(2):
        add_series(activity=other, repeat=every_thursday(now), by=cast.actor("desk"), now=now)
    with queries() as three:
        assert len(keys(desk.get("/series"))) == 3
    assert len(one) == len(three)
    first = desk.get("/series?limit=2")
    second = desk.get(f"/series?limit=2&cursor={first.json()['next']}")
    assert sorted(keys(first) + keys(second)) == sorted(str(key) for key in Series.objects.values_list("pk", flat=True))
    assert second.json()["next"] is None
    assert keys(desk.get(f"/series?activity={prepared.activity_id}")) == [str(prepared.pk)]
    assert len(keys(desk.get(f"/series?community={cast.nanyuan.code}"))) == 3
    assert keys(desk.get(f"/series?community={cast.gongyuan.code}")) == []
    assert keys(desk.get(f"/series?activity={new_id()}")) == []
    for wrong in ("activity=x", "limit=0", "cursor=x", "title=x", "community=%00"):
        assert desk.get(f"/series?{wrong}").status_code == 422, wrong
    assert desk.post("/series", {}).status_code == 405
    assert Activity.objects.count() == 2

"""Service points: added, changed, closed, called by the names of the district, counted by tier."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.orgs.commands import end_work_unit
from guangcai.orgs.models import WorkUnit
from guangcai.places import commands
from guangcai.places.commands import PointLine
from guangcai.places.enums import ClubKind, PointKind
from guangcai.places.models import PointLabel, ServicePoint
from guangcai.places.queries import directory
from tests.cast import Cast
from tests.places.conftest import broken, content, point_at

pytestmark = pytest.mark.django_db


def test_added_changed_and_closed(cast: Cast, point: ServicePoint, desk: Actor, now: datetime) -> None:
    assert (point.path, point.district_code) == (cast.nanyuan.path, "210802")
    assert point.service_lines == ["代缴水电", "法律咨询"]
    said = content(PointKind.STATION, " 南园社区 服务站 ", phone="0417-2812345", services="法律咨询\n\n")
    row = commands.change_point(point=point, content=said, by=desk, now=now)
    assert (row.name, row.phone, row.services) == ("南园社区 服务站", "0417-2812345", "法律咨询")
    changed = AuditEvent.objects.get(tag="places:point:change").details["changed"]
    assert changed == ["address", "name", "phone", "services"]
    commands.change_point(point=point, content=said, by=desk, now=now)
    assert AuditEvent.objects.filter(tag="places:point:change").count() == 1
    row = commands.end_point(point=point, reason="搬迁", by=desk, now=now)
    assert (row.until, row.end_reason) == (date(2026, 11, 20), "搬迁")
    assert commands.end_point(point=point, reason="别的", by=desk, now=now).end_reason == "搬迁"
    assert list(directory.listed()) == []
    with pytest.raises(RuleBroken):
        commands.change_point(point=point, content=said, by=desk, now=now)
    assert point_at(cast.nanyuan, PointKind.STATION, row.name, desk, now).pk != row.pk


def test_the_same_id_is_the_same_point(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    for _again in range(2):
        made = commands.add_point(node=cast.nanyuan, content=content(), by=desk, now=now, id=key)
        assert made.pk == key
    with pytest.raises(Conflict):
        commands.add_point(node=cast.nanyuan, content=content(name="别的店"), by=desk, now=now, id=key)


@pytest.mark.parametrize(
    ("kind", "other", "field"),
    [
        (PointKind.OUTLET, {"name": " "}, "name"),
        (PointKind.OUTLET, {"name": "长" * 61}, "name"),
        (PointKind.HOME, {}, "host"),
        (PointKind.CLUB, {}, "club_kind"),
        (PointKind.OUTLET, {"club_kind": ClubKind.CHOIR}, "club_kind"),
        (PointKind.OUTLET, {"meets": "每周三"}, "meets"),
        (PointKind.OUTLET, {"phone": "打电话"}, "phone"),
        (PointKind.OUTLET, {"since": date(1900, 1, 1)}, "since"),
    ],
)
def test_what_a_point_must_say(
    cast: Cast, desk: Actor, now: datetime, kind: PointKind, other: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.add_point(node=cast.nanyuan, content=content(kind, **other), by=desk, now=now)
    assert refused.value.field == field


def test_who_keeps_what(cast: Cast, point: ServicePoint, now: datetime) -> None:
    administrator = cast.actor("administrator")
    centre = point_at(cast.district, PointKind.CENTRE, "区为民服务中心", administrator, now)
    for who, refusal in [("overseer", Forbidden), ("desk_next_door", OutOfScope), ("liaison", OutOfScope)]:
        by = cast.actor(who)
        with pytest.raises(refusal):
            commands.add_point(node=cast.nanyuan, content=content(), by=by, now=now)
        with pytest.raises(refusal):
            commands.end_point(point=point, reason="x", by=by, now=now)
        with pytest.raises(refusal):
            commands.set_label(node=cast.nanyuan, kind=PointKind.STATION, label="x", by=by, now=now)
    with pytest.raises(OutOfScope):
        commands.change_point(point=centre, content=content(), by=cast.actor("desk"), now=now)
    assert set(ServicePoint.objects.kept_by(administrator)) == {centre, point}
    assert set(ServicePoint.objects.kept_by(cast.actor("desk"))) == {point}
    assert not ServicePoint.objects.kept_by(cast.actor("overseer")).exists()


def test_other_names_for_the_same_tiers(cast: Cast, point: ServicePoint, now: datetime) -> None:
    administrator, station = cast.actor("administrator"), PointKind.STATION
    commands.set_label(node=cast.district, kind=station, label="为民服务站", by=administrator, now=now)
    commands.set_label(node=cast.other_street, kind=station, label="便民驿站", by=administrator, now=now)
    there = point_at(cast.other_community, station, "建设驿站", administrator, now)
    assert {row.point: row.label for row in directory.rows_of(directory.listed())} == {
        point: "为民服务站",
        there: "便民驿站",
    }
    assert set(directory.listed(text="便民驿站")) == {there}
    assert directory.tiers(directory.counts(directory.listed())) == "2 个为民服务站"
    commands.set_label(node=cast.district, kind=station, label="", by=administrator, now=now)
    commands.set_label(node=cast.district, kind=station, label="", by=administrator, now=now)
    assert AuditEvent.objects.filter(tag="places:label:set").count() == 3
    assert PointLabel.objects.count() == 1


def test_found_by_what_it_offers(cast: Cast, point: ServicePoint, desk: Actor, now: datetime) -> None:
    club = content(PointKind.CLUB, "夕阳红合唱团", club_kind=ClubKind.CHOIR, meets="每周三上午", host=cast.school)
    choir = commands.add_point(node=cast.building, content=club, by=desk, now=now)
    for text, found in [
        ("水电", {point}),
        ("南园路", {point}),
        ("实验小学", {choir}),
        ("3号楼", {choir}),
        ("无此", set()),
    ]:
        assert set(directory.listed(text=text)) == found, text
    assert [row.kind for row in directory.counts(directory.listed())] == [PointKind.STATION, PointKind.CLUB]


def test_a_list_all_or_nothing(cast: Cast, point: ServicePoint, desk: Actor, now: datetime, queries: object) -> None:
    def line(number: int, kind: PointKind, name: str) -> PointLine:
        return PointLine(number, cast.nanyuan, content(kind, name))

    lines = [line(number, PointKind.OUTLET, f"网点{number}") for number in range(40)]
    lines += [line(41, PointKind.STATION, point.name), line(42, PointKind.OUTLET, "网点1")]
    with queries() as seen:  # type: ignore[operator]
        assert commands.add_points(lines=lines, by=desk, now=now) == 40
    assert len(seen) < 12
    assert commands.add_points(lines=lines, by=desk, now=now) == 0
    bad = [line(1, PointKind.OUTLET, "新网点"), line(2, PointKind.HOME, "流动的家")]
    with pytest.raises(RuleBroken):
        commands.add_points(lines=bad, by=desk, now=now)
    there = PointLine(1, cast.gongyuan, content(name="隔壁"))
    with pytest.raises(OutOfScope):
        commands.add_points(lines=[lines[0], there], by=desk, now=now)
    assert ServicePoint.objects.count() == 41


def test_a_unit_that_ends_hosts_nothing(cast: Cast, desk: Actor, now: datetime) -> None:
    def add(kind: PointKind, name: str) -> ServicePoint:
        hosted = content(kind, name, host=cast.school)
        return commands.add_point(node=cast.nanyuan, content=hosted, by=desk, now=now)

    home, outlet = add(PointKind.HOME, "电脑之家"), add(PointKind.OUTLET, "便民修理")
    WorkUnit.objects.filter(pk=cast.school.pk).update(ended_on=now.date())
    assert len(broken()) == 2
    WorkUnit.objects.filter(pk=cast.school.pk).update(ended_on=None)
    end_work_unit(work_unit=cast.school, by=Actor.system(), now=now)
    for row in (home, outlet):
        row.refresh_from_db()
    assert (home.ended_at, home.until, bool(home.end_reason)) == (now, now.date(), True)
    assert (outlet.ended_at, outlet.host) == (None, None)
    assert AuditEvent.objects.filter(tag="places:point:change").get().details == {"changed": ["host"]}
    assert broken() == []


def test_nobody_is_given_a_host_that_ended(cast: Cast, point: ServicePoint, desk: Actor, now: datetime) -> None:
    end_work_unit(work_unit=cast.school, by=Actor.system(), now=now)
    hosted, by = content(PointKind.HOME, "电脑之家", host=cast.school), {"by": desk, "now": now}
    for act in (
        lambda: commands.add_point(node=cast.nanyuan, content=hosted, **by),
        lambda: commands.change_point(point=point, content=hosted, **by),
        lambda: commands.add_points(lines=[PointLine(2, cast.nanyuan, hosted)], **by),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "unit_ended"
    assert ServicePoint.objects.get() == point


def test_what_the_database_refuses(cast: Cast, point: ServicePoint, now: datetime) -> None:
    def spoiled(**values: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ServicePoint.objects.filter(pk=point.pk).update(**values)

    spoiled(name="")
    spoiled(kind=PointKind.HOME)
    spoiled(kind=PointKind.CLUB)
    spoiled(meets="每周三")
    spoiled(ended_at=now)
    spoiled(until=point.since, end_reason="x")
    spoiled(ended_at=now, until=point.since - timedelta(days=1), end_reason="x")
    twin = ServicePoint.objects.get(pk=point.pk)
    twin.pk, twin._state.adding = new_id(), True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    label = {"node": cast.nanyuan, "path": cast.nanyuan.path, "kind": PointKind.HOME}
    for text in ("", "家"):
        with transaction.atomic():
            if text:
                PointLabel.objects.create(**label, label=text)
            with pytest.raises(IntegrityError), transaction.atomic():
                PointLabel.objects.create(**label, label=text)

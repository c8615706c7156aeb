"""Activities, shifts, sign-ups and attendance over JSON, from the notice to the ledger."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from guangcai.activities.commands import add_activity, add_shift, publish_activity
from guangcai.activities.models import Attendance, Shift
from guangcai.core.ids import new_id
from guangcai.ledger.models import ServiceEntry
from tests.activities.conftest import text
from tests.api.conftest import Caller
from tests.cast import Cast, make_member

Make = Callable[[str], Caller]


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "community": "210802001002",
        "title": "周末义务清扫",
        "service_kind": "convenience",
        "place": "3号楼前",
        "content": "清扫院落",
        "conditions": "身体适合户外劳动",
        "sign_up_method": "手机报名",
        "risk_note": "可能滑倒",
        "guarantee": "手套",
        "lead_name": "南园社工",
        "is_deed": True,
    } | changes


def times(starts_in: timedelta = timedelta(days=2), **changes: Any) -> dict[str, Any]:
    start = timezone.now() + starts_in
    return {"id": str(new_id()), "starts_at": start, "ends_at": start + timedelta(hours=2), "places": 5} | changes


@pytest.fixture
def running(cast: Cast) -> Shift:
    """A published shift of 南园 that began an hour ago."""
    desk, now = cast.actor("desk"), timezone.now()
    activity = add_activity(community=cast.nanyuan, text=text(), by=desk, now=now)
    start = now - timedelta(hours=1)
    shift = add_shift(
        activity=activity, starts_at=start, ends_at=start + timedelta(hours=2), places=9, by=desk, now=now
    )
    publish_activity(activity=activity, by=desk, now=start - timedelta(hours=1))
    return shift


def test_from_the_notice_to_a_sign_up(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), notice()
    made = desk.post("/activities", body)
    assert made.status_code == 201, made.content
    assert desk.post("/activities", body).json() == made.json()
    assert desk.post("/activities", body | {"place": "5号楼前"}).status_code == 409
    assert desk.post("/activities", body | {"skills": ["law"]}).status_code == 409
    key = made.json()["id"]
    slot = times(activity=key)
    shift = desk.post("/shifts", slot)
    assert shift.status_code == 201, shift.content
    assert desk.post("/shifts", slot).status_code == 200
    assert desk.post("/shifts", slot | {"places": 6}).status_code == 409
    member = caller("member")
    assert member.get("/activities").json()["rows"] == []
    assert desk.post(f"/activities/{key}/publication", {}).json()["published_at"]
    assert [row["id"] for row in member.get("/activities").json()["rows"]] == [key]
    wish = {"id": str(new_id()), "shift": slot["id"], "member": str(cast.teacher_member.pk)}
    signed = member.post("/sign-ups", wish)
    assert (signed.status_code, signed.json()["place_no"]) == (201, 1), signed.content
    again = member.post("/sign-ups", wish)
    assert (again.status_code, again.json()) == (200, signed.json())
    assert desk.get(f"/shifts/{slot['id']}").json()["placed"] == 1
    cancelled = member.post(f"/sign-ups/{wish['id']}/cancellation", {})
    assert cancelled.json()["cancelled_in_time"] is True
    off = desk.post(f"/shifts/{slot['id']}/cancellation", {"reason": "weather"})
    assert off.json()["state"] == "cancelled"
    assert desk.post(f"/activities/{key}/cancellation", {"reason": "weather"}).json()["cancel_reason"] == "weather"


def test_next_door_sees_nothing_of_it(cast: Cast, caller: Make, running: Shift) -> None:
    desk = caller("desk")
    row = desk.post("/attendance", {"shift": running.pk, "member": cast.teacher_member.pk}).json()
    other = caller("desk_next_door")
    for path in (f"/activities/{running.activity_id}", f"/shifts/{running.pk}", f"/attendance/{row['id']}"):
        assert desk.get(path).status_code == 200
        assert other.get(path).status_code == 404
    for path in ("/activities", "/shifts", "/attendance", "/sign-ups"):
        assert other.get(path).json()["rows"] == []
    mark = {"shift": running.pk, "member": cast.teacher_member.pk}
    for path, body in [
        ("/activities", notice()),
        ("/shifts", times(activity=running.activity_id)),
        ("/sign-ups", mark),
        ("/attendance", mark),
        ("/attendance/batch", {"shift": running.pk, "arrivals": [{"member": cast.teacher_member.pk}]}),
        (f"/shifts/{running.pk}/closing", {"head_count": 1}),
        (f"/activities/{running.activity_id}/publication", {}),
    ]:
        assert other.post(path, body).status_code == 404, path
        assert caller("overseer").post(path, body).status_code == 403, path


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": ""}, "title"), ({"kind": "party"}, "kind"), ({"skills": ["juggling"]}, "skills"),
     ({"minimum_age": 0}, "minimum_age"), ({"service_kind": "none"}, "service_kind")],
)  # fmt: skip
def test_a_bad_notice(cast: Cast, caller: Make, changes: dict[str, Any], field: str) -> None:
    answer = caller("desk").post("/activities", notice(**changes))
    assert (answer.status_code, answer.json()["field"].split(".")[0]) == (422, field)


def test_a_shift_without_time(cast: Cast, caller: Make, running: Shift) -> None:
    desk, start = caller("desk"), timezone.now()
    for changes in ({"ends_at": start}, {"starts_at": "2026-11-20T10:00:00"}, {"starts_at": 1}, {"places": 0},
                    {"places": "5"}, {"starts_at": "9999-12-31T23:59:59Z"}):  # fmt: skip
        body = times(activity=running.activity_id) | changes
        if "ends_at" in changes:
            body["starts_at"] = start + timedelta(days=1)
        assert desk.post("/shifts", body).status_code == 422, changes


def test_shifts_between_days(cast: Cast, caller: Make, running: Shift) -> None:
    desk, today = caller("desk"), timezone.localdate(running.starts_at)
    assert len(desk.get(f"/shifts?since={today}&until={today}&activity={running.activity_id}").json()["rows"]) == 1
    assert desk.get(f"/shifts?until={today - timedelta(days=1)}").json()["rows"] == []
    assert len(desk.get("/shifts?since=0001-01-01&until=9999-12-31&community=210802001002").json()["rows"]) == 1


def test_attendance_one_by_one(cast: Cast, caller: Make, running: Shift) -> None:
    desk = caller("desk")
    body = {"id": str(new_id()), "shift": running.pk, "member": cast.teacher_member.pk, "minutes": 60}
    first = desk.post("/attendance", body)
    assert (first.status_code, first.json()["id"]) == (201, body["id"]), first.content
    again = desk.post("/attendance", body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert desk.post("/attendance", body | {"minutes": 30}).status_code == 409
    assert Attendance.objects.count() == 1
    stranger = desk.post("/attendance", {"shift": running.pk, "member": cast.police_member.pk})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "not_on_roster")
    other = make_member(cast, "second", "邻居", "13910000001", community=cast.nanyuan, unit=cast.school)
    mixed = desk.post("/attendance", {"id": body["id"], "shift": running.pk, "member": other.pk})
    assert (mixed.status_code, mixed.json()["code"]) == (409, "id_reused")


def test_a_member_needs_the_code_shown_on_site(cast: Cast, caller: Make, running: Shift) -> None:
    body = {"shift": running.pk, "member": cast.teacher_member.pk}
    assert caller("member").post("/attendance", body).status_code == 403
    wrong = caller("member").post("/attendance", body | {"code": "guess"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_unknown")


def test_a_whole_list_at_once_and_into_the_ledger(cast: Cast, caller: Make, running: Shift) -> None:
    desk = caller("desk")
    people = [
        make_member(cast, f"p{number}", "邻居", f"1391000{number:04d}", community=cast.nanyuan, unit=cast.school)
        for number in range(3)
    ]
    arrivals = [{"id": str(new_id()), "member": person.pk} for person in people]
    body = {"shift": running.pk, "arrivals": [*arrivals, {"member": uuid4()}]}
    first = desk.post("/attendance/batch", body).json()
    assert (first["made"], first["known"], len(first["unknown"])) == (3, 0, 1)
    again = desk.post("/attendance/batch", body).json()
    assert (again["made"], again["known"], len(again["unknown"])) == (0, 3, 1)
    mixed = desk.post("/attendance/batch", {"shift": running.pk, "arrivals": [arrivals[0] | {"member": people[1].pk}]})
    assert mixed.status_code == 409
    Shift.objects.filter(pk=running.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    outcome = {"name": "清理小广告", "quantity": 100, "unit": "张"}
    closed = desk.post(f"/shifts/{running.pk}/closing", {"head_count": 3, "outcomes": [outcome]})
    assert (closed.json()["present"], closed.json()["entries"]) == (3, 3), closed.content
    assert desk.post(f"/shifts/{running.pk}/closing", {"head_count": 3}).json()["entries"] == 0
    assert ServiceEntry.objects.count() == 3


@pytest.mark.parametrize("arrivals", [[], "all", [{}], [{"member": "x"}], [{"member": str(uuid4()), "minutes": 0}]])
def test_a_bad_list(cast: Cast, caller: Make, running: Shift, arrivals: Any) -> None:
    answer = caller("desk").post("/attendance/batch", {"shift": running.pk, "arrivals": arrivals})
    assert (answer.status_code, answer.json()["field"].split(".")[0]) == (422, "arrivals")


def test_a_list_cannot_say_what_cannot_be(cast: Cast, caller: Make, running: Shift) -> None:
    desk, arrival = caller("desk"), {"member": cast.teacher_member.pk}
    for wrong in ({"witnessed_by": cast.desk.pk}, {"reason": "x"}, {"method": "paper"}):
        assert desk.post("/attendance/batch", {"shift": running.pk, "arrivals": [arrival], **wrong}).status_code == 422
    for at in (timezone.now() + timedelta(hours=1), running.starts_at - timedelta(days=1)):
        body = {"shift": running.pk, "arrivals": [arrival | {"arrived_at": at}]}
        assert desk.post("/attendance/batch", body).json()["field"] == "arrivals.0.arrived_at"
    paper = {"method": "paper", "reason": "停电", "witnessed_by": cast.desk_colleague.pk}
    done = desk.post("/attendance/batch", {"shift": running.pk, "arrivals": [arrival], **paper})
    assert done.json()["made"] == 1, done.content


def test_a_walk_through_attendance(cast: Cast, caller: Make, running: Shift) -> None:
    people = [
        make_member(cast, f"w{number}", "邻居", f"1391000{number:04d}", community=cast.nanyuan, unit=cast.school).pk
        for number in range(7)
    ]
    desk = caller("desk")
    desk.post("/attendance/batch", {"shift": running.pk, "arrivals": [{"member": key} for key in people[:5]]})
    page = desk.get(f"/attendance?shift={running.pk}&limit=2").json()
    seen = [row["member"] for row in page["rows"]]
    desk.post("/attendance/batch", {"shift": running.pk, "arrivals": [{"member": key} for key in people[5:]]})
    while page["next"]:
        page = desk.get(f"/attendance?shift={running.pk}&limit=2&cursor={page['next']}").json()
        seen += [row["member"] for row in page["rows"]]
    assert sorted(seen) == sorted(map(str, people))


def test_fixed_numbers_of_queries(
    cast: Cast, caller: Make, running: Shift, queries: Callable[[], Any], now: Any
) -> None:
    desk = caller("desk")
    expected = {"/activities": 4, "/shifts": 3, "/attendance": 3, "/sign-ups": 3}

    def counted() -> dict[str, int]:
        found = {}
        for path in expected:
            with queries() as seen:
                assert desk.get(path).status_code == 200
            found[path] = len(seen)
        return found

    for number in range(3):
        if number:
            made = add_activity(community=cast.nanyuan, text=text(), by=cast.actor("desk"), now=now)
            desk.post("/shifts", times(activity=made.pk))
        else:
            made = running.activity
        who = make_member(cast, f"x{number}", "邻居", f"1391000{number:04d}", community=cast.nanyuan, unit=cast.school)
        desk.post("/attendance", {"shift": running.pk, "member": who.pk})
        if number != 1:
            assert counted() == expected

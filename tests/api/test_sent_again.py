"""Sent again under the same id: the same answer, also after somebody has changed the row in the meantime."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from guangcai.activities.commands import change_activity, mark_attendance
from guangcai.activities.enums import Presence
from guangcai.activities.models import Activity, Attendance, Shift
from guangcai.core.ids import new_id
from guangcai.core.models import Sent
from tests.activities.conftest import text
from tests.api.conftest import Caller
from tests.api.test_activities import notice, running, times  # noqa: F401 - a fixture
from tests.cast import Cast

Make = Callable[[str], Caller]


def person(**changes: Any) -> dict[str, Any]:
    community = "210802001002"
    return {"id": str(new_id()), "community": community, "name": "王小明", "phone": "13912345678"} | changes


def test_an_activity_that_was_changed_since(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), notice()
    assert desk.post("/activities", body).status_code == 201
    row = Activity.objects.get()
    change_activity(activity=row, text=text(title="改过的"), by=cast.actor("desk"), now=timezone.now())
    again = desk.post("/activities", body)
    assert (again.status_code, again.json()["id"], again.json()["title"]) == (200, body["id"], "改过的")
    other = desk.post("/activities", body | {"title": "改过的"})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert (Activity.objects.count(), Activity.objects.get().title) == (1, "改过的")


def test_a_shift_that_was_moved_since(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), notice()
    desk.post("/activities", body)
    slot = times(activity=body["id"])
    assert desk.post("/shifts", slot).status_code == 201
    hour = timedelta(hours=1)
    Shift.objects.update(starts_at=slot["starts_at"] + hour, ends_at=slot["ends_at"] + hour)
    assert desk.post("/shifts", slot).status_code == 200
    assert Shift.objects.count() == 1


def test_a_member_whose_register_was_corrected_since(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), person(has_consented=True)
    first = desk.post("/members", body)
    assert first.status_code == 201, first.content
    assert desk.send("PATCH", f"/members/{body['id']}", {"name": "王晓明"}).status_code == 200
    again = desk.post("/members", body)
    assert (again.status_code, again.json()["name"]) == (200, "王晓明")
    assert "13912345678" not in Sent.objects.get().digest


def test_attendance_that_the_lead_corrected_since(cast: Cast, caller: Make, running: Shift) -> None:  # noqa: F811
    desk, member = caller("desk"), cast.teacher_member.pk
    body = {"id": str(new_id()), "shift": running.pk, "member": member, "minutes": 60}
    assert desk.post("/attendance", body).status_code == 201
    marks = {member: Presence.ABSENT}
    mark_attendance(shift=running, marks=marks, by=cast.actor("desk"), now=timezone.now())
    again = desk.post("/attendance", body)
    assert (again.status_code, again.json()["presence"]) == (200, "absent")
    assert Attendance.objects.get().presence == Presence.ABSENT


def test_an_id_belongs_to_who_sent_it_first(cast: Cast, caller: Make) -> None:
    body = notice()
    assert caller("desk").post("/activities", body).status_code == 201
    assert caller("secretary").post("/activities", body).status_code == 409
    assert caller("desk_next_door").post("/activities", body).status_code in (404, 409)


def test_a_refused_sending_may_be_put_right(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), notice(title=" ")
    assert desk.post("/activities", body).status_code == 422
    assert not Sent.objects.exists()
    assert desk.post("/activities", body | {"title": "清扫"}).status_code == 201

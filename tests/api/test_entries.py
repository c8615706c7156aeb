"""The ledger, feedback and statistics over JSON."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guangcai.appraisal.commands import approve_sheets, close_quarter
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.rules import Quarter
from guangcai.core.ids import new_id
from guangcai.reports.statistics import STATISTICS
from tests.api.conftest import Caller
from tests.cast import Cast
from tests.ledger.scenes import SATURDAY, confirmed, recorded

Make = Callable[[str], Caller]


def back_fill(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "member": cast.teacher_member.pk,
        "community": "210802001002",
        "starts_at": SATURDAY,
        "ends_at": SATURDAY + timedelta(hours=2),
        "minutes": 90,
        "deeds": 1,
        "kind": "convenience",
        "activity_name": "修理门锁",
        "content": "为独居老人修锁",
        "place": "3号楼",
        "lead_name": "王桂芬",
        "reason": "当天断电",
    } | changes


def test_back_filled_approved_and_reversed(cast: Cast, caller: Make) -> None:
    desk, secretary, body = caller("desk"), caller("secretary"), back_fill(cast)
    first = desk.post("/entries", body)
    assert first.status_code == 201, first.content
    assert (first.json()["state"], first.json()["origin"], first.json()["minutes"]) == ("waiting", "back_fill", 90)
    again = desk.post("/entries", body)
    assert (again.status_code, again.json()) == (200, first.json())
    for other in ({"minutes": 60}, {"place": "5号楼"}, {"reason": "忘记了"}):
        assert desk.post("/entries", body | other).status_code == 409
    own = desk.post("/entries/confirmations", {"entries": [body["id"]]}).json()
    assert [no["code"] for no in own["refused"]] == ["own_record"]
    done = secretary.post("/entries/confirmations", {"entries": [body["id"]]}).json()
    assert done["confirmed"] == [body["id"]]
    assert secretary.post("/entries/confirmations", {"entries": [body["id"]]}).json()["already"] == [body["id"]]
    undone = secretary.post(f"/entries/{body['id']}/reversal", {"reason": "记错人了"})
    assert (undone.status_code, undone.json()["minutes"]) == (200, -90), undone.content
    assert secretary.post(f"/entries/{body['id']}/reversal", {"reason": "记错人了"}).json() == undone.json()
    assert secretary.post(f"/entries/{body['id']}/reversal", {"reason": "别的"}).status_code == 409
    assert desk.get(f"/entries/{body['id']}").json()["state"] == "reversed"


def test_declined_with_a_reason(cast: Cast, caller: Make) -> None:
    good, bad = recorded(cast), recorded(cast, starts_at=SATURDAY + timedelta(hours=5))
    body = {"entries": [good.pk], "declined": [{"entry": bad.pk, "reason": "没有到场"}]}
    done = caller("secretary").post("/entries/confirmations", body).json()
    assert (done["confirmed"], done["declined"]) == ([str(good.pk)], [str(bad.pk)])


def test_a_member_objects_once(cast: Cast, caller: Make) -> None:
    entry = confirmed(cast)
    body = {"id": str(new_id()), "text": "我待到了十一点半"}
    first = caller("member").post(f"/entries/{entry.pk}/objections", body)
    assert first.status_code == 201, first.content
    again = caller("member").post(f"/entries/{entry.pk}/objections", body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert caller("member").post(f"/entries/{entry.pk}/objections", body | {"text": "别的"}).status_code == 409
    assert caller("member_next_door").post(f"/entries/{entry.pk}/objections", body).status_code == 404


def test_filters(cast: Cast, caller: Make) -> None:
    one, other = confirmed(cast), recorded(cast, starts_at=SATURDAY + timedelta(hours=5))
    desk = caller("desk")

    def found(query: str) -> list[str]:
        return [row["id"] for row in desk.get(f"/entries?{query}").json()["rows"]]

    assert found("state=confirmed") == [str(one.pk)]
    assert found("state=waiting") == [str(other.pk)]
    assert found(f"member={cast.teacher_member.pk}") == sorted([str(one.pk), str(other.pk)])
    assert found(f"member={cast.police_member.pk}") == []
    assert len(found("q=lxl&community=210802001002&since=2026-11-14&until=2026-11-14")) == 2
    assert found("since=2026-11-15") == []
    assert desk.get("/entries?state=gone").status_code == 422
    assert desk.get("/entries?since=20261115").status_code == 422


def test_next_door_and_read_only(cast: Cast, caller: Make) -> None:
    entry = confirmed(cast)
    body = back_fill(cast)
    ways = [
        ("/entries", body),
        ("/entries/confirmations", {"entries": [entry.pk]}),
        (f"/entries/{entry.pk}/reversal", {"reason": "x"}),
        (f"/entries/{entry.pk}/objections", {"id": str(new_id()), "text": "x"}),
    ]
    for path, sent in ways:
        assert caller("desk_next_door").post(path, sent).status_code == 404, path
        assert caller("overseer").post(path, sent).status_code == 403, path
    assert caller("desk_next_door").get(f"/entries/{entry.pk}").status_code == 404
    assert caller("desk_next_door").get("/entries").json()["rows"] == []
    assert len(caller("member").get("/entries").json()["rows"]) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"minutes": 0}, "minutes"), ({"minutes": 1441}, "minutes"), ({"minutes": 90.5}, "minutes"),
     ({"minutes": 10**400}, "minutes"), ({"minutes": 121}, "minutes"), ({"kind": "study"}, "kind"),
     ({"id": None}, "id"), ({"deeds": 2}, "deeds"), ({"reason": " "}, "reason"),
     ({"starts_at": "yesterday"}, "starts_at"),
     ({"ends_at": datetime(2099, 1, 1, tzinfo=UTC)}, "ends_at"), ({"member": "x"}, "member")],
)  # fmt: skip
def test_bad_service(cast: Cast, caller: Make, changes: dict[str, Any], field: str) -> None:
    answer = caller("desk").post("/entries", back_fill(cast, **changes))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_walk_through_the_ledger(cast: Cast, caller: Make) -> None:
    desk = caller("desk")
    there = [str(recorded(cast, starts_at=SATURDAY - timedelta(days=day)).pk) for day in range(5)]
    page = desk.get("/entries?limit=2").json()
    seen = [row["id"] for row in page["rows"]]
    late = str(recorded(cast, starts_at=SATURDAY - timedelta(days=9)).pk)
    while page["next"]:
        page = desk.get(f"/entries?limit=2&cursor={page['next']}").json()
        seen += [row["id"] for row in page["rows"]]
    assert seen == [*there, late]


@pytest.fixture
def sheet(cast: Cast) -> FeedbackSheet:
    """南园's sheet to the school for the third quarter, approved."""
    confirmed(cast, starts_at=SATURDAY - timedelta(days=60))
    close_quarter(node=cast.nanyuan, quarter=Quarter.parse("2026Q3"), by=cast.actor("secretary"), now=cast.now)
    approve_sheets(sheets=list(FeedbackSheet.objects.all()), by=cast.actor("secretary"), now=cast.now)
    return FeedbackSheet.objects.get(work_unit=cast.school)


def test_a_unit_reads_and_answers_its_sheet(cast: Cast, caller: Make, sheet: FeedbackSheet) -> None:
    liaison, path = caller("liaison"), f"/feedback/{sheet.pk}"
    assert [row["id"] for row in liaison.get("/feedback?quarter=2026Q3").json()["rows"]] == [str(sheet.pk)]
    assert liaison.get("/feedback?quarter=2026Q2").json()["rows"] == []
    body = liaison.get(path).json()
    assert (body["minutes"], body["members"], [line["name"] for line in body["lines"]]) == (120, 1, ["林晓岚"])
    assert liaison.get(path).json()["read_at"] is None
    assert liaison.post(f"{path}/answer", {"answer": "disputed"}).status_code == 422
    done = liaison.post(f"{path}/answer", {"answer": "acknowledged"})
    assert done.json()["answer"] == "acknowledged"
    assert liaison.post(f"{path}/answer", {"answer": "acknowledged"}).json() == done.json()
    assert liaison.post(f"{path}/answer", {"answer": "disputed", "text": "少了一人"}).status_code == 409


def test_other_units_and_communities_see_no_sheet(cast: Cast, caller: Make, sheet: FeedbackSheet) -> None:
    path = f"/feedback/{sheet.pk}"
    for key in ("liaison_next_door", "desk_next_door"):
        assert caller(key).get(path).status_code == 404
        assert caller(key).get("/feedback").json()["rows"] == []
        assert caller(key).post(f"{path}/answer", {"answer": "acknowledged"}).status_code == 404
    assert caller("auditor").get("/feedback").status_code == 404
    assert caller("desk").get(path).status_code == 200
    assert caller("desk").post(f"{path}/answer", {"answer": "acknowledged"}).status_code in (403, 404)


def test_statistics_are_those_of_the_shell(cast: Cast, caller: Make) -> None:
    desk = caller("desk")
    names = [row["name"] for row in desk.get("/statistics").json()["rows"]]
    assert names == list(STATISTICS)
    answer = desk.get("/statistics/members?by=occupation&node=210802001002").json()
    assert (answer["node"], answer["total"], len(answer["rows"])) == ("南园社区", 1, 1)
    for name in names:
        assert desk.get(f"/statistics/{name}").status_code == 200
    assert desk.get("/statistics/activities?from=2026-01-01&to=2026-12-31").status_code == 200
    assert desk.get("/statistics/unknown").status_code == 404


def test_statistics_of_somewhere_else(cast: Cast, caller: Make) -> None:
    assert caller("desk").get("/statistics/members?node=210802001003").status_code == 404
    assert caller("member").get("/statistics/members").status_code == 403
    for query in ("by=colour", "on=yesterday", "on=0001-01-01", "from=2026-02-01&to=2026-01-01"):
        assert caller("desk").get(f"/statistics/activities?{query}").status_code == 422


def test_fixed_numbers_of_queries(cast: Cast, caller: Make, queries: Callable[[], Any]) -> None:
    desk, counts = caller("desk"), []
    for number in range(3):
        recorded(cast, starts_at=SATURDAY - timedelta(days=number))
        with queries() as seen:
            assert len(desk.get("/entries").json()["rows"]) == number + 1
        counts.append(len(seen))
    assert counts == [3, 3, 3]

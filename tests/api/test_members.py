"""The roster over JSON."""

from collections.abc import Callable
from typing import Any

import pytest

from guangcai.core.ids import new_id
from guangcai.members.models import Intention, Member, ServiceKind, Skill, SkillKind
from tests.api.conftest import Caller
from tests.cast import Cast, make_member

Make = Callable[[str], Caller]


def person(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "community": "210802001002",
        "name": "王小明",
        "phone": "13912345678",
        "occupation": "teacher",
        "birth_date": "1980-05-04",
    } | changes


def test_the_desk_reads_its_roster_with_masked_phones(cast: Cast, caller: Make) -> None:
    answer = caller("desk").get("/members")
    assert answer.status_code == 200
    assert [row["name"] for row in answer.json()["rows"]] == ["林晓岚"]
    row = answer.json()["rows"][0]
    assert row["phone"] == "139****0101"
    assert row["community"] == {"code": "210802001002", "name": "南园社区"}
    assert row["work_unit"]["name"] == "站前区实验小学"
    assert answer.json()["next"] is None


def test_one_member_and_next_door(cast: Cast, caller: Make) -> None:
    path = f"/members/{cast.teacher_member.pk}"
    assert caller("desk").get(path).json()["name"] == "林晓岚"
    answer = caller("desk_next_door").get(path)
    assert answer.status_code == 404
    assert "林晓岚" not in answer.content.decode()
    assert caller("liaison").get(path).status_code == 404


def test_a_member_finds_himself_only(cast: Cast, caller: Make) -> None:
    assert [row["name"] for row in caller("member").get("/members").json()["rows"]] == ["林晓岚"]
    assert caller("auditor").get("/members").status_code == 403


def test_search_and_community(cast: Cast, caller: Make) -> None:
    overseer = caller("overseer")
    assert len(overseer.get("/members").json()["rows"]) == 2
    assert [row["name"] for row in overseer.get("/members?q=lxl").json()["rows"]] == ["林晓岚"]
    assert [row["name"] for row in overseer.get("/members?community=210802001003").json()["rows"]] == ["赵海峰"]
    assert overseer.get("/members?community=999").json()["rows"] == []


def test_added_once_however_often_it_is_sent(cast: Cast, caller: Make) -> None:
    desk, body = caller("desk"), person(has_consented=True)
    first = desk.post("/members", body)
    assert first.status_code == 201, first.content
    again = desk.post("/members", body)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Member.objects.filter(name="王小明").count() == 1
    for other in ({"name": "王大明"}, {"phone": "13912345679"}, {"job_title": "校长"}, {"occupation": None}):
        answer = desk.post("/members", body | other)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_reused"), other


def test_an_id_of_next_door_gives_nothing_away(cast: Cast, caller: Make) -> None:
    other = cast.police_member
    answer = caller("desk").post("/members", person(id=str(other.pk), name=other.name, phone="13900000102"))
    assert answer.status_code == 409
    assert other.phone not in answer.content.decode()


def test_who_may_add(cast: Cast, caller: Make) -> None:
    assert caller("overseer").post("/members", person()).status_code == 403
    assert caller("desk_next_door").post("/members", person()).status_code == 404
    assert caller("desk").post("/members", person(community="000000000000")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "12"}, "phone"),
        ({"occupation": "pilot"}, "occupation"),
        ({"birth_date": "1980-02-30"}, "birth_date"),
        ({"birth_date": "2090-01-01"}, "birth_date"),
        ({"gender": "none"}, "gender"),
        ({"work_unit": 99}, "work_unit"),
        ({"building": "1"}, "building"),
        ({"nickname": "小明"}, "nickname"),
        ({"name": "王\u0000明"}, "name"),
        ({"has_consented": "yes"}, "has_consented"),
    ],
)
def test_what_does_not_fit_is_named(cast: Cast, caller: Make, changes: dict[str, Any], field: str) -> None:
    answer = caller("desk").post("/members", person(**changes))
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["message"]


def test_changes(cast: Cast, caller: Make) -> None:
    path = f"/members/{cast.teacher_member.pk}"
    answer = caller("desk").send("PATCH", path, {"job_title": "校长", "gender": "female"})
    assert (answer.json()["job_title"], answer.json()["gender"]) == ("校长", "female")
    assert caller("desk").send("PATCH", path, {"gender": None}).json()["gender"] == ""
    assert caller("desk").send("PATCH", path, {"name": None}).status_code == 422
    assert caller("overseer").send("PATCH", path, {"job_title": "x"}).status_code == 403
    assert caller("desk_next_door").send("PATCH", path, {"job_title": "x"}).status_code == 404
    assert caller("member").send("PATCH", path, {"phone": "13911112222"}).json()["phone"] == "139****2222"
    assert caller("member").send("PATCH", path, {"name": "林岚"}).status_code == 403


def test_a_walk_sees_everybody_once_while_people_are_added(cast: Cast, caller: Make) -> None:
    there = {str(cast.teacher_member.pk)}
    for number in range(7):
        made = make_member(cast, f"m{number}", f"邻居{number}", f"1391000{number:04d}", community=cast.nanyuan,
                           unit=cast.school)  # fmt: skip
        there.add(str(made.pk))
    desk, seen, cursor = caller("desk"), [], ""
    while True:
        page = desk.get("/members?limit=3" + cursor).json()
        seen += [row["id"] for row in page["rows"]]
        key = f"late{len(seen)}"
        if len(seen) < 9:
            make_member(cast, key, "后来的", f"1392000{len(seen):04d}", community=cast.nanyuan, unit=cast.school)
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=x", "colour=red",
                                   "q=" + "x" * 61, "limit=" + "9" * 5000, "cursor=" + "A" * 6000])  # fmt: skip
def test_what_an_address_cannot_ask(cast: Cast, caller: Make, query: str) -> None:
    answer = caller("desk").get(f"/members?{query}")
    assert answer.status_code == 422
    assert set(answer.json()) == {"code", "message", "field"}


def test_the_same_number_of_queries_for_one_and_three(cast: Cast, caller: Make, queries: Callable[[], Any]) -> None:
    desk = caller("desk")
    with queries() as one:
        assert len(desk.get("/members").json()["rows"]) == 1
    for number in range(2):
        make_member(cast, f"q{number}", "邻居", f"1391000{number:04d}", community=cast.nanyuan, unit=cast.school)
    with queries() as three:
        assert len(desk.get("/members").json()["rows"]) == 3
    assert (len(one), len(three)) == (5, 5)


def test_skills_and_intentions_come_along(cast: Cast, caller: Make) -> None:
    member = cast.teacher_member
    law = SkillKind.objects.get(code="law")
    Skill.objects.create(member=member, kind=law, certificate="A123", district_code=member.district_code)
    for code, times in (("convenience", ["weekend_morning"]), ("public_safety", [])):
        kind = ServiceKind.objects.get(code=code)
        Intention.objects.create(member=member, kind=kind, times=times, district_code=member.district_code)
    body = caller("desk").get(f"/members/{member.pk}").json()
    assert body["skills"] == [{"code": "law", "name": law.name, "certificate": "A123", "expires_on": None}]
    assert {row["code"]: row["times"] for row in body["intentions"]} == {
        "convenience": ["weekend_morning"],
        "public_safety": [],
    }
    assert caller("desk_next_door").get(f"/members/{member.pk}").status_code == 404

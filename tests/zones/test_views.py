"""Every screen of zones: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from docx import Document
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope
from guangcai.core.ids import new_id
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member
from guangcai.reports.statistics import Question, figures
from guangcai.zones import commands
from guangcai.zones.models import Zone, ZoneAgreement, ZoneDuty
from tests.cast import Cast
from tests.zones.conftest import DUTIES, signed

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"zones:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def on_zone(zone: Zone) -> list[str]:
    return [page(name, zone.pk) for name in ("zone", "people", "end")]


def on_agreement(row: ZoneAgreement) -> list[str]:
    return [page(name, row.pk) for name in ("work", "agreement_end")] + [page("paper", row.pk, "pdf")]


def test_the_desk_opens_every_page(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    browser = signed_in(cast.desk)
    pages = [page(name) for name in ("list", "export", "map", "coverage", "mine", "places", "lot_new", "duties")]
    pages += [page("leads", cast.nanyuan.pk), *on_zone(held.zone), *on_agreement(held)]
    for address in pages:
        assert browser.get(address).status_code == 200, address
    for address in (page("confirmation", held.pk), page("signature", held.pk)):
        assert browser.get(address).status_code == 302, address
    assert browser.get(page("paper", held.pk, "txt")).status_code == 404


def test_next_door_there_is_nothing(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    for who in ["desk_next_door", "overseer_next_door", "member_next_door", "liaison", "auditor"]:
        browser = signed_in(cast.users[who])
        for address in [*on_zone(held.zone), *on_agreement(held), page("confirmation", held.pk)]:
            assert browser.get(address).status_code == 404, (who, address)
        assert browser.post(page("agreements", held.zone_id), {"id": new_id()}).status_code == 404
        assert browser.post(page("renewal", held.pk)).status_code == 404
        assert held.zone.name not in words_of(browser.get(page("list"), follow=True))
    assert Client().get(page("list")).status_code == 302


def test_the_overseer_reads_and_changes_nothing(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    browser = signed_in(cast.overseer)
    assert held.member.name in words_of(browser.get(page("zone", held.zone_id)))
    assert held.member.name in words_of(browser.get(page("list")))
    assert browser.get(page("paper", held.pk, "docx")).status_code == 200
    for address in (page("people", held.zone_id), page("end", held.zone_id), page("places"), page("lot_new")):
        assert browser.get(address).status_code == 403, address
    for name in ["confirmation", "signature", "renewal", "agreement_end", "work"]:
        assert browser.post(page(name, held.pk), {}).status_code == 403, name
    assert browser.get(page("duty", "building")).status_code == 403


def test_a_member_sees_no_other_holder(cast: Cast, signed_in: SignIn, held: ZoneAgreement, neighbours: Any) -> None:
    neighbours(1)
    browser = signed_in(cast.users["nu0"])
    shown = words_of(browser.get(page("zone", held.zone_id)))
    assert held.zone.name in shown
    assert held.member.name not in shown
    assert held.member.name not in words_of(browser.get(page("leads", cast.building.pk)))
    assert browser.get(page("paper", held.pk, "pdf")).status_code == 404
    assert browser.get(page("list")).status_code == 302
    for name in ("export", "map", "coverage", "duties", "places", "lot_new"):
        assert browser.get(page(name)).status_code == 403, name


def test_from_an_offer_to_an_entry(cast: Cast, signed_in: SignIn, zone: Zone, now: datetime) -> None:
    """By hand: a member takes a zone, the desk draws up the agreement, he signs, works, both print."""
    member, desk, key = Client(), Client(), new_id()
    member.force_login(cast.member)
    desk.force_login(cast.desk)
    assert zone.name in words_of(member.get(page("mine")))
    for _twice in range(2):
        assert member.post(page("agreements", zone.pk), {"id": key}).status_code == 302
    assert member.post(page("agreements", zone.pk), {"id": new_id()}).status_code == 422
    row = ZoneAgreement.objects.get()
    assert desk.get(page("paper", row.pk, "pdf")).status_code == 404
    form = desk.get(page("confirmation", row.pk)).context["form"]
    assert form.initial["duties"] == ZoneDuty.objects.get(kind="stairwell").duties
    assert desk.post(page("confirmation", row.pk), {"duties": ""}).status_code == 422
    assert desk.post(page("confirmation", row.pk), {"duties": DUTIES}).status_code == 302
    assert DUTIES in words_of(member.get(page("signature", row.pk)))
    refused = member.post(page("signature", row.pk), {"name": "别人"})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"name"}
    assert member.post(page("signature", row.pk), {"name": cast.teacher_member.name}).status_code == 302
    row.refresh_from_db()
    assert row.state == "held"
    sent = {"id": new_id(), "day": now.date(), "start_time": "08:00", "end_time": "09:00", "minutes": 50}
    for _twice in range(2):
        assert member.post(page("work", row.pk), sent | {"content": "清理楼道"}).status_code == 302
    assert ServiceEntry.objects.get().source.startswith(f"zone:{row.pk}:")
    assert member.post(page("work", row.pk), sent | {"id": new_id(), "content": "", "minutes": 900}).status_code == 422


def test_the_desk_writes_it_down_for_somebody_and_notes_the_paper(
    cast: Cast, signed_in: SignIn, zone: Zone, now: datetime
) -> None:
    browser, member = signed_in(cast.desk), cast.teacher_member
    for text in (member.name, member.name_initials, member.name_pinyin):
        assert member in [one for one, _n, _k in browser.get(page("people", zone.pk), {"q": text}).context["found"]]
    send = lambda **more: browser.post(page("agreements", zone.pk), {"id": new_id(), **more})  # noqa: E731
    assert send(member=new_id()).status_code == 404
    assert send().status_code == 422
    assert send(member=cast.teacher_member.pk).status_code == 302
    assert send(member=cast.teacher_member.pk).status_code == 422
    row = ZoneAgreement.objects.get()
    assert browser.get(page("signature", row.pk)).status_code == 302
    browser.post(page("confirmation", row.pk), {"duties": DUTIES})
    paper = {"signed_on": now.date(), "note": "本人在服务台签字"}
    for wrong in ({"note": ""}, {"signed_on": now.date() + timedelta(days=1)}, {"signed_on": "2020-01-01"}):
        assert browser.post(page("signature", row.pk), paper | wrong).status_code == 422, wrong
    assert browser.post(page("signature", row.pk), paper).status_code == 302
    row.refresh_from_db()
    assert (row.signed_how, row.paper_note) == ("paper", "本人在服务台签字")


def test_the_paper_names_the_parties_and_nothing_personal(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    browser = signed_in(cast.member)
    answer = browser.get(page("paper", held.pk, "docx"))
    name = unquote(answer["Content-Disposition"])
    assert "责任区认领协议" in name
    assert held.zone.name in name
    document = Document(BytesIO(answer.content))
    text = "\n".join(
        [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]
    )
    for wanted in (held.number, held.zone.name, "林晓岚", "南园社区", DUTIES):
        assert wanted in text
    assert "13900000101" not in text
    assert browser.get(page("paper", held.pk, "pdf")).content.startswith(b"%PDF")


def test_zones_are_added_after_a_look(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    browser = signed_in(cast.desk)
    shown = browser.get(page("places"))
    assert [(code, len(names)) for code, _label, names in shown.context["kinds"]] == [("building", 2), ("stairwell", 3)]
    assert browser.post(page("places"), {"community": cast.nanyuan.pk}).status_code == 422
    assert browser.post(page("places"), {"community": cast.gongyuan.pk, "kinds": "building"}).status_code == 422
    sent = {"community": cast.nanyuan.pk, "kinds": ["building", "stairwell"]}
    for _twice in range(2):
        assert browser.post(page("places"), sent).status_code == 302
    assert Zone.objects.count() == 5
    lot = {"id": new_id(), "community": cast.nanyuan.pk, "name": "东侧绿地"}
    for _twice in range(2):
        assert browser.post(page("lot_new"), lot).status_code == 302
    assert browser.post(page("lot_new"), lot | {"id": new_id()}).status_code == 422
    assert Zone.objects.filter(kind="lot").count() == 1


def test_the_list_filters_sorts_and_exports_what_it_shows(
    cast: Cast, signed_in: SignIn, held: ZoneAgreement, now: datetime
) -> None:
    browser = signed_in(cast.desk)
    first = [row.zone.name for row in browser.get(page("list")).context["rows"]]
    assert first == ["3号楼", "3号楼2单元", "3号楼3单元", "4号楼", "3号楼1单元"]
    shown = browser.get(page("list"), {"state": "held"})
    assert [row.zone.name for row in shown.context["rows"]] == ["3号楼1单元"]
    answer = browser.get(shown.context["listing"].export_url)
    text = str(load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python())
    assert held.number in text
    assert "4号楼" not in text
    for state, number in {"nobody": 4, "offered": 0, "to_sign": 0, "away": 0, "due": 0}.items():
        assert browser.get(page("list"), {"state": state}).context["listing"].total == number, state
    Member.objects.filter(pk=held.member_id).update(community=cast.gongyuan, path=cast.gongyuan.path)
    away = browser.get(page("list"), {"state": "away"})
    assert [str(row.coverage) for row in away.context["rows"]] == ["away"]
    assert (
        browser.get(page("list"), {"state": "rubbish", "kind": "x", "sort": "y", "community": "z"}).status_code == 200
    )
    for address in (page("map"), page("coverage")):
        for rubbish in ("9" * 30, "x", "-1", "999999"):
            assert browser.get(address, {"community": rubbish, "node": rubbish}).status_code == 200


def test_a_renewal_from_the_phone_and_from_the_desk(
    cast: Cast, signed_in: SignIn, held: ZoneAgreement, now: datetime
) -> None:
    browser = signed_in(cast.member)
    refused = browser.post(page("renewal", held.pk))
    assert refused.status_code == 422
    assert held.remind_on
    with time_machine.travel(now + (held.remind_on - now.date()), tick=False):
        browser, desk = Client(), Client()
        browser.force_login(cast.member)
        desk.force_login(cast.desk)
        assert page("renewal", held.pk) in words_of(browser.get(page("mine")))
        assert "?state=due" in words_of(desk.get("/"))
        assert held.zone.get_absolute_url() in words_of(browser.get("/"))
        assert browser.post(page("renewal", held.pk)).status_code == 302
        assert browser.post(page("renewal", held.pk)).status_code == 302
        row = ZoneAgreement.objects.get(renews=held)
        assert desk.post(page("renewal", held.pk)).url == page("confirmation", row.pk)
        assert desk.get(page("confirmation", row.pk)).context["form"].initial["duties"] == DUTIES
        assert page("renewal", held.pk) not in words_of(browser.get(page("mine")))


def test_ending_from_both_sides(cast: Cast, signed_in: SignIn, held: ZoneAgreement, zones: dict[str, Zone]) -> None:
    browser = signed_in(cast.member)
    assert browser.post(page("agreement_end", held.pk), {"reason": "unfit"}).status_code == 422
    assert browser.post(page("agreement_end", held.pk), {"reason": "no_time"}).status_code == 302
    assert browser.get(page("agreement_end", held.pk)).status_code == 302
    desk = signed_in(cast.desk)
    assert held.member.name in words_of(desk.get(page("zone", held.zone_id)))
    assert desk.post(page("end", held.zone_id), {"reason": ""}).status_code == 422
    assert desk.post(page("end", held.zone_id), {"reason": "gone"}).status_code == 302
    assert desk.get(page("end", held.zone_id)).status_code == 302
    refused = signed_in(cast.member).post(page("agreements", held.zone_id), {"id": new_id()})
    assert refused.context["problem"].code == "zone_ended"


def test_figures_open_to_the_rows_behind_them(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    browser = signed_in(cast.overseer)
    area = browser.get(page("coverage")).context["area"]
    assert area.node == cast.street
    assert {node.name: (found.total, found.held, found.signed, found.share) for node, found in area.rows} == {
        "南园社区": (5, 1, 1, "20.0%"),
        "公园社区": (0, 0, 0, ""),
    }
    assert (area.total.total, area.total.share) == (5, "20.0%")
    shown = browser.get(page("list"), {"community": cast.nanyuan.pk, "state": "held"})
    assert shown.context["listing"].total == 1


def test_the_page_of_a_place_shows_its_leads(cast: Cast, signed_in: SignIn, held: ZoneAgreement) -> None:
    browser = signed_in(cast.desk)
    rows = browser.get(page("leads", cast.stairwell1.pk)).context["rows"]
    assert [(one.node.name, one.agreement and one.agreement.member.name) for one in rows] == [
        ("3号楼", None),
        ("1单元", "林晓岚"),
    ]
    assert "林晓岚" in words_of(browser.get(reverse("orgs:node", args=[cast.stairwell1.pk])))
    assert browser.get(page("leads", cast.gongyuan.pk)).status_code == 404


def test_only_who_sets_rules_changes_the_duties(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.administrator)
    assert browser.get(page("duty", "nothing")).status_code == 404
    assert browser.post(page("duty", "lot"), {"duties": " "}).status_code == 422
    assert browser.post(page("duty", "lot"), {"duties": "每天浇水"}).status_code == 302
    assert ZoneDuty.objects.get(kind="lot").duties == "每天浇水"


def test_lists_ask_as_often_for_three_rows_as_for_one(
    cast: Cast, signed_in: SignIn, zones: dict[str, Zone], neighbours: Any, desk: Actor, now: datetime, queries: Any
) -> None:
    people, free = neighbours(3), iter(zones.values())
    counts: dict[str, list[int]] = {}
    for number, more in enumerate((1, 2)):
        for each in range(more):
            member, actor = people[number + each]
            signed(next(free), member, actor, desk, now)
        own = commands.add_lot(community=cast.nanyuan, name=f"绿地{number}", by=desk, now=now)
        signed(own, cast.teacher_member, cast.actor("member"), desk, now)
        commands.add_lot(community=cast.nanyuan, name=f"空地{number}", by=desk, now=now)
        pages = {"desk": [page(n) for n in ("list", "export", "map", "coverage", "places")] + ["/"]}
        pages["desk"] += [page("leads", cast.building.pk), page("people", own.pk) + "?q=邻居"]
        pages["member"] = [page("mine"), "/"]
        for who, addresses in pages.items():
            browser = signed_in(cast.users[who])
            for address in addresses:
                browser.get(address)
                with queries() as seen:
                    assert browser.get(address).status_code == 200
                name = address.split("?")[0].replace(str(own.pk), "zone")
                counts.setdefault(f"{who} {name}", []).append(len(seen))
    assert {address: pair for address, pair in counts.items() if pair[0] != pair[1]} == {}


def test_home_says_what_waits(cast: Cast, signed_in: SignIn, zone: Zone, now: datetime) -> None:
    row = commands.offer_zone(zone=zone, member=cast.teacher_member, by=cast.actor("member"), now=now)
    assert "/zones/?state=offered" in words_of(signed_in(cast.desk).get("/"))
    commands.confirm_agreement(agreement=row, duties=DUTIES, by=cast.actor("desk"), now=now)
    assert "/zones/?state=offered" not in words_of(signed_in(cast.desk).get("/"))
    assert zone.get_absolute_url() in words_of(signed_in(cast.member).get("/"))


def test_the_statistic_counts_what_the_screen_shows(cast: Cast, held: ZoneAgreement, now: datetime) -> None:
    by = ("community",)
    asked = Question(node=cast.street, by=by, on=now.date(), actor=cast.actor("overseer"))
    assert figures("zones", asked).rows == [
        {"community": "南园社区", "count": 5, "held": 1, "signed": 1, "share": "20.0%"}
    ]
    kinds = figures("zones", replace(asked, by=("kind",))).rows
    assert [(row["kind"], row["count"]) for row in kinds] == [("楼栋", 2), ("单元（楼道）", 3)]
    next_door = replace(asked, actor=cast.actor("overseer_next_door"))
    with pytest.raises(OutOfScope):
        figures("zones", next_door)

"""Every screen: does it, next door 404, read-only 403, bad input 422; residents without an account; fixed queries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.accounts.models import RateWindow
from guangcai.activities.commands import close_shift
from guangcai.activities.models import Shift
from guangcai.cases.models import Asker, Case, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.models import Occupation
from guangcai.studios import commands, keys, rules
from guangcai.studios.enums import TicketState, Way
from guangcai.studios.models import RotaPlace, Studio, Ticket
from tests.cast import Cast
from tests.studios.conftest import DAY, fridays, session

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def at(name: str, *args: Any) -> str:
    return reverse(f"studios:{name}", args=args)


def pages(studio: Studio, today: Shift, ticket: Ticket, place: RotaPlace) -> dict[str, str]:
    return {
        **{name: at(name) for name in ("list", "new")},
        **{name: at(name, studio.pk) for name in ("studio", "edit", "end", "rota_new")},
        "session": at("session", today.pk),
        "slip": at("slip", ticket.pk),
        "note": at("note", ticket.pk),
        "rota_end": at("rota_end", place.pk),
    }


def test_the_desk_opens_every_page(
    cast: Cast, signed_in: SignIn, studio: Studio, today: Shift, sitter: Any, number: Any, desk: Actor, now: datetime
) -> None:
    ticket = number()
    number(Way.SLOT, slot_at=today.starts_at + timedelta(minutes=60))
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    place = RotaPlace.objects.get()
    for name, address in pages(studio, today, ticket, place).items():
        assert signed_in(cast.desk).get(address).status_code == 200, name
        expected = 404 if name not in ("list", "new") else 200
        assert signed_in(cast.desk_next_door).get(address).status_code == expected, name
    for name in ("new", "edit", "end", "session", "slip", "note", "rota_new"):
        address = pages(studio, today, ticket, place)[name]
        assert signed_in(cast.overseer).get(address).status_code == 403, name
    assert "法律1人" in signed_in(cast.member).get(at("studio", studio.pk)).content.decode()
    assert sitter[0].name not in signed_in(cast.member).get(at("studio", studio.pk)).content.decode()


def form_of(studio_name: str = "英语工作室", **other: Any) -> dict[str, Any]:
    from guangcai.studios.models import StudioKind

    words: dict[str, Any] = {
        "id": str(new_id()), "kind": StudioKind.objects.get(code="english").pk, "name": studio_name, "services": "口语",
        "place": "2号楼活动室", "lead_name": "社工", "how": "weekly", "weekdays": ["TH"], "starts_on": "2026-11-20",
        "ends_on": "2026-12-31", "start_time": "14:00", "end_time": "16:00", "places": 2, "slot_minutes": 0,
        "on_holiday": "skip",
    }  # fmt: skip
    return words | other


def test_the_desk_opens_a_studio(cast: Cast, signed_in: SignIn) -> None:
    browser, words = signed_in(cast.desk), form_of(community=cast.nanyuan.pk)
    answer = browser.post(at("new"), words)
    made = Studio.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, made.get_absolute_url())
    assert browser.post(at("new"), words).status_code == 302
    assert browser.post(at("new"), words | {"services": "语法"}).status_code == 409
    assert Studio.objects.count() == 1
    wrong = browser.post(at("new"), form_of("别的", community=cast.nanyuan.pk, ends_on="2020-01-01"))
    assert wrong.status_code == 422
    assert browser.post(at("new"), {}).status_code == 422
    assert signed_in(cast.member).post(at("new"), words).status_code == 403
    either = form_of("周末", community=cast.nanyuan.pk, how="either", weekdays=[])
    assert browser.post(at("new"), either).status_code == 302
    assert Studio.objects.get(name="周末").activity.series.get().either


def test_the_desk_changes_and_ends_it(cast: Cast, signed_in: SignIn, studio: Studio) -> None:
    browser = signed_in(cast.desk)
    words = form_of("新名字", slot_minutes=20)
    assert browser.post(at("edit", studio.pk), words).status_code == 302
    assert Studio.objects.get().name == "新名字"
    assert browser.post(at("edit", studio.pk), words | {"slot_minutes": 2}).status_code == 422
    assert browser.post(at("end", studio.pk), {"reason": ""}).status_code == 422
    assert browser.post(at("end", studio.pk), {"reason": "装修"}).status_code == 302
    assert browser.get(at("end", studio.pk)).status_code == 302
    assert "装修" in browser.get(at("studio", studio.pk)).content.decode()
    assert "装修" in Client().get(at("public_studio", studio.pk)).content.decode()


def test_a_member_offers_and_the_desk_takes_him_on(cast: Cast, signed_in: SignIn, studio: Studio) -> None:
    law = Occupation.objects.get(code="law").pk
    browser, desk = signed_in(cast.member), signed_in(cast.desk)
    words = {"id": str(new_id()), "background": law}
    assert browser.post(at("rota_new", studio.pk), words).status_code == 302
    assert browser.post(at("rota_new", studio.pk), {"background": law}).status_code == 422
    assert browser.post(at("rota_new", studio.pk), {}).status_code == 422
    place = RotaPlace.objects.get()
    assert browser.post(at("rota_confirmation", place.pk)).status_code == 403
    assert desk.post(at("rota_confirmation", place.pk)).status_code == 302
    assert signed_in(cast.member_next_door).get(at("rota_end", place.pk)).status_code == 404
    assert browser.post(at("rota_end", place.pk), {"reason": "no_time"}).status_code == 302
    assert RotaPlace.objects.get().end_reason == "no_time"


def test_the_desk_puts_somebody_on_the_roster_and_gives_seats(
    cast: Cast, signed_in: SignIn, studio: Studio, neighbours: Any
) -> None:
    desk = signed_in(cast.desk)
    neighbours(2)
    words = {"background": Occupation.objects.get(code="law").pk, "asked": "到窗口说的"}
    for who, status in {"没有这个人": 422, "邻居": 422, "邻居1": 302}.items():
        assert desk.post(at("rota_new", studio.pk), words | {"who": who}).status_code == status, who
    assert desk.post(at("seats", studio.pk), follow=True).status_code == 200
    assert signed_in(cast.member).post(at("seats", studio.pk)).status_code == 403
    assert session(studio, 1).sign_ups.count() == 1


def test_the_desk_finds_the_appointments_of_a_coming_session(
    cast: Cast, signed_in: SignIn, studio: Studio, today: Shift, number: Any
) -> None:
    coming = session(studio, 1)
    number(Way.SLOT, slot_at=coming.starts_at, shift=coming)
    desk = signed_in(cast.desk)
    assert at("session", coming.pk) in desk.get(at("studio", studio.pk)).content.decode()
    page = desk.get(at("session", coming.pk)).content.decode()
    assert "已预约" in page
    assert "人等候" not in page


def test_whoever_sits_runs_the_line(
    cast: Cast, signed_in: SignIn, today: Shift, sitter: Any, number: Any, law: Item
) -> None:
    first, second, third = number(), number(), number()
    browser = signed_in(cast.su0)
    home = at("session", today.pk)
    assert browser.get(home).status_code == 200
    assert browser.post(at("calls", today.pk), {"counter": "1"}).status_code == 302
    refused = browser.post(at("calls", today.pk), {"counter": "1"})
    assert (refused.status_code, "窗口" in refused.content.decode()) == (422, True)
    assert browser.post(at("calls", today.pk), {"counter": "x"}).status_code == 422
    assert browser.post(at("result", first.pk), {"state": "rubbish"}).status_code == 422
    assert browser.post(at("result", first.pk), {"state": "missed"}).status_code == 302
    assert browser.post(at("call", first.pk), {"counter": "1"}).status_code == 302
    assert browser.post(at("call", second.pk), {"counter": "1"}).status_code == 422
    words = {"id": str(new_id()), "item": law.pk, "what": "租金纠纷", "said": "留好凭据", "outcome": "done"}
    assert browser.get(at("note", first.pk)).status_code == 200
    assert browser.post(at("note", first.pk), words | {"said": ""}).status_code == 422
    written = browser.post(at("note", first.pk), words, follow=True)
    assert written.status_code == 200
    case, code = Case.objects.get(), Asker.objects.get().code
    assert f"{code[:5]}-{code[5:]}" in written.content.decode()
    assert case.number in written.content.decode()
    assert browser.get(at("note", first.pk)).status_code == 302
    assert browser.post(at("note", third.pk), words | {"id": str(new_id())}).status_code == 409
    for ticket in (second, third):
        assert signed_in(cast.member).post(at("result", ticket.pk), {"state": "left"}).status_code == 403
        assert signed_in(cast.desk_next_door).post(at("result", ticket.pk), {"state": "left"}).status_code == 404


def test_the_button_at_the_counter_receives_and_calls(
    cast: Cast, signed_in: SignIn, today: Shift, sitter: Any, number: Any
) -> None:
    first, second = number(), number()
    browser, home = signed_in(cast.su0), at("session", today.pk)
    browser.post(at("calls", today.pk), {"counter": "2"})
    page = browser.get(home).content.decode()
    assert at("successor", first.pk) in page
    assert "接待完毕，叫下一位" in page
    for _again in range(2):
        assert browser.post(at("successor", first.pk))["Location"] == home
    assert Ticket.objects.get(pk=second.pk).counter == 2
    told = browser.post(at("successor", second.pk), follow=True).content.decode()
    assert "2号接待完毕" in told
    assert at("calls", today.pk) in told
    waiting = number()
    assert browser.post(at("successor", waiting.pk)).status_code == 409
    assert signed_in(cast.member).post(at("successor", waiting.pk)).status_code == 403
    assert signed_in(cast.desk_next_door).post(at("successor", waiting.pk)).status_code == 404


def test_whoever_sits_reads_his_own_name_and_how_many_sit_with_him(
    cast: Cast, signed_in: SignIn, studio: Studio, neighbours: Any, sit: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(3)
    for member, _actor in people:
        sit(studio, member)
    commands.fill_seats(studio=studio, by=desk, now=now - DAY)
    home = at("session", session(studio).pk)
    own = signed_in(cast.su0).get(home).content.decode()
    assert people[0][0].name in own
    assert people[1][0].name not in own
    assert "另外2位" in own
    of_desk = signed_in(cast.desk).get(home).content.decode()
    assert all(member.name in of_desk for member, _actor in people)
    assert "另外" not in of_desk


def test_who_offered_stands_before_the_roster(
    cast: Cast, signed_in: SignIn, studio: Studio, neighbours: Any, sit: Any
) -> None:
    people = neighbours(2)
    for member, _actor in people:
        sit(studio, member)
    signed_in(cast.member).post(at("rota_new", studio.pk), {"background": Occupation.objects.get(code="law").pk})
    page = signed_in(cast.desk).get(at("studio", studio.pk)).content.decode()
    roster = page[page.index('id="rota-title"') :]
    assert roster.index("林晓岚") < roster.index(people[0][0].name) < roster.index(people[1][0].name)


def test_nobody_is_called_back_to_a_closed_session(
    cast: Cast, signed_in: SignIn, today: Shift, sitter: Any, number: Any, desk: Actor, now: datetime
) -> None:
    ticket = number()
    commands.call_next(shift=today, counter=1, by=desk, now=now)
    commands.settle(ticket=ticket, state=TicketState.MISSED, by=desk, now=now)
    browser, again = signed_in(cast.desk), at("call", ticket.pk)
    assert again in browser.get(at("session", today.pk)).content.decode()
    with time_machine.travel(today.ends_at + timedelta(minutes=5), tick=False):
        close_shift(shift=today, head_count=1, by=desk, now=today.ends_at + timedelta(minutes=5))
        assert again not in browser.get(at("session", today.pk)).content.decode()


def test_the_other_day_of_a_weekend_need_not_be_closed(
    cast: Cast, signed_in: SignIn, make_studio: Any, desk: Actor
) -> None:
    weekend = make_studio(name="周末工作室", repeat=fridays(rule="FREQ=WEEKLY;BYDAY=SA,SU", either=True))
    saturday, sunday = session(weekend, 0), session(weekend, 1)
    browser, page = signed_in(cast.desk), at("studio", weekend.pk)
    with time_machine.travel(sunday.ends_at + timedelta(hours=1), tick=False):
        assert browser.get(page).content.decode().count("待结束") == 2
        close_shift(shift=saturday, head_count=1, by=desk, now=sunday.ends_at + timedelta(hours=1))
        shown = browser.get(page).content.decode()
    assert ("待结束" in shown, "另一天已办" in shown) == (False, True)


def test_every_address_of_a_studio_is_closed_to_others(
    cast: Cast, signed_in: SignIn, studio: Studio, today: Shift, sitter: Any, number: Any
) -> None:
    """Next door and whoever has no place in the tree find nothing; an overseer sees the studio and runs nothing."""
    ticket, place = number(), RotaPlace.objects.get()
    reads = [("studio", studio.pk), ("edit", studio.pk), ("end", studio.pk), ("rota_new", studio.pk)]
    reads += [("session", today.pk), ("slip", ticket.pk), ("note", ticket.pk), ("rota_end", place.pk)]
    writes = [("seats", studio.pk), ("calls", today.pk), ("numbers", today.pk), ("rota_confirmation", place.pk)]
    writes += [("call", ticket.pk), ("result", ticket.pk), ("successor", ticket.pk), ("note", ticket.pk)]
    for user in (cast.desk_next_door, cast.member_next_door, cast.liaison_next_door):
        browser = signed_in(user)
        assert {name: browser.get(at(name, pk)).status_code for name, pk in reads} == dict.fromkeys(dict(reads), 404)
        assert {name: browser.post(at(name, pk)).status_code for name, pk in writes} == dict.fromkeys(dict(writes), 404)
    overseer = signed_in(cast.overseer)
    assert overseer.get(at("studio", studio.pk)).status_code == 200
    for name, pk in [*reads[1:], *writes]:
        assert overseer.post(at(name, pk)).status_code in (403, 405), name
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_a_note_is_followed_up_by_whoever_sat(
    cast: Cast, signed_in: SignIn, today: Shift, sitter: Any, number: Any, law: Item, desk: Actor, now: datetime
) -> None:
    number()
    ticket = commands.call_next(shift=today, counter=2, by=desk, now=now)
    words = {
        "item": law.pk, "what": "工伤认定", "said": "下周带材料来", "outcome": "open", "seen_to_by": sitter[0].pk,
        "phone": "13912345678",
    }  # fmt: skip
    assert signed_in(cast.desk).post(at("note", ticket.pk), words).status_code == 302
    case = Case.objects.get()
    assert case.assignment is not None
    assert (case.state, case.assignment.member_id) == ("dispatched", sitter[0].pk)
    shown = signed_in(cast.desk).get(at("session", today.pk)).content.decode()
    assert case.number in shown


def test_the_desk_prints_a_slip(cast: Cast, signed_in: SignIn, today: Shift) -> None:
    browser, key = signed_in(cast.desk), new_id()
    answer = browser.post(at("numbers", today.pk), {"id": str(key)})
    assert answer["Location"] == at("slip", key)
    page = browser.get(answer["Location"]).content.decode()
    code = keys.code_of(key)
    assert f"{code[:5]}-{code[5:]}" in page
    assert Client().get(at("public_number", code)).status_code == 200


# --- residents ------------------------------------------------------------------------------------------------------


def test_residents_find_a_studio_and_take_a_number(cast: Cast, studio: Studio, today: Shift, number: Any) -> None:
    stranger, before = Client(), number()
    for address in (at("public"), at("public_community", cast.nanyuan.code), at("public_studio", studio.pk)):
        assert studio.name in stranger.get(address).content.decode() or address == at("public")
    assert stranger.get(at("public_community", cast.gongyuan.code)).status_code == 404
    key = new_id()
    answer = stranger.post(at("public_numbers", studio.pk), {"id": str(key)})
    assert answer["Location"] == at("public_number", keys.code_of(key))
    page = stranger.get(answer["Location"]).content.decode()
    assert "前面还有1" in page.replace(" ", "")
    stranger.post(at("public_end", keys.code_of(before.pk)))
    part = stranger.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "下一个就是您" in part


def test_no_number_on_other_days(studio: Studio, now: datetime) -> None:
    with time_machine.travel(now + DAY, tick=False):
        refused = Client().post(at("public_numbers", studio.pk), {"id": str(new_id())})
    assert refused.status_code == 422
    assert not Ticket.objects.exists()


def test_a_stranger_does_not_take_them_all(studio: Studio, today: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Client()
    monkeypatch.setattr(rules, "NUMBERS_OF_ADDRESS", rules.Limit("t", 2, DAY))
    for status in (302, 302, 422):
        assert stranger.post(at("public_numbers", studio.pk), {"id": str(new_id())}).status_code == status
    assert Ticket.objects.count() == 2


def test_codes_are_not_guessed(number: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger, code = Client(), keys.code_of(number().pk)
    monkeypatch.setattr(rules, "CODES_OF_ADDRESS", rules.Limit("c", 2, timedelta(hours=1)))
    assert stranger.get(at("public_number", "AAAAABBBBB")).status_code == 404
    for _at in range(3):
        assert stranger.post(at("public_follow"), {"code": "AAAAABBBBB"}).status_code == 422
    assert stranger.post(at("public_follow"), {"code": code}).status_code == 422
    assert stranger.post(at("public_end", code)).status_code == 404
    RateWindow.objects.all().delete()
    assert stranger.post(at("public_follow"), {"code": f" {code.lower()} "})["Location"] == at("public_number", code)
    assert stranger.post(at("public_follow"), {"code": "AAAAABBBBB"}).status_code == 422
    assert stranger.post(at("public_end", "AAAAABBBBB")).status_code == 404


def test_residents_make_an_appointment(studio: Studio, today: Shift) -> None:
    stranger, later = Client(), session(studio, 1)
    address = at("public_appointments", studio.pk)
    assert stranger.get(address).status_code == 200
    slot = f"{later.pk}|{later.starts_at.isoformat()}"
    words = {"id": str(new_id()), "slot": slot, "phone": "139 1234 5678"}
    assert stranger.post(address, words).status_code == 302
    assert stranger.post(address, words).status_code in (302, 422)
    assert stranger.post(address, words | {"id": str(new_id())}).status_code == 422
    assert stranger.post(address, {"phone": "12"}).status_code == 422
    ticket = Ticket.objects.get()
    assert (ticket.slot_at, ticket.phone) == (later.starts_at, "+8613912345678")
    for page in (at("public_number", keys.code_of(ticket.pk)), at("hall", studio.pk)):
        assert "5678" not in stranger.get(page).content.decode()


def test_the_hall_shows_numbers_alone(
    studio: Studio, today: Shift, sitter: Any, number: Any, desk: Actor, now: datetime
) -> None:
    for _at in range(3):
        number()
    commands.call_next(shift=today, counter=4, by=desk, now=now)
    page = Client().get(at("hall", studio.pk)).content.decode()
    assert "<td>1</td><td>4</td>" in page
    assert 'http-equiv="refresh"' in page
    assert sitter[0].name not in page
    part = Client().get(at("hall", studio.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<td>1</td>" in part
    with time_machine.travel(now + DAY, tick=False):
        assert "11月27日" in Client().get(at("hall", studio.pk)).content.decode()


def test_lists_cost_the_same(
    cast: Cast,
    signed_in: SignIn,
    studio: Studio,
    make_studio: Any,
    number: Any,
    queries: Any,
    neighbours: Any,
    sit: Any,
) -> None:
    desk, first = signed_in(cast.desk), studio
    people = neighbours(3)
    today = session(first)
    sit(first, people[0][0])
    number(shift=today)

    def cost() -> list[int]:
        counted = []
        for address, browser in {
            at("list"): desk,
            at("studio", first.pk): desk,
            at("session", today.pk): desk,
            at("hall", first.pk): Client(),
            at("public"): Client(),
            at("public_community", cast.nanyuan.code): Client(),
            at("public_studio", first.pk): Client(),
        }.items():
            with queries() as seen:
                assert browser.get(address).status_code == 200
            counted.append(len(seen))
        return counted

    cost()
    one = cost()
    for name in ("第二", "第三"):
        make_studio(name=name)
    for member, _actor in people[1:]:
        sit(first, member)
        number(shift=today)
    assert cost() == one

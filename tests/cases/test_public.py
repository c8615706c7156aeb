"""The resident's page: asked without an account, followed by a code, and the asker's last word."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.cases import commands, doors
from guangcai.cases.models import Asker, Case, CaseStep, Item
from guangcai.core.ids import new_id
from tests.cases.conftest import MARK, Raise
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'
PHONE = "13922224444"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def page(name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def door(cast: Cast, plain_item: Item) -> str:
    return page("public_ask", cast.nanyuan.code, plain_item.pk)


def said(**other: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "what": "三楼的灯不亮", "phone": PHONE, "wants_word": "on"} | other


def code_on(answer: Any) -> str:
    found = re.search(r'class="case-code">([^<]+)<', words_of(answer))
    assert found
    return found[1]


def test_from_the_front_page_to_the_code(cast: Cast, client: Client, plain_item: Item, door: str) -> None:
    assert page("public") in words_of(client.get("/"))
    assert page("public_shelves", cast.nanyuan.code) in words_of(client.get(page("public")))
    shelves = words_of(client.get(page("public_shelves", cast.nanyuan.code)))
    assert all(number in shelves for number in ("tel:110", "tel:119", "tel:120", door))
    assert client.get(door).status_code == 200
    sent = client.post(door, said(place_note="3单元302", name="王大妈"))
    assert (sent.status_code, sent["Location"]) == (302, page("public_received"))
    received = client.get(page("public_received"))
    case = Case.objects.get()
    assert (case.channel, case.raised_by, case.item) == ("web", None, plain_item)
    assert case.asker.phone == f"+86{PHONE}"
    assert code_on(received).replace("-", "") == case.asker.code
    assert case.number in words_of(received)
    assert "王大妈" not in words_of(received)


def test_who_is_signed_in_is_not_written_down(cast: Cast, signed_in: Callable[[Any], Client], door: str) -> None:
    assert signed_in(cast.desk).post(door, said()).status_code == 302
    assert (Case.objects.get().raised_by, CaseStep.objects.get().by) == (None, None)


def test_the_desk_does_not_learn_the_code_and_cannot_speak_with_it(
    cast: Cast, signed_in: Callable[[Any], Client], client: Client, door: str, raised: Raise
) -> None:
    client.post(door, said())
    desk = signed_in(cast.desk)
    own, called = Case.objects.get(), raised()
    assert own.asker.code not in words_of(desk.get(page("case", own.pk)))
    # On the phone the desk reads the code out to the caller.
    assert called.asker.code in words_of(desk.get(page("case", called.pk)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": " "}, "what"),
        ({"what": "长" * 501}, "what"),
        ({"phone": "12"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"is_anonymous": "on", "name": "王大妈"}, "name"),
        ({"place": "999999"}, "place"),
        ({"id": "x"}, "id"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(
    client: Client, door: str, wrong: dict[str, str], field: str
) -> None:
    answer = client.post(door, said(**wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Case.objects.exists()


def test_unnamed_without_a_phone(client: Client, door: str) -> None:
    assert client.post(door, said(phone="", is_anonymous="on")).status_code == 302
    case = Case.objects.get()
    assert (case.is_anonymous, case.asker.phone, case.asker.name) == (True, "", "")
    assert code_on(client.get(page("public_received")))


def test_the_item_s_own_questions_come_with_it(cast: Cast, client: Client, item: Item) -> None:
    door = page("public_ask", cast.nanyuan.code, item.pk)
    assert "哪里坏了" in words_of(client.get(door))
    assert client.post(door, said()).status_code == 422
    assert client.post(door, said(answer_0="厨房", answer_1="2")).status_code == 302
    assert Case.objects.get().answers == [{"label": "哪里坏了", "answer": "厨房"}, {"label": "几处", "answer": "2"}]


def test_what_is_not_offered_is_not_there(cast: Cast, client: Client, plain_item: Item, now: datetime) -> None:
    assert client.get(page("public_ask", "999999999999", plain_item.pk)).status_code == 404
    # A community without a desk: nobody would read it.
    assert client.get(page("public_shelves", cast.gongyuan.code)).status_code in (200, 404)
    plain_item.until = now.date() - timedelta(days=1)
    plain_item.save()
    assert client.get(page("public_ask", cast.nanyuan.code, plain_item.pk)).status_code == 404


def test_danger_is_named_before_and_after(cast: Cast, client: Client, plain_item: Item, door: str) -> None:
    plain_item.emergency = "119"
    plain_item.save()
    assert "tel:119" in words_of(client.get(door))
    plain_item.emergency = ""
    plain_item.save()
    client.post(door, said(what="楼道里有人晕倒，还在冒烟"))
    received = words_of(client.get(page("public_received")))
    assert "tel:119" in received
    assert "tel:120" in received
    assert "tel:110" not in received


def test_sent_twice_is_one_request_and_other_content_is_refused(client: Client, door: str) -> None:
    sent = said()
    assert [client.post(door, sent).status_code for _ in range(2)] == [302, 302]
    code = code_on(client.get(page("public_received")))
    assert code.replace("-", "") == Asker.objects.get().code
    assert client.post(door, sent | {"what": "另外一件"}).status_code == 409
    assert client.post(door, sent | {"phone": "13922225555"}).status_code == 409
    assert Case.objects.count() == 1


def test_one_phone_and_one_address_do_not_flood_a_desk(client: Client, door: str, clock: Any) -> None:
    for _number in range(doors.RAISED_OF_PHONE.most):
        assert client.post(door, said()).status_code == 302
    refused = client.post(door, said())
    assert refused.status_code == 422
    assert client.post(door, said(phone="13922225555")).status_code == 302
    assert client.post(door, said(phone="", is_anonymous="on"), REMOTE_ADDR="10.1.2.3").status_code == 302
    clock.shift(timedelta(days=1, minutes=1))
    assert client.post(door, said()).status_code == 302


def test_the_code_is_shown_for_half_an_hour_in_that_browser_alone(client: Client, door: str, clock: Any) -> None:
    client.post(door, said())
    assert Client().get(page("public_received")).status_code == 302
    assert Client().get(page("public_case")).status_code == 302
    assert client.get(page("public_case")).status_code == 200
    clock.shift(timedelta(minutes=31))
    for name in ("public_received", "public_case"):
        assert client.get(page(name))["Location"] == page("public_follow")
    assert client.post(page("public_word"), {"word": "satisfied"})["Location"] == page("public_follow")


# --- following ------------------------------------------------------------------------------------------------------


def opened_by(code: str) -> Client:
    browser = Client()
    assert browser.post(page("public_follow"), {"code": code})["Location"] == page("public_case")
    return browser


def test_a_code_in_any_writing_opens_its_case_and_no_other(raised: Raise) -> None:
    first, second = raised("三楼的灯不亮"), raised("四楼的灯不亮")
    code = first.asker.code
    shown = words_of(opened_by(f" {code[:5].lower()}-{code[5:]} ").get(page("public_case")))
    assert first.number in shown
    assert second.number not in shown
    assert "四楼" not in shown


def plain(answer: Any) -> str:
    """The body without what differs from one answer to the next anyway: tokens, and the text that was typed."""
    return re.sub(
        r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"|<input[^>]*name="code"[^>]*>', "", words_of(answer)
    )


def test_every_wrong_code_is_answered_alike(raised: Raise, queries: Any) -> None:
    """Near to a right one, far from it, no code at all, that of a case that was cleared away: same words, same work."""
    case, gone = raised(), raised("已经清理的")
    Case.objects.filter(pk=gone.pk).update(what="", anonymised_at=gone.raised_at)
    code = case.asker.code
    near = code[:-1] + ("A" if code[-1] != "A" else "B")
    typed = [near, gone.asker.code, "ZZZZZZZZZZ", "1", "", case.number, PHONE, "x" * 39, "' or 1=1 --", HOSTILE]
    answers: list[tuple[int, int, str]] = []
    assert "选填" not in words_of(Client().get(page("public_follow")))
    assert Client().post(page("public_follow"), {"code": "A\0B"}).status_code == 422
    for number, text in enumerate(typed):
        browser = Client()
        browser.get(page("public_follow"))
        with queries() as seen:
            answer = browser.post(page("public_follow"), {"code": text}, REMOTE_ADDR=f"10.2.0.{number}")
        answers.append((answer.status_code, len(seen), plain(answer)))
    assert answers[0][0] == 422
    assert set(answers) == {answers[0]}


def test_guessing_ends_at_the_limit_and_right_codes_are_not_counted(raised: Raise) -> None:
    case = raised()
    client = Client()
    for _number in range(3):
        opened_by(case.asker.code)
    for _number in range(doors.CODES_OF_ADDRESS.most):
        assert client.post(page("public_follow"), {"code": "AAAAAAAAAA"}).status_code == 422
    assert client.post(page("public_follow"), {"code": "AAAAAAAAAA"}).status_code == 429
    # Beyond the limit the right one is answered like a wrong one.
    assert client.post(page("public_follow"), {"code": case.asker.code}).status_code == 429


def test_the_asker_reads_parts_not_names(
    cast: Cast, raised: Raise, asked: commands.Worker, desk: Any, now: datetime
) -> None:
    case = raised()
    by = {"by": desk, "now": now}
    commands.dispatch(case=case, worker=asked, **by)
    commands.note_contact(case=case, note=f"{MARK}内部说明", **by)
    shown = words_of(opened_by(case.asker.code).get(page("public_case")))
    for hidden in ("王师傅", MARK, "13922223333", "13933334444", cast.desk.phone):
        assert hidden not in shown


def done(case: Case, asked: commands.Worker, desk: Any, now: datetime) -> Case:
    by = {"by": desk, "now": now}
    commands.dispatch(case=case, worker=asked, **by)
    commands.accept(case=case, **by)
    return commands.finish(case=case, note="换了灯泡", **by)


def test_not_solved_opens_the_same_case_again(raised: Raise, asked: commands.Worker, desk: Any, now: datetime) -> None:
    case = done(raised(), asked, desk, now)
    browser = opened_by(case.asker.code)
    assert browser.post(page("public_word"), {"word": "not_solved", "note": " "}).status_code == 422
    assert browser.post(page("public_word"), {"word": "maybe"}).status_code == 422
    told = {"word": "not_solved", "note": "还是不亮"}
    assert browser.post(page("public_word"), told)["Location"] == page("public_case")
    assert browser.post(page("public_word"), told)["Location"] == page("public_case")
    case.refresh_from_db()
    assert (case.state, case.is_solved, Case.objects.count()) == ("to_dispatch", False, 1)
    assert list(case.steps.filter(kind="reopened").values_list("side", flat=True)) == ["asker"]
    assert "还是不亮" in words_of(browser.get(page("public_case")))
    # Said in other words although it is open already: told how it stands.
    assert browser.post(page("public_word"), told | {"note": "别的"}).status_code == 422


@pytest.mark.parametrize(("word", "is_satisfied"), [("satisfied", True), ("unsatisfied", False)])
def test_solved_is_the_asker_s_word(
    raised: Raise, asked: commands.Worker, desk: Any, now: datetime, word: str, is_satisfied: bool
) -> None:
    case = done(raised(), asked, desk, now)
    browser = opened_by(case.asker.code)
    for _twice in range(2):
        answer = browser.post(page("public_word"), {"word": word})
    case.refresh_from_db()
    assert (case.state, case.is_solved, case.is_satisfied) == ("solved", True, is_satisfied)
    # One thing is left to say: it need not be ticked.
    assert re.search(r'value="not_solved"[^>]*checked', words_of(browser.get(page("public_case"))))
    assert answer.status_code in (302, 422)
    assert case.steps.filter(kind="confirmed").count() == 1


def test_before_it_was_worked_on_there_is_nothing_to_say(raised: Raise) -> None:
    case = raised()
    browser = opened_by(case.asker.code)
    assert page("public_word") not in words_of(browser.get(page("public_case")))
    assert browser.post(page("public_word"), {"word": "satisfied"}).status_code == 422
    case.refresh_from_db()
    assert case.state == "to_dispatch"


def test_too_late_says_what_to_do_instead(
    raised: Raise, asked: commands.Worker, desk: Any, now: datetime, clock: Any
) -> None:
    case = done(raised(), asked, desk, now)
    commands.confirm_solved(case=case, code=case.asker.code, by=desk, now=now)
    clock.shift(timedelta(days=8))
    refused = opened_by(case.asker.code).post(page("public_word"), {"word": "not_solved", "note": "又坏了"})
    assert refused.status_code == 422
    case.refresh_from_db()
    assert case.state == "solved"


def test_hostile_words_stay_words(cast: Cast, client: Client, item: Item, desk: Any, signed_in: Any) -> None:
    door = page("public_ask", cast.nanyuan.code, item.pk)
    sent = said(what=HOSTILE, place_note=HOSTILE, name=HOSTILE[:60], answer_0=HOSTILE)
    refused = words_of(client.post(door, sent | {"phone": HOSTILE[:40]}))
    assert client.post(door, sent).status_code == 302
    case = Case.objects.get()
    pages = [refused, *(words_of(client.get(page(name))) for name in ("public_received", "public_case"))]
    pages += [words_of(client.post(page("public_follow"), {"code": HOSTILE}))]
    pages += [words_of(signed_in(cast.desk).get(page("case", case.pk)))]
    for shown in pages:
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_pages_send_as_many_statements_for_three_rows_as_for_one(
    cast: Cast, client: Client, plain_item: Item, raised: Raise, asked: Any, desk: Any, now: datetime, queries: Any
) -> None:
    case = raised()
    browser = opened_by(case.asker.code)

    def counted() -> list[int]:
        seen = []
        for who, address in (
            (client, page("public")),
            (client, page("public_shelves", cast.nanyuan.code)),
            (browser, page("public_case")),
        ):
            with queries() as sent:
                assert who.get(address).status_code == 200
            seen.append(len(sent))
        return seen

    counted()
    before = counted()
    for number in (1, 2):
        Item.objects.create(
            category=plain_item.category, code=f"x{number}", name=f"事项{number}", since=plain_item.since
        )
    done(case, asked, desk, now)
    after = counted()
    assert after[:2] == before[:2]
    # The worker's name is not read, and the form asks nothing.
    assert after[2] == before[2]

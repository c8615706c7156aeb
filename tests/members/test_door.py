"""The door: reporting in by phone without an account, and nobody learns who is known."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from guangcai.accounts import sms
from guangcai.core.errors import RuleBroken
from guangcai.members import commands, keys
from guangcai.members.commands import proof
from guangcai.members.models import ReportIn
from guangcai.members.slips import SlipForm
from guangcai.members.views.door import door_token
from tests.cast import Cast

Answers = Callable[..., dict[str, Any]]


@pytest.fixture
def door(cast: Cast) -> str:
    return f"/members/door/{door_token(cast.nanyuan)}/"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Short messages that would have gone out: phone and code."""
    messages: list[tuple[str, str]] = []

    def keep(phone: str, *, template: str, parameters: dict[str, str], text: str) -> None:
        messages.append((phone, parameters["code"]))

    monkeypatch.setattr(sms, "send_soon", keep)
    return messages


def filled(**changes: str) -> dict[str, str]:
    return {"name": "周明远", "phone": "13900000201", "kinds": "public_safety", "consent": "on", **changes}


def visible(answer: Any) -> str:
    """A page without what changes by chance: tokens and form ids."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", answer.content.decode())
    return re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text)


def test_a_slip_needs_no_account(door: str, cast: Cast, client: Client) -> None:
    assert client.get(door).status_code == 200
    answer = client.post(door, filled(times_public_safety="weekday_evening"), follow=True)

    slip = ReportIn.objects.get()
    number = keys.slip_no(cast.nanyuan.pk, slip.phone_index)
    assert number in answer.content.decode()
    form = SlipForm.from_text(slip.form)
    assert (form.name, form.notice) == ("周明远", "2026-01")
    assert form.intentions == {"public_safety": ("weekday_evening",)}


def test_a_forged_link_leads_nowhere(door: str, client: Client) -> None:
    assert client.get(f"{door[:-3]}xx/").status_code == 404
    assert client.get("/members/door/nonsense/").status_code == 404


@pytest.mark.parametrize("changes", [{"consent": ""}, {"name": ""}, {"phone": "12345"}])
def test_what_is_missing_is_named_and_the_rest_kept(door: str, client: Client, changes: dict[str, str]) -> None:
    answer = client.post(door, filled(work_unit="光明小学", **changes))
    assert answer.status_code == 422
    assert "光明小学" in answer.content.decode()
    assert ReportIn.objects.count() == 0


def test_known_and_unknown_phones_get_the_same_answer(door: str, cast: Cast) -> None:
    known, unknown = Client(), Client()
    pages = [
        visible(browser.post(door, filled(name="某某", phone=phone), follow=True))
        for browser, phone in [(known, "13900000101"), (unknown, "13900000888")]
    ]
    numbers = [keys.slip_no(cast.nanyuan.pk, keys.phone_key(phone)) for phone in ("13900000101", "13900000888")]
    assert pages[0].replace(numbers[0], "N") == pages[1].replace(numbers[1], "N")


def test_nothing_is_filled_in_without_a_proof(door: str, cast: Cast, client: Client, sent: list[Any]) -> None:
    client.post(f"{door}phone/", {"phone": "13900000101"})
    assert "林晓岚" not in client.get(door).content.decode()


@pytest.mark.parametrize("phone", ["13900000101", "13900000888"])
def test_a_code_goes_to_every_phone_alike(door: str, client: Client, sent: list[Any], phone: str) -> None:
    answer = client.post(f"{door}phone/", {"phone": phone})
    assert (answer.status_code, [number for number, _code in sent]) == (302, [f"+86{phone}"])


def test_a_proven_phone_comes_filled_in(door: str, cast: Cast, client: Client, sent: list[Any]) -> None:
    client.post(f"{door}phone/", {"phone": "13900000101"})
    wrong = client.post(f"{door}code/", {"code": "000000" if sent[0][1] != "000000" else "111111"})
    assert wrong.status_code == 422
    client.post(f"{door}code/", {"code": sent[0][1]})
    shown = client.get(door).content.decode()
    assert "林晓岚" in shown
    assert "站前区实验小学" in shown
    client.post(door, filled(name="林晓岚", phone="13900000101"))
    assert ReportIn.objects.get().member == cast.teacher_member


def test_the_code_page_needs_a_sent_code(door: str, client: Client) -> None:
    assert client.get(f"{door}code/").url == f"{door}phone/"
    assert client.get(f"{door}received/").url == door


def test_the_invitation_has_a_code_of_its_own(
    door: str, cast: Cast, client: Client, sent: list[Any], now: datetime
) -> None:
    commands.expect_members(community=cast.nanyuan, members=[cast.police_member], by=cast.actor("desk"), now=now)
    ready = ReportIn.objects.get()
    client.post(f"{door}phone/", {"phone": "13900000102"})
    client.post(f"{door}code/", {"code": keys.launch_code(ready.pk)})
    assert "赵海峰" in client.get(door).content.decode()

    client.post(door, filled(name="赵海峰", phone="13900000102"))
    ready.refresh_from_db()
    assert SlipForm.from_text(ready.form).notice == "2026-01"


def test_wide_digits_are_read_and_odd_ones_refused(
    door: str, cast: Cast, client: Client, sent: list[Any], now: datetime
) -> None:
    commands.expect_members(community=cast.nanyuan, members=[cast.police_member], by=cast.actor("desk"), now=now)
    right = keys.launch_code(ReportIn.objects.get().pk)
    client.post(f"{door}phone/", {"phone": "13900000102"})
    odd = right.translate({0x30 + digit: 0x0660 + digit for digit in range(10)})
    assert client.post(f"{door}code/", {"code": odd}).status_code == 422
    wide = right.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)})
    assert client.post(f"{door}code/", {"code": wide}).status_code == 302


def test_a_ready_slip_takes_nothing_under_another_name(door: str, cast: Cast, client: Client, now: datetime) -> None:
    commands.expect_members(community=cast.nanyuan, members=[cast.police_member], by=cast.actor("desk"), now=now)
    client.post(door, filled(name="冒名", phone="13900000102"))
    assert ReportIn.objects.get().form == ""


def test_codes_and_tries_are_counted(cast: Cast, sent: list[Any], now: datetime) -> None:
    codes = [proof.send_code(phone="13900000101", now=now) for _time in range(6)]
    with pytest.raises(RuleBroken) as refusal:
        proof.send_code(phone="13900000101", now=now)
    assert refusal.value.code == "limit"
    for _time in range(10):
        with pytest.raises(RuleBroken):
            proof.check_code(sent=codes[0], code="xxxxxx", community=cast.nanyuan, now=now)
    with pytest.raises(RuleBroken) as refusal:
        proof.check_code(sent=codes[0], code=sent[0][1], community=cast.nanyuan, now=now)
    assert refusal.value.code == "limit"


def test_an_old_code_no_longer_fits(cast: Cast, sent: list[Any], now: datetime) -> None:
    code = proof.send_code(phone="13900000101", now=now)
    with pytest.raises(RuleBroken) as refusal:
        proof.check_code(sent=code, code=sent[0][1], community=cast.nanyuan, now=now + timedelta(minutes=11))
    assert refusal.value.code == "code_wrong"

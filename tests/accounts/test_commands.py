"""Making, linking and closing accounts; passwords; what the tables refuse."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from guangcai.accounts import commands, queries, sms
from guangcai.accounts.models import ApiToken, KioskSession, User
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.core.notify import Letter
from tests.accounts.conftest import PASSWORD, PHONE, UNKNOWN, Phones
from tests.cast import Cast

SYSTEM = Actor.system()


def test_adding_the_same_phone_twice_is_one_account(user: User, now: datetime) -> None:
    again = commands.add_user(name="别人", phone="+86 138 0000 0777", password=None, by=SYSTEM, now=now)
    assert again == user
    assert again.name == "王芳"
    assert AuditEvent.objects.filter(tag="accounts:user:add").count() == 1


def test_phone_lies_sealed_and_is_found_by_its_index(user: User) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM accounts_user")
        stored, index = cursor.fetchone()
    assert PHONE.encode() not in bytes(stored)
    assert PHONE not in index
    assert User.objects.with_phone("138-0000-0777").get().phone == "+86" + PHONE


@pytest.mark.parametrize(
    ("change", "field"),
    [({"phone": "123"}, "phone"), ({"name": " "}, "name"), ({"password": "short"}, "password")],
)
def test_bad_input_names_its_field(db: None, now: datetime, change: dict[str, str], field: str) -> None:
    given = {"name": "王芳", "phone": PHONE, "password": PASSWORD, **change}
    with pytest.raises(RuleBroken) as refusal:
        commands.add_user(**given, by=SYSTEM, now=now)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_who_makes_and_closes_accounts(cast: Cast, now: datetime) -> None:
    made = commands.add_user(name="新人", phone=PHONE, by=cast.actor("desk"), now=now)
    for outsider in ("member", "liaison", "auditor"):
        with pytest.raises(Forbidden):
            commands.add_user(name="新人", phone=UNKNOWN, by=cast.actor(outsider), now=now)
    with pytest.raises(Forbidden):
        commands.close_user(user=made, by=cast.actor("desk"), now=now)
    with pytest.raises(RuleBroken):
        commands.close_user(user=cast.system, by=cast.actor("system"), now=now)
    assert commands.close_user(user=made, by=cast.actor("system"), now=now).closed_at == now


def test_member_has_one_open_account(user: User, now: datetime) -> None:
    other = commands.add_user(name="别人", phone=UNKNOWN, by=SYSTEM, now=now)
    member = new_id()
    assert commands.link_member(user=user, member_id=member, by=SYSTEM, now=now).member_id == member
    commands.link_member(user=user, member_id=member, by=SYSTEM, now=now)
    assert AuditEvent.objects.filter(tag="accounts:user:link_member").count() == 1
    with pytest.raises(Conflict):
        commands.link_member(user=other, member_id=member, by=SYSTEM, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(member_id=member)
    commands.close_user(user=user, by=SYSTEM, now=now)
    assert commands.link_member(user=other, member_id=member, by=SYSTEM, now=now).member_id == member


def test_closing_ends_everything_at_once(user: User, now: datetime, sign_in: Any, client: Client) -> None:
    actor = Actor(user_id=user.pk)
    sign_in()
    _row, secret = commands.add_token(user=user, label="大屏", by=actor, now=now)
    assert client.get("/account/").status_code == 200
    commands.close_user(user=user, by=SYSTEM, now=now)
    assert client.get("/account/").status_code == 302
    assert queries.token_in_force(secret) is None
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    commands.close_user(user=user, by=SYSTEM, now=now)
    assert AuditEvent.objects.filter(tag="accounts:user:close").count() == 1


def test_closed_account_is_answered_like_an_unknown_phone(
    user: User, now: datetime, sign_in: Any, phones: Phones
) -> None:
    commands.close_user(user=user, by=SYSTEM, now=now)
    assert sign_in().status_code == 422
    assert Client().post("/account/login/code/", {"phone": PHONE}).status_code == 302
    assert phones.codes == {}


def test_number_of_a_closed_account_is_free_again(user: User, now: datetime) -> None:
    commands.close_user(user=user, by=SYSTEM, now=now)
    newcomer = commands.add_user(name="新机主", phone=PHONE, by=SYSTEM, now=now)
    assert newcomer != user
    assert list(User.objects.with_phone(PHONE)) == [newcomer]


def test_password_is_set_by_oneself_or_by_the_system(cast: Cast, user: User, now: datetime) -> None:
    with pytest.raises(Forbidden):
        commands.set_password(user=user, password="another-harbour-8", by=cast.actor("desk"), now=now)
    with pytest.raises(RuleBroken):
        commands.set_password(user=user, password="1234567890", by=SYSTEM, now=now)
    commands.set_password(user=user, password="another-harbour-8", by=cast.actor("system"), now=now)
    user.refresh_from_db()
    assert user.check_password("another-harbour-8")


def test_tables_refuse_half_an_end(user: User, now: datetime) -> None:
    kiosk = KioskSession(node_id=1, path="/1/", started_by=user.pk, started_at=now, expires_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(closed_by=user.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        kiosk.save()
    token, _secret = commands.add_token(user=user, label="大屏", by=Actor(user_id=user.pk), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(revoked_by=user.pk)


def test_short_messages_find_user_and_member(user: User, now: datetime) -> None:
    member = new_id()
    commands.link_member(user=user, member_id=member, by=SYSTEM, now=now)
    assert queries.phone_of(user.pk) == queries.phone_of(member) == "+86" + PHONE
    assert queries.phone_of(new_id()) == ""


def test_gateway_gets_id_template_and_words(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    sent = []

    class Answer:
        def __enter__(self) -> None: ...
        def __exit__(self, *args: object) -> None: ...

    def catch(request: Any, timeout: int) -> Answer:
        sent.append((request.full_url, request.headers, json.loads(request.data), timeout))
        return Answer()

    settings.GUANGCAI_SMS_URL, settings.GUANGCAI_SMS_KEY = "https://sms.example/v1", "k"
    monkeypatch.setattr(sms, "urlopen", catch)
    letter = Letter(new_id(), "+86" + PHONE, "sign_in_code", {"code": "123456"}, "验证码 123456")
    sms.HttpSms().send(letter)
    url, headers, content, timeout = sent[0]
    assert (url, headers["Authorization"], timeout) == ("https://sms.example/v1", "Bearer k", 5)
    assert content["phone"] == "+86" + PHONE
    assert content["parameters"] == {"code": "123456"}


def test_code_goes_out_in_a_thread_and_a_dead_gateway_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sms.backend.cache_clear()
    sms.send_code("+86" + PHONE, code="123456", text="验证码 123456").result(timeout=5)
    assert "138****0777" in capsys.readouterr().err
    monkeypatch.setattr(sms, "send", lambda letter: 1 / 0)
    assert sms.send_code("+86" + PHONE, code="1", text="1").result(timeout=5) is None
    assert sms.send_code("", code="1", text="1").result(timeout=5) is None

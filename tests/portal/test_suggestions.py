"""Complaints and suggestions: anybody writes, the right people read, one answers once."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.portal import rules
from guangcai.portal.commands import add_suggestion, answer_suggestion
from guangcai.portal.models import Suggestion
from tests.cast import Cast
from tests.portal.scenes import suggestion

SignIn = Callable[[Any], Client]


def form(**other: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "text": "3号楼路灯坏了", "community": "", "contact": ""} | other


def test_it_works_signed_out(cast: Cast, client: Client) -> None:
    answer = client.post("/suggestion/", form(community=cast.nanyuan.pk, contact="13900000333"))
    written = Suggestion.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/suggestion/{written.pk}/"
    assert (written.path, written.community, written.contact) == (cast.nanyuan.path, cast.nanyuan, "13900000333")
    assert AuditEvent.objects.filter(tag="portal:suggestion:add", subject_id=str(written.pk)).count() == 1


def test_the_contact_is_sealed_and_not_on_the_public_page(cast: Cast, client: Client) -> None:
    client.post("/suggestion/", form(contact="13900000333"))
    written = Suggestion.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact FROM portal_suggestion")
        assert b"13900000333" not in bytes(cursor.fetchone()[0])
    body = client.get(f"/suggestion/{written.pk}/").content.decode()
    assert "13900000333" not in body
    assert "路灯" not in body


def test_without_a_community_it_lies_with_the_district(cast: Cast, client: Client) -> None:
    client.post("/suggestion/", form())
    assert Suggestion.objects.get().path == cast.district.path


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "  "}, {"text": "x" * 1001}, {"community": "999999"}])
def test_bad_input_keeps_what_was_typed(wrong: dict[str, str], cast: Cast, client: Client) -> None:
    answer = client.post("/suggestion/", form(contact="李先生", **wrong))
    assert answer.status_code == 422
    assert "李先生" in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_sent_twice_is_one(cast: Cast, client: Client) -> None:
    same = form()
    client.post("/suggestion/", same)
    client.post("/suggestion/", same)
    assert Suggestion.objects.count() == 1


def test_one_address_cannot_flood(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    few = rules.SUGGESTIONS_OF_ADDRESS.__class__("suggestion", most=2, window=rules.SUGGESTIONS_OF_ADDRESS.window)
    monkeypatch.setattr(rules, "SUGGESTIONS_OF_ADDRESS", few)
    codes = [client.post("/suggestion/", form()).status_code for _number in range(3)]
    assert codes == [302, 302, 422]


def test_the_desk_reads_and_answers(cast: Cast, client: Client, signed_in: SignIn) -> None:
    written = suggestion(cast)
    desk = signed_in(cast.desk)
    assert "路灯坏了" in desk.get("/suggestions/").content.decode()
    assert desk.post(f"/suggestions/{written.pk}/", {"answer": ""}).status_code == 422
    assert desk.post(f"/suggestions/{written.pk}/", {"answer": "已报修，周五前修好。"}).status_code == 302
    assert "周五前修好" in client.get(f"/suggestion/{written.pk}/").content.decode()
    assert desk.get("/suggestions/?answered=false").context["listing"].total == 0


def test_next_door_finds_nothing(cast: Cast, signed_in: SignIn) -> None:
    written = suggestion(cast)
    browser = signed_in(cast.desk_next_door)
    assert browser.get("/suggestions/").context["listing"].total == 0
    assert browser.get(f"/suggestions/{written.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["member", "liaison", "auditor"])
def test_who_does_not_read_them_is_refused(who: str, cast: Cast, signed_in: SignIn) -> None:
    written = suggestion(cast)
    assert signed_in(cast.users[who]).get("/suggestions/").status_code == 403
    assert signed_in(cast.users[who]).get(f"/suggestions/{written.pk}/").status_code == 403


def test_one_answer_and_only_one(cast: Cast, now: datetime) -> None:
    written = suggestion(cast)
    first = answer_suggestion(suggestion=written, answer="已报修", by=cast.actor("desk"), now=now)
    again = answer_suggestion(suggestion=written, answer="已报修", by=cast.actor("desk"), now=now)
    assert first.answered_at == again.answered_at == now
    assert AuditEvent.objects.filter(tag="portal:suggestion:answer").count() == 1
    with pytest.raises(Conflict):
        answer_suggestion(suggestion=written, answer="另有说法", by=cast.actor("secretary"), now=now)


def test_scope_of_answers(cast: Cast, now: datetime) -> None:
    written = suggestion(cast)
    with pytest.raises(OutOfScope):
        answer_suggestion(suggestion=written, answer="好", by=cast.actor("desk_next_door"), now=now)
    with pytest.raises(Forbidden):
        answer_suggestion(suggestion=written, answer="好", by=cast.actor("member"), now=now)


def test_the_command_refuses_empty_words(cast: Cast, now: datetime) -> None:
    with pytest.raises(RuleBroken) as refused:
        add_suggestion(id=new_id(), text=" ", place=cast.nanyuan, by=cast.actor("member"), now=now)
    assert refused.value.field == "text"


@pytest.mark.parametrize("broken", [{"text": ""}, {"answer": "好"}])
def test_constraints(broken: dict[str, str], cast: Cast) -> None:
    written = suggestion(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=written.pk).update(**broken)


def test_the_list_needs_a_fixed_number_of_queries(cast: Cast, signed_in: SignIn, queries: Any) -> None:
    browser, counts = signed_in(cast.desk), []
    for more in (1, 2):
        for number in range(more):
            suggestion(cast, f"第{more}{number}条")
        browser.get("/suggestions/")
        with queries() as seen:
            browser.get("/suggestions/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_export_holds_what_the_list_shows_and_no_contact(cast: Cast, signed_in: SignIn) -> None:
    words = {"text": "路灯坏了", "contact": "13912345678"}
    add_suggestion(id=new_id(), place=cast.nanyuan, by=Actor(), now=cast.now, **words)
    answer = signed_in(cast.desk).get("/suggestions/export/")
    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["路灯坏了"]
    assert "13912345678" not in str(rows)
    next_door = signed_in(cast.desk_next_door).get("/suggestions/export/").content
    assert len(load_workbook(io.BytesIO(next_door)).get_sheet_by_index(0).to_python()) == 1
    assert signed_in(cast.users["member"]).get("/suggestions/export/").status_code == 403

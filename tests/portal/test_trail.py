"""The audit trail and the messages: who reads them, and what is not in them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import load_workbook

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.portal.acts import ACTS
from tests.cast import Cast
from tests.portal.scenes import suggestion

SignIn = Callable[[Any], Client]


def test_an_auditor_reads_and_filters(cast: Cast, signed_in: SignIn) -> None:
    written = suggestion(cast)
    browser = signed_in(cast.auditor)
    shown = browser.get("/audit-trail/?room=portal")
    assert [line.event.subject_id for line in shown.context["lines"]] == [str(written.pk)]
    assert browser.get(f"/audit-trail/?q={written.pk}").context["listing"].total == 1
    assert browser.get("/audit-trail/?room=ledger").context["listing"].total == 0
    assert browser.get("/audit-trail/?since=2031-01-01").context["listing"].total == 0


def test_every_act_has_words() -> None:
    assert set(ACTS) == set(Tag)


def test_an_act_is_read_and_found_in_words(cast: Cast, signed_in: SignIn) -> None:
    suggestion(cast)
    page = signed_in(cast.auditor).get("/audit-trail/?q=意见建议")
    assert [line.act for line in page.context["lines"]] == ["提交意见建议"]
    assert "提交意见建议" in page.content.decode()


def test_the_export_holds_the_lines_shown(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    written = suggestion(cast)
    audit.record(Tag.SIGN_IN, by=Actor(), now=cast.now)
    browser = signed_in(cast.auditor)
    book = load_workbook(io.BytesIO(browser.get("/audit-trail/export/?room=portal").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1:3] for row in rows[1:]] == [["提交意见建议", "portal:suggestion:add"]]
    assert rows[1][4] == str(written.pk)
    monkeypatch.setattr("guangcai.portal.views.trail.MOST_EXPORTED", 0)
    assert browser.get("/audit-trail/export/").status_code == 422


def test_no_name_of_a_member_is_in_it(cast: Cast, signed_in: SignIn) -> None:
    suggestion(cast)
    body = signed_in(cast.auditor).get("/audit-trail/").content.decode()
    assert cast.teacher_member.name not in body


def test_lines_of_no_place_belong_to_whoever_audits_the_whole_tree(cast: Cast, signed_in: SignIn) -> None:
    audit.record(Tag.SIGN_IN, by=Actor(), now=cast.now)
    assert signed_in(cast.auditor).get("/audit-trail/?q=session:start").context["listing"].total == 1


@pytest.mark.parametrize("who", ["member", "desk", "secretary", "overseer", "liaison", "system"])
def test_others_are_refused(who: str, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.users[who]).get("/audit-trail/").status_code == 403
    assert signed_in(cast.users[who]).get("/audit-trail/export/").status_code == 403


def test_signed_out_people_sign_in_first(client: Client, db: None) -> None:
    for address in ("/audit-trail/", "/messages/"):
        assert client.get(address)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("who", ["member", "liaison", "desk"])
def test_messages_open_for_everybody(who: str, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.users[who]).get("/messages/").status_code == 200

"""The board as a workbook: exactly what is shown, nobody named, and written down. Complaints of a unit."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from guangcai.cases import commands
from guangcai.cases.models import Case, Item, Technician
from guangcai.cases.queries.exporting import masked
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from tests.cases.conftest import MARK, PHONE, Raise
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def rows_in(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_exactly_what_is_shown_without_a_name(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, plumber: Technician
) -> None:
    case = raised("三楼灯不亮，打13911112222", at=timezone.now(), place_note=f"{MARK}门口")
    commands.dispatch(case=case, worker=commands.Worker(technician=plumber), by=desk, now=timezone.now())
    raised("另一件", at=timezone.now())
    about = raised("他答应来没有来", at=timezone.now(), about_member=cast.teacher_member)
    answer = signed_in(cast.desk).post(f"{reverse('cases:export')}?state=under_way")
    assert answer.status_code == 200
    (head, *rows) = rows_in(answer.content)
    assert len(rows) == 1
    told = dict(zip(head, rows[0], strict=True))
    assert told["编号"] == case.number
    words = " ".join(str(cell) for cell in rows[0])
    assert "13911112222" not in words
    assert plumber.name not in words
    for secret in (MARK, PHONE, PHONE[-8:], case.asker.code, about.number):
        assert secret not in words
    (event,) = AuditEvent.objects.filter(tag="cases:case:export")
    assert (event.actor_id, event.details["rows"]) == (cast.desk.pk, 1)


def test_who_may_take_it_out(cast: Cast, signed_in: SignIn, raised: Raise) -> None:
    case, address = raised(at=timezone.now()), reverse("cases:export")
    assert signed_in(cast.desk).get(address).status_code == 405
    for who, status in (("overseer", 200), ("secretary", 200), ("member", 404), ("liaison", 404), ("auditor", 404)):
        assert signed_in(cast.users[who]).post(address).status_code == status, who
    next_door = signed_in(cast.desk_next_door).post(address)
    assert case.number not in str(rows_in(next_door.content))


def test_what_is_disguised_does_not_leave_either() -> None:
    assert masked("三楼灯不亮") == "三楼灯不亮"
    for text in ("打139 1111 2222", "打１３９１１１１２２２２", "身份证210802197001011234"):
        kept = masked(text)
        assert "***" in kept, text
        assert "1111" not in kept, text


def test_three_requests_cost_as_many_statements_as_one(
    cast: Cast, signed_in: SignIn, raised: Raise, queries: Any
) -> None:
    browser, address, counts = signed_in(cast.desk), reverse("cases:export"), []
    for number in (1, 2, 3):
        raised(f"第{number}件", at=timezone.now())
        browser.post(address)
        with queries() as seen:
            assert len(rows_in(browser.post(address).content)) == number + 1
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_a_unit_that_is_complained_of_does_not_see_it(
    cast: Cast, signed_in: SignIn, plain_item: Item, desk: Actor
) -> None:
    browser, address = signed_in(cast.desk), reverse("cases:new")
    sent = {
        "id": str(new_id()),
        "item": str(plain_item.pk),
        "what": "学校门口乱停车",
        "channel": "phone",
        "phone": PHONE,
    }
    assert "about_unit" in browser.get(address).content.decode()
    assert browser.post(address, sent | {"about_unit": "999999"}).status_code == 422
    assert browser.post(address, sent | {"about_unit": str(cast.school.pk)}).status_code == 302
    case = Case.objects.get()
    assert case.about_unit_id == cast.school.pk
    assert signed_in(cast.users["liaison"]).get(case.get_absolute_url()).status_code == 404
    dispatch = reverse("cases:dispatch", args=[case.pk])
    assert browser.post(dispatch, {"worker": f"unit:{cast.school.pk}"}).status_code == 422

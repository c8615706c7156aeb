"""A slip in the year is told beside its field, at every form of councils that asks for a day."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.councils import commands
from guangcai.councils.models import Body, Contest, JointAgreement, Meeting
from tests.cast import Cast
from tests.councils.conftest import DAY
from tests.councils.test_agreements import ITEMS, draw_up

SignIn = Callable[[Any], Client]
Ask = Callable[..., str]
pytestmark = pytest.mark.django_db
FAR = "这一天相距五年以上，请核对年份。"
NEAR = "这一天相距两年以上，请核对年份。"
YEARS = ("0001-01-01", "1900-01-01", "2999-01-01", "9999-12-31")


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def refused(cast: Cast, signed_in: SignIn) -> Ask:
    """Sends a form of councils that must be refused beside its field `field`; the words there."""
    browser = signed_in(cast.users["desk"])

    def send(page: str, /, *args: Any, field: str, **typed: Any) -> str:
        answer = browser.post(reverse(f"councils:{page}", args=args), {"id": str(new_id()), **typed})
        assert answer.status_code == 422, (page, typed)
        return " ".join(map(str, answer.context["form"].errors[field]))

    return send


def test_a_meeting_is_called_within_two_years(refused: Ask, body: Body) -> None:
    for day in YEARS:
        typed = {"title": "春季例会", "starts_on": day, "start_time": "14:00", "place": "会议室"}
        words = refused("meeting_new", body.pk, field="starts_on", **typed)
        assert words == (NEAR if day > "2" else "开会要提前通知，请选以后的时间。"), day
    assert not Meeting.objects.exists()


def test_the_next_meeting_is_within_two_years(refused: Ask, meeting: Meeting) -> None:
    seats = [str(one.pk) for one in meeting.body.seats.all()]  # type: ignore[attr-defined]
    for day in YEARS[2:]:
        assert refused("closing", meeting.pk, field="next_on", seats=seats, next_on=day) == NEAR
    meeting.refresh_from_db()
    assert meeting.closed_at is None


def test_a_body_is_no_older_than_the_republic(refused: Ask, cast: Cast) -> None:
    typed = {"node": cast.nanyuan.pk, "kind": "council", "name": "老议事会", "purpose": "议事"}
    for day in YEARS[:2]:
        words = refused("body_new", field="set_up_on", set_up_on=day, **typed)
        assert words == "成立日期早于1949年10月1日，请核对年份。"
    assert not Body.objects.exists()


def test_entries_close_within_two_years(refused: Ask, cast: Cast) -> None:
    typed = {"node": cast.nanyuan.pk, "name": "评比", "criteria": "居民受益 100"}
    for day in YEARS:
        words = refused("contest_new", field="closes_on", closes_on=day, **typed)
        assert words == (NEAR if day > "2" else "截止日请选今天以后的日期。"), day
    assert not Contest.objects.exists()


def test_an_agreement_lies_within_five_years(refused: Ask, cast: Cast) -> None:
    typed = {
        "node": cast.nanyuan.pk,
        "work_unit": cast.school.pk,
        "unit_items": "开放图书室 24 次",
        "community_items": "组织护学岗 100 人次",
    }
    for day in YEARS:
        assert refused("agreement_new", field="starts_on", starts_on=day, until=day, **typed) == FAR, day
    for day in YEARS[2:]:
        words = refused("agreement_new", field="until", starts_on="2026-11-20", until=day, **typed)
        assert words == "期限最长五年，到期再续签。"
    assert not JointAgreement.objects.exists()


def test_the_farthest_days_that_hold(cast: Cast, body: Body, desk: Actor, now: datetime) -> None:
    """Two years ahead is called, a day more is not; five years are agreed on, and renewed while they run."""
    today = now.date()
    draft = commands.MeetingDraft("例会", "会议室", now + 731 * DAY)
    assert commands.call_meeting(body=body, draft=draft, by=desk, now=now).starts_at == now + 731 * DAY
    draft = commands.MeetingDraft("例会", "会议室", now + 732 * DAY)
    with pytest.raises(RuleBroken) as refusal:
        commands.call_meeting(body=body, draft=draft, by=desk, now=now)
    assert (refusal.value.field, refusal.value.code) == ("starts_on", "meeting_far")
    row = draw_up(cast, desk, now, days=5 * 366)
    later = commands.renew_agreement(agreement=row, by=desk, now=now + 30 * DAY)
    assert later.starts_on == row.until + DAY
    long = commands.AgreementDraft(cast.units["police_branch"], today, today + 1831 * DAY, ITEMS)
    with pytest.raises(RuleBroken) as refusal:
        commands.draw_up_agreement(community=cast.nanyuan, draft=long, by=desk, now=now)
    assert refusal.value.code == "term_long"
    assert commands.set_up_body(
        node=cast.nanyuan,
        draft=commands.BodyDraft("council", "老议事会", "议事", date(1949, 10, 1)),
        by=desk,
        now=now,
    )

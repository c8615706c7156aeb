"""The demo: it tells what the documents state, loads once, and never into a real district."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q, Sum
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.activities.enums import Weekday
from guangcai.activities.models import Activity, Outcome, Shift, SignUp
from guangcai.appraisal.models import FeedbackSheet
from guangcai.core.errors import Conflict
from guangcai.core.invariants import broken_by, codes
from guangcai.core.models import Installation
from guangcai.demo.content import studios
from guangcai.demo.load import load_demo
from guangcai.demo.signins import PASSWORD, SIGN_INS
from guangcai.ledger.models import Objection, ServiceEntry
from guangcai.members.models import DuplicatePair, Member, ReportIn
from guangcai.members.queries.counts import count_members
from guangcai.orgs.models import Node
from guangcai.studios.models import Studio, Ticket
from guangcai.studios.queries.figures import count_studios
from guangcai.wishes.models import Wish
from tests.cast import Cast

WEEK = timedelta(weeks=1)


def advance(steps: int = 1, *, of: int | None = None) -> None:
    """No bar."""


def test_the_demo_tells_what_the_documents_state(db: None, now: datetime) -> None:
    load_demo(now=now, advance=advance)
    street = Node.objects.get(name="东风街道")

    def numbers(by: str) -> list[int]:
        return [row.count for row in count_members(path=street.path, by=[by], on=localdate(now))]

    assert numbers("community") == [5, 23, 20, 11, 13, 1, 2]
    assert numbers("occupation") == [8, 37, 20, 10]
    outcomes = Outcome.objects.values_list("name", "unit").annotate(sum=Sum("quantity")).order_by("name")
    assert sorted(outcomes) == [
        ("发放科普宣传单", "份", 200),
        ("清理非法小广告", "条", 1000),
        ("清除白色垃圾", "处", 20),
    ]
    _check_cases(now)
    _check_studios(now)
    _check_sign_ins()
    before = ServiceEntry.objects.count()
    load_demo(now=now, advance=advance)
    assert ServiceEntry.objects.count() == before
    assert [broken for code in codes() for broken in broken_by(code)] == []


def _check_cases(now: datetime) -> None:
    """Something of everything waits: no screen is empty."""
    assert ReportIn.objects.waiting().count() == 2
    assert DuplicatePair.objects.open().count() == 1
    assert Objection.objects.open().count() == 1
    assert ServiceEntry.objects.filter(origin="back_fill").count() == 1
    assert ServiceEntry.objects.filter(is_late=True).exists()
    assert ServiceEntry.objects.waiting().count() > 1
    # Of Saturday and Sunday one was held: nobody has to close the other.
    assert Shift.objects.planned().filter(ends_at__lt=now, alternative_group="").count() == 1
    assert Shift.objects.filter(starts_at__gt=now).count() > 10
    assert SignUp.objects.waiting().count() == 2
    assert FeedbackSheet.objects.values("quarter").distinct().count() == 2
    assert set(FeedbackSheet.objects.exclude(answer="").values_list("answer", flat=True)) == {
        "acknowledged",
        "disputed",
    }
    # One wish takes claims today, one waits to be given out.
    collecting = Wish.objects.filter(state="published", allotted_at=None)
    assert collecting.filter(claims_until__gt=now).count() == collecting.filter(claims_until__lte=now).count() == 1
    assert not Member.objects.filter(is_demo=False).exists()


def _check_studios(now: datetime) -> None:
    """What sits, receives and opens by rule is a studio, and no activity says it is one beside them (A19-A21)."""
    called_so = Activity.objects.filter(Q(title__contains="工作室") | Q(place__contains="工作室"))
    assert not called_so.filter(studio=None).exists()
    (thursdays,) = count_studios(["/"], by=["studio"], since=localdate(now) - 13 * WEEK, until=localdate(now))[:1]
    rows = Studio.objects.order_by("community__code", "name").values_list("community__name", "name")
    assert sorted(rows) == [
        ("公园", "党员志愿者工作室"),
        ("南园", "党员志愿者工作室"),
        ("南园", "周末课业辅导工作室"),
        ("南园", "法律咨询工作室"),
    ]
    # On whatever day it is loaded, one is open now, somebody sits and a line waits.
    (daily,) = [row for row in studios()["studios"] if len(row["weekdays"]) == len(Weekday)]
    today = Shift.objects.filter(activity__studio__name=daily["name"], starts_at__lte=now, ends_at__gt=now).get()
    assert SignUp.objects.placed().filter(shift=today).count() == daily["seats"]
    assert Ticket.objects.waiting().filter(shift=today).count() == 5
    assert (thursdays.held, thursdays.received) > (10, 40)
    placed = SignUp.objects.placed().filter(shift__activity__studio__isnull=False, shift__closed_at__isnull=False)
    assert (
        not Shift.objects.filter(closed_at__isnull=False, activity__studio__isnull=False)
        .exclude(pk__in=placed.values("shift"))
        .exists()
    )


def _check_sign_ins() -> None:
    assert Installation.objects.get().is_demo
    for one in SIGN_INS:
        user: Any = User.objects.with_phone(f"+86{one.phone}").get()
        assert user.check_password(PASSWORD), one.key
    assert User.objects.exclude(member_id=None).count() == 2


def test_a_real_district_is_refused(cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict):
        load_demo(now=now, advance=advance)
    assert not Installation.objects.filter(is_demo=True).exists()

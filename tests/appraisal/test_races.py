"""A quarter closes while somebody confirms, and while somebody else closes it: nothing falls between, nothing twice."""

from datetime import timedelta
from functools import partial
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from guangcai.appraisal import tasks
from guangcai.appraisal.commands import (
    ask_to_close,
    close_quarter,
    draft_missing_supplements,
    draft_supplements,
)
from guangcai.appraisal.models import FeedbackLine, FeedbackSheet, QuarterClose
from guangcai.appraisal.queries.behind import behind
from guangcai.core import invariants, jobs
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Job
from guangcai.ledger.commands import confirm, record_many
from guangcai.ledger.models import Posting
from guangcai.members.models import Residence
from tests.appraisal.scenes import JULY, OCTOBER, Q3, served
from tests.cast import Cast, make_cast
from tests.conftest import NOW
from tests.ledger.scenes import service
from tests.ledger.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast(NOW)


def broken() -> list[str]:
    codes = [code for code in invariants.codes() if code.startswith("appraisal.")]
    return [found for code in codes for found in invariants.broken_by(code)]


def someone() -> Actor:
    return Actor(user_id=new_id(), holdings=SYSTEM.holdings)


def cross(cast: Cast) -> None:
    """A service confirmed before the close of its quarter, in a transaction that commits after it."""
    served(cast, minutes=60)
    late = record_many(
        services=[service(cast, starts_at=JULY + timedelta(days=1), minutes=40)], by=someone(), now=OCTOBER
    )
    stamped, may_commit = Event(), Event()

    def confirm_slowly() -> None:
        with transaction.atomic():
            confirm(entries=late, by=someone(), now=OCTOBER - timedelta(seconds=1))
            stamped.set()
            assert may_commit.wait(30)
        connection.close()

    slow = Thread(target=confirm_slowly)
    slow.start()
    assert stamped.wait(30)
    close_quarter(node=cast.nanyuan, quarter=Q3, by=SYSTEM, now=OCTOBER)
    may_commit.set()
    slow.join(30)

    assert Posting.objects.filter(confirmed_at__lt=OCTOBER).count() == 2
    assert FeedbackLine.objects.get().minutes == 60
    assert broken()


def test_confirmed_before_the_close_and_committed_after_it_comes_on_a_supplement(cast: Cast) -> None:
    cross(cast)
    answer = draft_supplements(close=QuarterClose.objects.get(), by=SYSTEM, now=OCTOBER + timedelta(hours=1))
    assert (answer.sheets, answer.lines) == (1, 1)
    assert broken() == []
    opened = [
        [posting.minutes for posting in behind(line, line.sheet).postings]
        for line in FeedbackLine.objects.select_related("sheet", "member").order_by("sheet__supplement_no")
    ]
    assert opened == [[60], [40]]


def test_what_fell_between_is_drafted_at_night_and_once(cast: Cast) -> None:
    cross(cast)
    close_quarter(node=cast.gongyuan, quarter=Q3, by=SYSTEM, now=OCTOBER)
    at_once(*[partial(draft_missing_supplements, by=SYSTEM, now=OCTOBER + timedelta(hours=1))] * 3)
    assert broken() == []
    supplements = FeedbackSheet.objects.filter(supplement_no__gt=0)
    assert list(supplements.values_list("community", "supplement_no")) == [(cast.nanyuan.pk, 1)]
    assert sum(FeedbackLine.objects.values_list("minutes", flat=True)) == 100
    told = AuditEvent.objects.filter(tag=Tag.FEEDBACK_SUPPLEMENT)
    assert [event.details for event in told] == [{"sheets": 1}]
    tasks.draft_missing_supplements()
    assert (supplements.count(), told.count()) == (1, 1)


def test_what_fell_between_of_a_unit_without_a_sheet_is_drafted_at_night(cast: Cast) -> None:
    """The invariant compares sheets; a unit that has none would never be missed."""
    late = record_many(services=[service(cast, starts_at=JULY, minutes=40)], by=someone(), now=OCTOBER)
    Residence.objects.filter(member=cast.teacher_member).update(until=JULY.date())
    close_quarter(node=cast.nanyuan, quarter=Q3, by=SYSTEM, now=OCTOBER)
    assert not FeedbackSheet.objects.exists()
    confirm(entries=late, by=someone(), now=OCTOBER - timedelta(seconds=1))
    draft_missing_supplements(by=SYSTEM, now=OCTOBER + timedelta(hours=1))
    assert FeedbackLine.objects.get().minutes == 40


def test_what_came_later_waits_for_the_desk(cast: Cast) -> None:
    served(cast, minutes=60)
    close_quarter(node=cast.nanyuan, quarter=Q3, by=SYSTEM, now=OCTOBER)
    served(cast, on=JULY + timedelta(days=1), minutes=30, now=OCTOBER + timedelta(days=1))
    drafted = draft_missing_supplements(by=SYSTEM, now=OCTOBER + timedelta(days=2))
    assert (drafted.communities, drafted.sheets, FeedbackSheet.objects.count()) == (0, 0, 1)
    assert draft_supplements(close=QuarterClose.objects.get(), by=SYSTEM, now=OCTOBER + timedelta(days=2)).sheets == 1


def test_the_queue_knows_the_nightly_work() -> None:
    assert {task.task.name for task in app.periodic_registry.periodic_tasks.values()} >= {
        "appraisal.draft_missing_supplements"
    }


def test_however_they_cross_every_minute_is_on_exactly_one_sheet(cast: Cast) -> None:
    entries = record_many(
        services=[service(cast, starts_at=JULY + timedelta(days=n), minutes=10 + n) for n in range(8)],
        by=someone(),
        now=OCTOBER,
    )
    checker = someone()
    at_once(
        partial(close_quarter, node=cast.nanyuan, quarter=Q3, by=SYSTEM, now=OCTOBER),
        *(partial(confirm, entries=[entry], by=checker, now=OCTOBER - timedelta(seconds=1)) for entry in entries),
    )
    close = QuarterClose.objects.get()
    at_once(*[partial(draft_supplements, close=close, by=SYSTEM, now=OCTOBER + timedelta(hours=1))] * 2)
    assert sum(FeedbackLine.objects.values_list("minutes", flat=True)) == sum(10 + n for n in range(8))
    assert sum(FeedbackLine.objects.values_list("services", flat=True)) == 8
    assert broken() == []


def test_two_people_ask_at_once_and_two_workers_close_once(cast: Cast) -> None:
    served(cast)
    asked = at_once(
        *(
            partial(ask_to_close, community=cast.nanyuan, quarter=Q3, by=cast.actor(who), now=NOW)
            for who in ("desk", "secretary")
        )
    )
    assert len({job.pk for job in asked}) == 2
    assert not QuarterClose.objects.exists()
    at_once(*(partial(jobs.run, job.pk) for job in asked))
    assert list(Job.objects.values_list("state", flat=True)) == ["done", "done"]
    assert sum("sheets" in job.result for job in Job.objects.all()) == 1
    assert FeedbackSheet.objects.count() == QuarterClose.objects.count() == 1
    assert FeedbackLine.objects.get().minutes == 120


class Stop(Exception):
    """Something after the asking went wrong."""


@transaction.atomic
def ask_and_fail(cast: Cast) -> None:
    ask_to_close(community=cast.nanyuan, quarter=Q3, by=cast.actor("desk"), now=NOW)
    raise Stop


def test_nothing_is_closed_when_the_asking_rolls_back(cast: Cast) -> None:
    before = ProcrastinateJob.objects.count()
    with pytest.raises(Stop):
        ask_and_fail(cast)
    assert (Job.objects.count(), ProcrastinateJob.objects.count()) == (0, before)
    ask_to_close(community=cast.nanyuan, quarter=Q3, by=cast.actor("desk"), now=NOW)
    assert (Job.objects.count(), ProcrastinateJob.objects.count()) == (1, before + 1)

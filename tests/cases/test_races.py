"""Real threads on the real database: one dispatch, one next step, one case of one id."""

from datetime import datetime

import pytest

from guangcai.cases import commands
from guangcai.cases.models import Case, CaseStep
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from tests.activities.test_races import at_once
from tests.cases.conftest import Raise
from tests.cases.test_life import broken
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_dispatched_twice(cast: Cast, raised: Raise, desk: Actor, asked: commands.Worker, now: datetime) -> None:
    workers = [asked, commands.Worker(member=cast.teacher_member), commands.Worker(unit=cast.school)] * 2
    for _round in range(3):
        case = raised()
        told = at_once(
            [lambda one=one, case=case: commands.dispatch(case=case, worker=one, by=desk, now=now) for one in workers]
        )
        assert told.count("step_not_now") == CLIENTS - 1
        assert case.steps.filter(kind="dispatched").count() == 1
    assert broken() == []


def test_accepted_against_given_back(raised: Raise, desk: Actor, asked: commands.Worker, now: datetime) -> None:
    for _round in range(4):
        case = commands.dispatch(case=raised(), worker=asked, by=desk, now=now)
        at_once(
            [
                lambda case=case: commands.accept(case=case, by=desk, now=now),
                lambda case=case: commands.give_back(case=case, reason="no_skill", by=desk, now=now),
                lambda case=case: commands.decline(case=case, reason="no_time", by=desk, now=now),
            ]
        )
        kinds = list(case.steps.values_list("kind", flat=True))
        assert kinds.count("returned") + kinds.count("declined") == 1
        assert Case.objects.get(pk=case.pk).state == "to_dispatch"
    assert broken() == []


def test_sent_at_once_is_one_case(raised: Raise) -> None:
    key = new_id()
    told = at_once([lambda: raised(id=key).pk for _ in range(CLIENTS)])
    assert set(told) == {key}
    assert Case.objects.count() == CaseStep.objects.count() == 1

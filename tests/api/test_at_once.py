"""The same thing sent by several at the same moment: one row, one answer, never a fault (promises F7, F15)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from guangcai.accounts.commands import add_token
from guangcai.activities.commands import add_activity, add_shift, publish_activity
from guangcai.activities.models import Attendance
from guangcai.api.sending import attempt
from guangcai.core.errors import Conflict
from guangcai.core.ids import new_id
from guangcai.members.models import Member
from tests.activities.conftest import text
from tests.api.conftest import Caller
from tests.api.test_members import person
from tests.cast import Cast, make_cast

TIMES = 6


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast(timezone.now())


def at_once(secret: str, path: str, body: dict[str, Any]) -> list[Any]:
    def send(_number: int) -> Any:
        try:
            return Caller(secret).post(path, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(send, range(TIMES)))


def test_one_row_and_one_answer(cast: Cast) -> None:
    _token, secret = add_token(user=cast.desk, label="t", by=cast.actor("desk"), now=timezone.now())
    answers = at_once(secret, "/members", person())
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.content for answer in answers}) == 1
    assert Member.objects.filter(name="王小明").count() == 1
    desk, now = cast.actor("desk"), timezone.now()
    activity = add_activity(community=cast.nanyuan, text=text(), by=desk, now=now)
    start = now - timedelta(hours=1)
    shift = add_shift(activity=activity, starts_at=start, ends_at=now + timedelta(hours=1), places=9, by=desk, now=now)
    publish_activity(activity=activity, by=desk, now=start - timedelta(hours=1))
    body = {"id": str(new_id()), "shift": shift.pk, "member": cast.teacher_member.pk}
    answers = at_once(secret, "/attendance", body)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert Attendance.objects.count() == 1


def clash(kind: type[Exception], state: str) -> Exception:
    """What Django raises around the database's own word."""
    cause = Exception()
    cause.sqlstate = state  # type: ignore[attr-defined]
    raised = kind()
    raised.__cause__ = cause
    return raised


@pytest.mark.parametrize(("kind", "state"), [(OperationalError, "40001"), (OperationalError, "40P01"),
                                             (IntegrityError, "23505"), (IntegrityError, "23P01")])  # fmt: skip
def test_a_clash_is_tried_again_three_times_at_most(kind: type[Exception], state: str) -> None:
    tries = []

    def late(after: int) -> str:
        tries.append(after)
        if len(tries) < after:
            raise clash(kind, state)
        return "done"

    assert attempt(lambda: late(3)) == "done"
    tries.clear()
    with pytest.raises(Conflict):
        attempt(lambda: late(4))


def test_what_is_no_clash_is_not_tried_again() -> None:
    def broken() -> None:
        raise clash(IntegrityError, "23514")

    with pytest.raises(IntegrityError):
        attempt(broken)

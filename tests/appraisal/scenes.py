"""Small scenes of feedback and appraisal: service of a quarter that is over, and the sheets drafted from it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from guangcai.appraisal.commands import close_quarter
from guangcai.appraisal.models import FeedbackLine, FeedbackSheet
from guangcai.appraisal.rules import Quarter
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.commands import confirm, record_many
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member
from guangcai.orgs.enums import WorkUnitKind
from guangcai.orgs.models import Node, WorkUnit
from tests.cast import Cast, make_member
from tests.ledger.scenes import service

JULY = datetime(2026, 7, 18, 1, 0, tzinfo=UTC)  # a Saturday, 9:00 in Shanghai
OCTOBER = datetime(2026, 10, 9, 2, 0, tzinfo=UTC)  # the first working day after the third quarter
Q3 = Quarter(2026, 3)


def served(cast: Cast, *, on: datetime = JULY, now: datetime | None = None, **changes: Any) -> ServiceEntry:
    """A service recorded by one person and confirmed by another, on the evening of its day unless `now` says later."""
    now = now or on + timedelta(hours=10)
    maker, checker = (Actor(user_id=new_id(), holdings=Actor.system().holdings) for _ in range(2))
    entry = record_many(services=[service(cast, starts_at=on, **changes)], by=maker, now=now)[0]
    result = confirm(entries=[entry], by=checker, now=now)
    assert result.confirmed == (entry.pk,), result
    return entry


def colleague(cast: Cast, number: int = 1, *, community: Node | None = None, unit: WorkUnit | None = None) -> Member:
    """One more member of the school who lives in 南园, or as named."""
    return make_member(
        cast,
        f"colleague{number}",
        f"孙立{number}",
        f"137000000{number:02d}",
        community=community or cast.nanyuan,
        unit=unit or cast.school,
    )


def more_units(cast: Cast, count: int) -> None:
    """So many more work units, each with one member in 南园."""
    for number in range(1, count + 1):
        unit = WorkUnit.objects.create(
            name=f"第{number}中学", kind=WorkUnitKind.SCHOOL, node=cast.district, path=cast.district.path
        )
        colleague(cast, 50 + number, unit=unit)


def closed(cast: Cast, *, node: Node | None = None, now: datetime = OCTOBER) -> list[FeedbackSheet]:
    close_quarter(node=node or cast.nanyuan, quarter=Q3, by=Actor.system(), now=now)
    return list(FeedbackSheet.objects.order_by("work_unit__name", "supplement_no"))


def line_of(member: Member, **which: Any) -> FeedbackLine:
    return FeedbackLine.objects.select_related("sheet").get(member=member, **which)


def day(text: str) -> date:
    return date.fromisoformat(text)

"""A year's drafts are one statement: the same figures as the pure rule, whatever the member, however many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guangcai.appraisal.commands import draft_appraisals
from guangcai.appraisal.models import Appraisal, DutyElsewhere, Exemption
from guangcai.appraisal.queries import count_duty
from guangcai.appraisal.rules import Span, owed, verdict
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.models import YearTotal
from guangcai.members.enums import Channel
from guangcai.members.models import Residence
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Policy
from guangcai.orgs.policies import AnnualDuty
from tests.appraisal.scenes import colleague, served
from tests.cast import DISTRICT, Cast

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Life:
    """One member's year: cuts are the days on which he moved in and out by turns; the last move was in."""

    year: int
    cuts: tuple[int, ...]
    leaves_later: bool
    exempt: tuple[tuple[int, int | None], ...]
    duty: AnnualDuty
    # How far above or below what is owed he stands, and what other places prove.
    minutes_over: int
    deeds_over: int
    elsewhere: tuple[tuple[int, int], ...]

    def day(self, number: int) -> date:
        """`number` days after 1 January of the year before."""
        return date(self.year - 1, 1, 1) + timedelta(days=number)

    @property
    def homes(self) -> list[Span]:
        """The last one holds on the day of drafting."""
        last = (min(date(self.year, 12, 31), TODAY) - date(self.year - 1, 1, 1)).days
        cuts = sorted({cut % (last + 1) for cut in self.cuts})
        cuts = cuts[len(cuts) % 2 == 0 :]
        ends = [*cuts[1::2], None]
        spans = [Span(self.day(a), b and self.day(b)) for a, b in zip(cuts[::2], ends, strict=True)]
        later = date(self.year + 1, 3, 1) if self.leaves_later else None
        return [*spans[:-1], Span(spans[-1].since, later)]

    @property
    def exemptions(self) -> list[Span]:
        return [Span(self.day(a), None if length is None else self.day(a + length)) for a, length in self.exempt]


NEAR = st.sampled_from([-1, 0, 1]) | st.integers(-1000, 1000)
LIVES = st.builds(
    Life,
    year=st.sampled_from([2024, 2025, 2026]),
    cuts=st.lists(st.integers(0, 760), min_size=1, max_size=6).map(tuple),
    leaves_later=st.booleans(),
    exempt=st.lists(
        st.tuples(st.integers(0, 800), st.none() | st.integers(1, 400)), max_size=3, unique_by=lambda pair: pair[0]
    ).map(tuple),
    duty=st.just(AnnualDuty(960, 12)) | st.builds(AnnualDuty, st.integers(0, 3000), st.integers(0, 40)),
    minutes_over=NEAR,
    deeds_over=st.sampled_from([-1, 0, 1]) | st.integers(-20, 20),
    elsewhere=st.lists(
        st.tuples(st.sampled_from([0, 1, 2]) | st.integers(0, 1000), st.integers(0, 12)), max_size=2
    ).map(lambda pairs: tuple(pair for pair in pairs if pair != (0, 0))),
)
WHOLE = {"year": 2025, "cuts": (0,), "leaves_later": False, "exempt": (), "duty": AnnualDuty(960, 12), "elsewhere": ()}


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(life=Life(**WHOLE, minutes_over=0, deeds_over=0))
@example(life=Life(**WHOLE, minutes_over=-1, deeds_over=0))
@example(life=Life(**WHOLE, minutes_over=0, deeds_over=-1))
@example(life=Life(**(WHOLE | {"elsewhere": ((1, 0),)}), minutes_over=-1, deeds_over=0))
@example(life=Life(**(WHOLE | {"exempt": ((0, None),)}), minutes_over=0, deeds_over=0))
@given(life=LIVES)
def test_the_statement_is_the_rule(cast: Cast, life: Life, now: datetime) -> None:
    due = owed(life.duty, year=life.year, bound=life.homes, exempt=life.exemptions)
    minutes, deeds = max(0, due.minutes + life.minutes_over), max(0, due.deeds + life.deeds_over)
    expected = verdict(
        minutes=minutes,
        deeds=deeds,
        owed=due,
        elsewhere_minutes=sum(pair[0] for pair in life.elsewhere),
        elsewhere_deeds=sum(pair[1] for pair in life.elsewhere),
    )
    with transaction.atomic():
        lived(cast, life, minutes=minutes, deeds=deeds, now=now)
        assert draft_appraisals(node=cast.district, year=life.year, by=Actor.system(), now=now) >= 1
        row = Appraisal.objects.get(member=cast.teacher_member)
        figures = (row.minutes, row.deeds, row.duty_minutes, row.duty_deeds, row.verdict)
        assert figures == (minutes, deeds, due.minutes, due.deeds, expected)
        day = min(date(life.year, 12, 31), TODAY)
        counted = count_duty(paths=[cast.nanyuan.path], by=["verdict"], year=life.year, on=day)
        assert counted == {(str(expected.label),): 1}
        transaction.set_rollback(True)


def lived(cast: Cast, life: Life, *, minutes: int, deeds: int, now: datetime) -> None:
    """Write the life down as rows, beside the commands."""
    member, where = cast.teacher_member, of_community(cast.nanyuan)
    # The rule of the neighbourhood is the nearest; the district's own stays for the others.
    Policy.objects.create(
        key=PolicyKey.ANNUAL_DUTY,
        value={"minutes": life.duty.minutes, "deeds": life.duty.deeds},
        since=date(2020, 1, 1),
        node=cast.street,
        path=cast.street.path,
        set_at=now,
        source="A43",
    )
    member.residences.all().delete()
    Residence.objects.bulk_create(
        Residence(
            **where,
            member=member,
            since=home.since,
            until=home.until,
            channel=Channel.DESK,
            receipt_no=f"BD-{new_id().hex[-12:]}",
            accepted_at=now,
        )
        for home in life.homes
    )
    Exemption.objects.bulk_create(
        Exemption(**where, member=member, kind="ill", since=span.since, until=span.until, granted_at=now)
        for span in life.exemptions
    )
    DutyElsewhere.objects.bulk_create(
        DutyElsewhere(
            **where, member=member, year=life.year, minutes=pair[0], deeds=pair[1], proof=str(n), recorded_at=now
        )
        for n, pair in enumerate(life.elsewhere)
    )
    YearTotal.objects.create(
        member=member, year=life.year, minutes=minutes, deeds=deeds, postings=1, district_code=DISTRICT
    )


@pytest.mark.parametrize(
    ("minutes", "deeds", "expected"),
    [(960, 12, "met"), (959, 12, "not_met"), (960, 11, "not_met"), (961, 13, "met"), (959, 11, "not_met")],
)
def test_at_the_edge_of_the_duty(cast: Cast, now: datetime, minutes: int, deeds: int, expected: str) -> None:
    lived(cast, Life(**WHOLE, minutes_over=0, deeds_over=0), minutes=minutes, deeds=deeds, now=now)
    draft_appraisals(node=cast.nanyuan, year=2025, by=cast.actor("desk"), now=now)
    assert Appraisal.objects.get().verdict == expected


def test_a_street_and_a_district_are_drafted_like_a_community(cast: Cast, now: datetime) -> None:
    served(cast, minutes=60)
    assert draft_appraisals(node=cast.nanyuan, year=2026, by=Actor.system(), now=now) == 1
    assert draft_appraisals(node=cast.street, year=2026, by=Actor.system(), now=now) == 2
    assert draft_appraisals(node=cast.district, year=2026, by=Actor.system(), now=now) == 2
    rows = {row.member_id: row for row in Appraisal.objects.all()}
    assert rows[cast.teacher_member.pk].minutes == 60
    assert rows[cast.police_member.pk].community_id == cast.police_member.community_id


def test_the_number_of_statements_does_not_grow(cast: Cast, now: datetime, queries: Callable[[], Any]) -> None:
    with queries() as one:
        assert draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now) == 1
    for number in range(1, 9):
        colleague(cast, number)
    with queries() as nine:
        assert draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now) == 9
    assert len(nine) == len(one)

"""Real threads on the real database: one unit an item, minutes final once, one judgement, numbers without doubles."""

from datetime import datetime

import pytest

from guangcai.core.actor import Actor
from guangcai.councils import commands
from guangcai.councils.enums import BodyKind, MinutesStage, PartyClass, Side, Verdict
from guangcai.councils.models import BodyMember, JointAgreement, JointPledge, Judgement, Meeting, Minutes, Proposal
from guangcai.orgs.commands import end_work_unit
from tests.activities.test_races import at_once
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, close, finish, promise, seat, set_up
from tests.councils.test_agreements import draw_up

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_units_promise_the_same(cast: Cast, tabled: Proposal, desk: Actor, now: datetime) -> None:
    answers = at_once(
        [lambda u=unit: promise(tabled, cast, desk, now, unit=u) for unit in ("school", "police_branch") * 2]
    )
    assert sorted(one for one in answers if isinstance(one, str)) == ["item_taken"] * 3
    assert JointPledge.objects.count() == 1
    assert list(Proposal.objects.get().steps.values_list("new", flat=True))[-1] == "pledged"  # type: ignore[attr-defined]
    assert broken() == []


def test_minutes_are_final_once(meeting: Meeting, desk: Actor, now: datetime) -> None:
    close(meeting, desk, now)
    final = MinutesStage.FINAL
    answers = at_once(
        [
            lambda n=n: commands.write_minutes(meeting=meeting, stage=final, text=f"定稿{n}", by=desk, now=now)
            for n in range(4)
        ]
    )
    assert sorted(one for one in answers if isinstance(one, str)) == ["minutes_final"] * 3
    assert Minutes.objects.count() == 1


def test_judged_once_however_often_pressed(
    pledge: JointPledge, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    draft = commands.JudgementDraft(Verdict.KEPT)
    at_once([lambda: commands.judge_proposal(proposal=row, draft=draft, by=member, now=now) for _ in range(4)])
    assert Judgement.objects.count() == 1
    at_once([lambda: commands.publish_result(proposal=row, by=desk, now=now) for _ in range(4)])
    assert Proposal.objects.get().steps.filter(new="published").count() == 1  # type: ignore[attr-defined]
    assert broken() == []


def test_done_against_given_up(cast: Cast, pledge: JointPledge, desk: Actor, liaison: Actor, now: datetime) -> None:
    at_once(
        [
            lambda: finish(pledge, liaison, now),
            lambda: commands.withdraw_pledge(pledge=pledge, reason="经费", by=desk, now=now),
            lambda: commands.drop_proposal(proposal=pledge.proposal, reason="不办", by=desk, now=now),
            lambda: commands.note_progress(pledge=pledge, note="进展", by=liaison, now=now),
        ]
    )
    assert broken() == []


def test_a_unit_ends_while_it_is_given_something(
    cast: Cast, tabled: Proposal, desk: Actor, liaison: Actor, now: datetime
) -> None:
    """Whoever comes first: in the end nothing that is open belongs to a unit that has ended."""
    other = set_up(cast.nanyuan, BodyKind.COUNCIL, "南园议事会", desk, now)
    contest = commands.open_contest(
        node=cast.nanyuan, name="评比", closes_on=now.date() + DAY, criteria=[("居民受益", 100)], by=desk, now=now
    )
    entry = {"contest": contest, "work_unit": cast.school, "title": "书香", "text": "开图书室"}
    answers = at_once(
        [
            lambda: seat(other, desk, now, PartyClass.UNIT, work_unit=cast.school),
            lambda: promise(tabled, cast, liaison, now),
            lambda: end_work_unit(work_unit=cast.school, by=Actor.system(), now=now),
            lambda: draw_up(cast, desk, now),
            lambda: commands.enter_contest(**entry, by=desk, now=now),
        ]
    )
    assert {one for one in answers if isinstance(one, str)} <= {"unit_ended"}
    assert not BodyMember.objects.open().filter(work_unit=cast.school).exists()
    assert not JointPledge.objects.filter(withdrawn_at=None, work_unit=cast.school).exists()
    assert not JointAgreement.objects.filter(ended_at=None, work_unit=cast.school).exists()
    assert broken() == []


def test_agreement_numbers_are_drawn_once(cast: Cast, desk: Actor, now: datetime) -> None:
    items = [commands.ItemDraft(Side.UNIT, "课", 4, "次"), commands.ItemDraft(Side.COMMUNITY, "岗", 9, "次")]

    def draw_up(number: int) -> JointAgreement:
        begin = now.date() + number * 100 * DAY
        draft = commands.AgreementDraft(cast.school, begin, begin + 50 * DAY, items)
        return commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=desk, now=now)

    made = at_once([lambda n=n: draw_up(n) for n in (0, 0, 1, 2)])
    assert [one for one in made if isinstance(one, str)] == ["term_taken"]
    numbers = sorted(JointAgreement.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]

"""A work unit ends: its seats, its agreements and what it promised end with it; what was done stays on record."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict
from guangcai.core.ids import new_id
from guangcai.councils import commands
from guangcai.councils.enums import PartyClass, PledgeKind, ProposalState
from guangcai.councils.models import Body, BodyMember, JointAgreement, JointPledge, Proposal
from guangcai.councils.queries import agreements, bodies, promises
from guangcai.orgs.commands import end_work_unit
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, finish, promise, seat
from tests.councils.test_agreements import ITEMS, draw_up

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
system = Actor.system()


def end_school(cast: Cast, now: datetime) -> None:
    cast.units["school"] = end_work_unit(work_unit=cast.school, by=system, now=now)


def test_its_seat_ends_with_it_and_no_page_shows_it_as_a_party(
    cast: Cast, body: Body, desk: Actor, signed_in: SignIn, now: datetime
) -> None:
    seat(body, desk, now, PartyClass.UNIT, work_unit=cast.units["police_branch"])
    end_school(cast, now)
    end_school(cast, now)
    ended = BodyMember.objects.get(body=body, work_unit=cast.school)
    assert (ended.until, ended.ended_at) == (now.date(), now)
    assert cast.school.name not in {one.name for one in bodies.seats_of(body, desk)}
    assert len(bodies.seats_of(body, desk)) == 3
    page = signed_in(cast.users["desk"]).get(body.get_absolute_url()).text
    assert cast.school.name not in page
    assert cast.units["police_branch"].name in page
    assert broken() == []


def test_it_is_given_nothing_new(cast: Cast, body: Body, tabled: Proposal, desk: Actor, now: datetime) -> None:
    contest = commands.open_contest(
        node=cast.nanyuan, name="评比", closes_on=now.date() + DAY, criteria=[("居民受益", 100)], by=desk, now=now
    )
    end_school(cast, now)
    for act in (
        lambda: seat(body, desk, now, PartyClass.UNIT, work_unit=cast.school),
        lambda: draw_up(cast, desk, now),
        lambda: promise(tabled, cast, desk, now),
        lambda: commands.enter_contest(
            contest=contest, work_unit=cast.school, title="书香", text="开图书室", by=desk, now=now
        ),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "unit_ended"


def test_what_was_sent_before_it_ended_is_still_there(
    cast: Cast, body: Body, tabled: Proposal, desk: Actor, now: datetime
) -> None:
    """The same form sent again is the same row, also when the unit has ended meanwhile."""
    contest = commands.open_contest(
        node=cast.nanyuan, name="评比", closes_on=now.date() + DAY, criteria=[("居民受益", 100)], by=desk, now=now
    )
    old = draw_up(cast, desk, now - 40 * DAY, days=10)
    unit, due = cast.units["police_branch"], now.date() + 30 * DAY
    forms: list[tuple[Any, dict[str, Any]]] = [
        (commands.give_seat, {"body": body, "draft": commands.SeatDraft(party=PartyClass.UNIT, work_unit=unit)}),
        (
            commands.make_joint_pledge,
            {
                "proposal": tabled,
                "draft": commands.JointPledgeDraft(unit, PledgeKind.MONEY, "出钱装扶手", due, "何静"),
            },
        ),
        (
            commands.draw_up_agreement,
            {"community": cast.nanyuan, "draft": commands.AgreementDraft(unit, now.date(), due, ITEMS)},
        ),
        (commands.enter_contest, {"contest": contest, "work_unit": unit, "title": "书香", "text": "开图书室"}),
    ]
    sent = [(act, said | {"id": new_id(), "by": desk, "now": now}) for act, said in forms]
    made = [act(**said) for act, said in sent]
    renewal = {"agreement": old, "id": new_id(), "by": desk, "now": now}
    renewed = commands.renew_agreement(**renewal)
    end_work_unit(work_unit=unit, by=system, now=now)
    end_school(cast, now)
    assert [act(**said) for act, said in sent] == made
    assert commands.renew_agreement(**renewal) == renewed
    assert broken() == []


def test_its_agreements_end_and_nothing_of_them_is_due(
    cast: Cast, desk: Actor, liaison: Actor, signed_in: SignIn, now: datetime
) -> None:
    over = draw_up(cast, desk, now - 40 * DAY, days=10)
    commands.sign_agreement(agreement=over, signature=commands.Signature("何静"), by=liaison, now=now - 40 * DAY)
    running = draw_up(cast, desk, now, days=10)
    commands.sign_agreement(agreement=running, signature=commands.Signature("何静"), by=liaison, now=now)
    (item, _other) = running.items.all()  # type: ignore[attr-defined]
    commands.note_delivery(item=item, delivered_on=now.date(), quantity=6, by=desk, now=now)
    coming = draw_up(cast, desk, now + 20 * DAY, days=10)
    browser, renewal = signed_in(cast.users["desk"]), reverse("councils:renewal", args=[over.pk])
    assert renewal in browser.get(over.get_absolute_url()).text
    end_school(cast, now)
    for row in (over, running, coming):
        row.refresh_from_db()
    assert (running.ended_at, coming.ended_at, over.ended_at) == (now, now, None)
    assert running.end_reason == "该单位已撤销。"
    assert [line.delivered for line in agreements.items_of(running)] == [6, 0]
    assert list(JointAgreement.objects.in_force(now.date())) == []
    assert agreements.to_sign(liaison) == 0
    with pytest.raises(Conflict):
        commands.renew_agreement(agreement=over, by=desk, now=now)
    assert renewal not in browser.get(over.get_absolute_url()).text
    assert "该单位已撤销。" in browser.get(running.get_absolute_url()).text


def test_what_it_still_owes_goes_back_to_the_table(
    cast: Cast, pledge: JointPledge, desk: Actor, liaison: Actor, now: datetime
) -> None:
    done = promise(pledge.proposal, cast, liaison, now, item="出人装扶手")
    finish(done, liaison, now)
    end_school(cast, now)
    for row in (pledge, done):
        row.refresh_from_db()
    assert (pledge.withdrawn_at, done.withdrawn_at) == (now, None)
    assert promises.late_in(desk, paths=[cast.nanyuan.path], on=now.date() + 60 * DAY) == 0
    # What it did stays done: nothing else was promised, so the proposal waits for the judgement.
    assert Proposal.objects.get(pk=pledge.proposal_id).state == ProposalState.DONE
    assert broken() == []


def test_a_promise_alone_sends_the_proposal_back(
    cast: Cast, pledge: JointPledge, liaison: Actor, now: datetime
) -> None:
    end_school(cast, now)
    assert Proposal.objects.get(pk=pledge.proposal_id).state == ProposalState.TABLED
    other = commands.JointPledgeDraft(
        cast.units["police_branch"], PledgeKind.MONEY, "出钱装扶手", now.date() + 30 * DAY, "民警"
    )
    made = commands.make_joint_pledge(proposal=pledge.proposal, draft=other, by=cast.actor("desk"), now=now)
    assert made.withdrawn_at is None
    assert broken() == []

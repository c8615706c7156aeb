"""Councils of 南园: a deliberation council, the joint meeting with two units, members who can speak up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.councils import commands
from guangcai.councils.enums import BodyKind, BodyRole, PartyClass, PledgeKind
from guangcai.councils.models import Body, BodyMember, JointPledge, Meeting, Proposal
from guangcai.orgs.models import Node
from tests.cast import Cast

Put = Callable[..., Proposal]
DAY = timedelta(days=1)


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def member(cast: Cast) -> Actor:
    return cast.actor("member")


@pytest.fixture
def liaison(cast: Cast) -> Actor:
    return cast.actor("liaison")


@pytest.fixture(autouse=True)
def _lists(db: Any, cast: Cast, now: datetime) -> None:
    commands.load_required_parties(by=Actor.system(), now=now)


def set_up(node: Node, kind: BodyKind, name: str, by: Actor, now: datetime, *, on: date | None = None) -> Body:
    draft = commands.BodyDraft(kind=kind, name=name, purpose="商量社区的事", set_up_on=on or now.date())
    return commands.set_up_body(node=node, draft=draft, by=by, now=now)


def seat(body: Body, by: Actor, now: datetime, party: PartyClass, **who: Any) -> BodyMember:
    return commands.give_seat(body=body, draft=commands.SeatDraft(party=party, **who), by=by, now=now)


@pytest.fixture
def body(cast: Cast, desk: Actor, now: datetime) -> Body:
    """The joint meeting of 南园: the school, the member in the chair, a residents' delegate."""
    made = set_up(cast.nanyuan, BodyKind.JOINT, "南园社区党建联席会", desk, now, on=now.date() - 10 * DAY)
    seat(made, desk, now, PartyClass.UNIT, work_unit=cast.school)
    seat(made, desk, now, PartyClass.MEMBER, member=cast.teacher_member, role=BodyRole.CHAIR)
    seat(made, desk, now, PartyClass.DELEGATE, party_name="王桂芳")
    return made


def call(body: Body, by: Actor, now: datetime, *, title: str = "第一次会议", days: int = 1) -> Meeting:
    draft = commands.MeetingDraft(title, "社区会议室", now + days * DAY, ["停车", "菜单"])
    return commands.call_meeting(body=body, draft=draft, by=by, now=now)


@pytest.fixture
def meeting(body: Body, desk: Actor, now: datetime) -> Meeting:
    return call(body, desk, now - 2 * DAY)


def close(meeting: Meeting, by: Actor, now: datetime) -> Meeting:
    seats = list(meeting.body.seats.filter(until=None))  # type: ignore[attr-defined]
    closing = commands.Closing(seats, now.date() + 60 * DAY, ["同意"], 3)
    return commands.close_meeting(meeting=meeting, closing=closing, by=by, now=now)


@pytest.fixture
def proposal(cast: Cast, member: Actor, now: datetime) -> Proposal:
    draft = commands.ProposalDraft("加装楼道扶手", "三号楼老人多，楼道没有扶手。", cast.teacher_member)
    return commands.raise_proposal(community=cast.nanyuan, draft=draft, by=member, now=now)


@pytest.fixture
def tabled(body: Body, proposal: Proposal, desk: Actor, now: datetime) -> Proposal:
    row = commands.screen_proposal(proposal=proposal, accepts=True, note="", by=desk, now=now)
    return commands.table_proposal(proposal=row, meeting=call(body, desk, now, title="议事"), by=desk, now=now)


def promise(
    proposal: Proposal,
    cast: Cast,
    by: Actor,
    now: datetime,
    *,
    item: str = "出钱装扶手",
    days: int = 30,
    unit: str = "school",
) -> JointPledge:
    draft = commands.JointPledgeDraft(
        work_unit=cast.units[unit],
        kind=PledgeKind.MONEY,
        item=item,
        due_on=now.date() + days * DAY,
        owner_name="孙老师",
        owner_phone="13900001111",
    )
    return commands.make_joint_pledge(proposal=proposal, draft=draft, by=by, now=now)


@pytest.fixture
def pledge(tabled: Proposal, cast: Cast, liaison: Actor, now: datetime) -> JointPledge:
    return promise(tabled, cast, liaison, now)


def finish(pledge: JointPledge, by: Actor, now: datetime, *, on: date | None = None) -> JointPledge:
    done = commands.Done(on or now.date(), "装好扶手十二米", 12, "米")
    return commands.finish_pledge(pledge=pledge, done=done, by=by, now=now)


def broken() -> list[str]:
    """What the invariants of councils find."""
    from guangcai.core.invariants import broken_by, codes

    return [one.what for code in codes() if code.startswith("councils.") for one in broken_by(code)]

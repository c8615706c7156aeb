"""A proposal from the first word to the published result; who may do what; what is told to whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.councils import commands
from guangcai.councils.enums import MatterKind, PartyClass, ProposalState, Verdict
from guangcai.councils.models import (
    Body,
    JointPledge,
    Judgement,
    MatterLink,
    Meeting,
    Proposal,
    ProposalStep,
)
from guangcai.councils.queries import promises
from guangcai.councils.queries.story import story_of
from guangcai.councils.rules import Standing
from guangcai.councils.words import STEPS
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, call, finish, promise

pytestmark = pytest.mark.django_db
S = ProposalState


def judge(proposal: Proposal, by: Actor, now: datetime, verdict: Verdict = Verdict.KEPT, **more: Any) -> Judgement:
    draft = commands.JudgementDraft(verdict, **more)
    return commands.judge_proposal(proposal=proposal, draft=draft, by=by, now=now)


def states(proposal: Proposal) -> list[str]:
    return list(proposal.steps.values_list("new", flat=True))  # type: ignore[attr-defined]


def tags() -> set[str]:
    return set(AuditEvent.objects.values_list("tag", flat=True))


def test_from_the_first_word_to_the_result(
    cast: Cast, pledge: JointPledge, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    commands.note_progress(pledge=pledge, note="已量尺寸", by=liaison, now=now + DAY)
    later = now + 40 * DAY
    finish(pledge, liaison, later)
    row = Proposal.objects.get()
    judge(row, member, later + timedelta(hours=1))
    commands.publish_result(proposal=row, by=desk, now=later + timedelta(hours=2))
    commands.publish_result(proposal=row, by=desk, now=later + timedelta(hours=2))
    row.refresh_from_db()
    assert states(row) == ["raised", "accepted", "tabled", "pledged", "underway", "done", "judged", "published"]
    (told,) = promises.standings(promises.with_parts(JointPledge.objects.all()), on=later.date())
    assert (told.standing, told.days_late) == (Standing.KEPT_LATE, 10)
    story = story_of(row, desk)
    assert story[-1].title == str(STEPS[S.PUBLISHED])
    assert "10" in " ".join(item.text for item in story)
    assert {"councils:proposal:raise", "councils:proposal:move", "councils:proposal:judge"} <= tags()
    assert {"councils:pledge:make", "councils:pledge:note", "councils:pledge:done"} <= tags()
    assert broken() == []


def test_the_proposer_hears_of_it_twice(
    django_capture_on_commit_callbacks: Any,
    cast: Cast,
    pledge: JointPledge,
    desk: Actor,
    liaison: Actor,
    member: Actor,
    now: datetime,
) -> None:
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    judge(row, member, now)
    Outbox.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        commands.publish_result(proposal=row, by=desk, now=now)
    assert list(Outbox.objects.values_list("template", flat=True)) == ["proposal_published"]


def test_a_refusal_needs_a_reason_and_tells_it(
    django_capture_on_commit_callbacks: Any, proposal: Proposal, desk: Actor, now: datetime
) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.screen_proposal(proposal=proposal, accepts=False, note=" ", by=desk, now=now)
    assert refused.value.field == "note"
    with django_capture_on_commit_callbacks(execute=True):
        commands.screen_proposal(proposal=proposal, accepts=False, note="不属于社区", by=desk, now=now)
        commands.screen_proposal(proposal=proposal, accepts=False, note="不属于社区", by=desk, now=now)
    assert states(proposal) == ["raised", "refused"]
    assert Outbox.objects.get().template == "proposal_refused"
    with pytest.raises(RuleBroken):
        commands.screen_proposal(proposal=proposal, accepts=True, note="", by=desk, now=now)


def test_dropped_only_with_a_reason(pledge: JointPledge, desk: Actor, liaison: Actor, now: datetime) -> None:
    row = Proposal.objects.get()
    with pytest.raises(RuleBroken) as refused:
        commands.drop_proposal(proposal=row, reason="", by=desk, now=now)
    assert refused.value.code == "reason_missing"
    commands.drop_proposal(proposal=row, reason="居民不同意", by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.note_progress(pledge=pledge, note="继续", by=liaison, now=now)
    assert refused.value.code == "proposal_over"
    (told,) = promises.standings(promises.with_parts(JointPledge.objects.all()), on=now.date() + 90 * DAY)
    assert told.standing == Standing.STOPPED


def test_the_database_refuses_a_drop_without_reason(proposal: Proposal, now: datetime) -> None:
    step = ProposalStep(proposal=proposal, district_code=proposal.district_code, old="raised", new="dropped", at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()


def test_a_published_result_stays(
    pledge: JointPledge, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    judge(row, member, now)
    commands.publish_result(proposal=row, by=desk, now=now)
    for call_ in (
        lambda: commands.drop_proposal(proposal=row, reason="x", by=desk, now=now),
        lambda: commands.send_back(proposal=row, note="x", by=desk, now=now),
        lambda: judge(row, member, now, Verdict.PARTLY),
    ):
        with pytest.raises(RuleBroken):
            call_()
    assert Proposal.objects.get().state == S.PUBLISHED


def test_not_kept_goes_back_to_the_table(
    cast: Cast, pledge: JointPledge, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    judge(row, member, now, Verdict.NOT_KEPT)
    commands.send_back(proposal=row, note="扶手松动", by=desk, now=now + DAY)
    again = promise(row, cast, liaison, now + 2 * DAY)
    finish(again, liaison, now + 3 * DAY)
    row.refresh_from_db()
    assert (row.state, row.round) == (S.DONE, 2)
    judge(row, member, now + 3 * DAY)
    with pytest.raises(RuleBroken) as refused:
        commands.send_back(proposal=row, note="x", by=desk, now=now + 4 * DAY)
    assert refused.value.code == "was_kept"
    assert broken() == []


def test_a_unit_that_gives_up_puts_it_back(pledge: JointPledge, liaison: Actor, now: datetime) -> None:
    commands.withdraw_pledge(pledge=pledge, reason="经费未批", by=liaison, now=now)
    commands.withdraw_pledge(pledge=pledge, reason="经费未批", by=liaison, now=now)
    assert states(Proposal.objects.get())[-2:] == ["pledged", "tabled"]
    assert broken() == []


def test_two_promises_are_done_when_both_are(
    cast: Cast, pledge: JointPledge, desk: Actor, liaison: Actor, now: datetime
) -> None:
    row = Proposal.objects.get()
    other = promise(row, cast, desk, now, item="出人安装", unit="police_branch")
    finish(pledge, liaison, now)
    assert Proposal.objects.get().state == S.UNDERWAY
    finish(other, desk, now)
    finish(other, desk, now)
    assert Proposal.objects.get().state == S.DONE


def test_one_unit_an_item(cast: Cast, pledge: JointPledge, desk: Actor, now: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        promise(pledge.proposal, cast, desk, now, unit="police_branch")
    assert refused.value.code == "item_taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        JointPledge.objects.create(
            community=pledge.community,
            path=pledge.path,
            district_code=pledge.district_code,
            proposal=pledge.proposal,
            work_unit=cast.police_branch,
            kind="money",
            item=pledge.item,
            due_on=pledge.due_on,
            made_at=now,
        )


def test_sent_twice_is_done_once(cast: Cast, tabled: Proposal, liaison: Actor, desk: Actor, now: datetime) -> None:
    key, note = new_id(), new_id()
    draft = commands.JointPledgeDraft(cast.school, "people", "出人", now.date() + DAY, "孙老师")
    make = lambda d: commands.make_joint_pledge(proposal=tabled, draft=d, by=liaison, now=now, id=key)  # noqa: E731
    row = make(draft)
    assert make(draft) == row
    with pytest.raises(Conflict):
        make(commands.JointPledgeDraft(cast.school, "people", "出车", now.date() + DAY, "孙老师"))
    for _ in range(2):
        commands.note_progress(pledge=row, note="开始", by=liaison, now=now, id=note)
    assert row.progress.count() == 1  # type: ignore[attr-defined]
    with pytest.raises(Conflict):
        commands.note_progress(pledge=row, note="别的", by=liaison, now=now, id=note)


def test_the_contact_changes_and_the_day_stays(pledge: JointPledge, liaison: Actor, now: datetime) -> None:
    commands.change_owner(pledge=pledge, name="李老师", phone="", by=liaison, now=now + DAY)
    commands.change_owner(pledge=pledge, name="李老师", phone="", by=liaison, now=now + DAY)
    assert [row.name for row in pledge.owners.all()] == ["孙老师", "李老师"]  # type: ignore[attr-defined]
    due = pledge.due_on
    pledge.refresh_from_db()
    assert pledge.due_on == due


def test_who_may_not(cast: Cast, proposal: Proposal, pledge: JointPledge, member: Actor, now: datetime) -> None:
    next_door, stranger = cast.actor("desk_next_door"), cast.actor("liaison_next_door")
    overseer = cast.actor("overseer")
    with pytest.raises(OutOfScope):
        commands.drop_proposal(proposal=proposal, reason="x", by=next_door, now=now)
    with pytest.raises(Forbidden):
        commands.drop_proposal(proposal=proposal, reason="x", by=overseer, now=now)
    for call_ in (
        lambda by: commands.note_progress(pledge=pledge, note="x", by=by, now=now),
        lambda by: finish(pledge, by, now),
        lambda by: commands.withdraw_pledge(pledge=pledge, reason="x", by=by, now=now),
        lambda by: commands.change_owner(pledge=pledge, name="x", phone="", by=by, now=now),
        lambda by: promise(proposal, cast, by, now, item="别的"),
    ):
        with pytest.raises(OutOfScope):
            call_(stranger)
        with pytest.raises(OutOfScope):
            call_(next_door)
        with pytest.raises(Forbidden):
            call_(member)
    with pytest.raises(Forbidden):
        commands.screen_proposal(proposal=proposal, accepts=True, note="", by=member, now=now)


def test_who_sees_what(cast: Cast, proposal: Proposal, body: Body, desk: Actor, now: datetime) -> None:
    def seen(user: str) -> int:
        return Proposal.objects.visible_to(cast.actor(user)).count()

    assert [seen(who) for who in ("desk", "member", "overseer", "liaison", "desk_next_door")] == [1, 1, 0, 0, 0]
    commands.screen_proposal(proposal=proposal, accepts=True, note="", by=desk, now=now)
    commands.table_proposal(proposal=proposal, meeting=call(body, desk, now), by=desk, now=now)
    assert [seen(who) for who in ("overseer", "liaison", "liaison_next_door", "member_next_door")] == [1, 1, 0, 0]


def test_a_resident_is_named_and_sealed(cast: Cast, desk: Actor, member: Actor, now: datetime) -> None:
    draft = commands.ProposalDraft("路灯", "路灯坏了", proposer_name="李大爷", proposer_phone="13500000000")
    row = commands.raise_proposal(community=cast.nanyuan, draft=draft, by=desk, now=now)
    assert Proposal.objects.get(pk=row.pk).proposer_name == "李大爷"
    assert b"\xe6\x9d\x8e" not in bytes(Proposal.objects.values_list("proposer_name", flat=True).get(pk=row.pk))
    with pytest.raises(RuleBroken) as refused:
        commands.raise_proposal(community=cast.nanyuan, draft=commands.ProposalDraft("a", "b"), by=desk, now=now)
    assert refused.value.field == "proposer_name"
    with pytest.raises(Forbidden):
        commands.raise_proposal(community=cast.nanyuan, draft=draft, by=member, now=now)


def test_a_matter_becomes_a_proposal_once(cast: Cast, desk: Actor, now: datetime) -> None:
    source = (MatterKind.SUGGESTION, new_id())
    draft = commands.ProposalDraft("路灯", "路灯坏了", proposer_name="居民", raised_from=source)
    row = commands.raise_proposal(community=cast.nanyuan, draft=draft, by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.raise_proposal(community=cast.nanyuan, draft=draft, by=desk, now=now)
    assert refused.value.code == "raised_already"
    assert row.raised_from_id == source[1]


def test_links_change_nothing(proposal: Proposal, desk: Actor, now: datetime) -> None:
    target = new_id()
    for _ in range(2):
        commands.link_matter(
            proposal=proposal, kind=MatterKind.ACTIVITY, target=target, label="清扫日", by=desk, now=now
        )
    assert MatterLink.objects.count() == 1
    assert states(proposal) == ["raised"]


def test_delegates_and_the_last_word(
    body: Body, pledge: JointPledge, desk: Actor, liaison: Actor, member: Actor, now: datetime
) -> None:
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    delegate = body.seats.get(party=PartyClass.DELEGATE)  # type: ignore[attr-defined]
    with pytest.raises(RuleBroken) as refused:
        judge(row, desk, now, seat=delegate)
    assert refused.value.field == "asked"
    judge(row, desk, now, seat=delegate, asked="开会时说")
    row.refresh_from_db()
    assert (row.state, commands.verdict_of(row)) == (S.JUDGED, Verdict.KEPT)
    judge(row, member, now, Verdict.NOT_KEPT)
    assert commands.verdict_of(row) == Verdict.NOT_KEPT
    with pytest.raises(RuleBroken) as refused:
        judge(row, member, now, Verdict.KEPT)
    assert refused.value.code == "judged_already"
    chair = body.seats.get(party=PartyClass.MEMBER)  # type: ignore[attr-defined]
    with pytest.raises(RuleBroken) as refused:
        judge(row, desk, now, seat=chair, asked="x")
    assert refused.value.code == "no_delegate"


def test_a_promise_not_heard_of_is_silent_then_late(pledge: JointPledge, now: datetime) -> None:
    def on(days: int, due: int) -> Standing:
        JointPledge.objects.update(due_on=now.date() + timedelta(days=due))
        (told,) = promises.standings(promises.with_parts(JointPledge.objects.all()), on=now.date() + timedelta(days))
        return told.standing

    assert [on(1, 30), on(31, 30), on(120, 200)] == [Standing.ON_TIME, Standing.LATE, Standing.SILENT]


def test_tabled_only_where_the_body_serves(
    cast: Cast, meeting: Meeting, body: Body, proposal: Proposal, desk: Actor, now: datetime
) -> None:
    with pytest.raises(RuleBroken):
        commands.table_proposal(proposal=proposal, meeting=call(body, desk, now), by=desk, now=now)
    commands.screen_proposal(proposal=proposal, accepts=True, note="", by=desk, now=now)
    one = call(body, desk, now, title="甲")
    commands.table_proposal(proposal=proposal, meeting=one, by=desk, now=now)
    commands.table_proposal(proposal=proposal, meeting=one, by=desk, now=now)
    assert one.agenda.filter(proposal=proposal).count() == 1  # type: ignore[attr-defined]
    other = cast.actor("desk_next_door")
    with pytest.raises(OutOfScope):
        commands.table_proposal(proposal=proposal, meeting=one, by=other, now=now)
    commands.call_off_meeting(meeting=one, reason="人数不够", by=desk, now=now)
    commands.table_proposal(proposal=proposal, meeting=call(body, desk, now, title="乙"), by=desk, now=now)
    assert states(proposal) == ["raised", "accepted", "tabled", "tabled"]


def test_a_promise_has_a_day_that_comes(cast: Cast, tabled: Proposal, liaison: Actor, now: datetime) -> None:
    for days, code in ((0, "due_past"), (5 * 366 + 1, "due_far"), (365 * 900, "due_far")):
        with pytest.raises(RuleBroken) as refused:
            promise(tabled, cast, liaison, now, days=days)
        assert (refused.value.field, refused.value.code) == ("due_on", code)
    assert promise(tabled, cast, liaison, now, days=5 * 366).due_on > now.date()

"""The life of a case, step by step: who may, what is refused, who has the last word, what the clock does."""

from datetime import datetime, timedelta

import pytest

from guangcai.cases import checks, commands
from guangcai.cases.enums import CaseState, CloseCode, ReturnReason, StepKind
from guangcai.cases.models import Asker, Case, CaseStep, Item, StepNote, Technician
from guangcai.cases.queries.askers import asker_for
from guangcai.cases.queries.counts import bounces, count_cases, rates
from guangcai.cases.queries.proposals import proposals
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.orgs.commands import end_work_unit
from guangcai.orgs.roles import Role
from tests.cases.conftest import MARK, PHONE, Raise
from tests.cast import Cast, grant

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def broken() -> list[str]:
    found = [checks.state_is_that_of_the_last_step, checks.moments_repeat_the_steps, checks.clocks_run_forward]
    found += [checks.assignment_is_the_one_in_force, checks.every_case_has_an_asker, checks.entries_belong_to_a_job]
    found.append(checks.nobody_sees_to_what_complains_of_him)
    return [line for check in found for line in check()]


@pytest.fixture
def neighbour(cast: Cast) -> commands.Worker:
    return commands.Worker(member=cast.teacher_member)


def dispatched(case: Case, worker: commands.Worker, by: Actor, now: datetime) -> Case:
    return commands.dispatch(case=case, worker=worker, by=by, now=now)


def kinds(case: Case) -> list[str]:
    return list(case.steps.order_by("number").values_list("kind", flat=True))


def test_the_whole_walk(
    cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, neighbour: commands.Worker, now: datetime
) -> None:
    """Dispatched, returned once with a reason, done by a member, "not solved", the same case, solved and rated."""
    member, case = cast.actor("member"), raised()
    key, code = case.pk, case.asker.code
    dispatched(case, asked, desk, now)
    commands.accept(case=case, by=desk, now=now + HOUR)
    commands.give_back(case=case, reason=ReturnReason.NO_MATERIAL, by=desk, now=now + 2 * HOUR)
    clock = Case.objects.values_list("dispatched_at", "due_response", "due_solution").get()
    dispatched(case, neighbour, desk, now + 3 * HOUR)
    commands.accept(case=case, by=member, now=now + 4 * HOUR)
    time = commands.JobTime(now + 4 * HOUR, 30)
    commands.finish(case=case, note="换了灯泡", time=time, by=member, now=now + 5 * HOUR)
    commands.call_back(case=case, outcome="solved", is_satisfied=True, by=desk, now=now + 6 * HOUR)
    commands.reopen(case=case, note="又不亮了", code=code, by=Actor(), now=now + DAY)
    dispatched(case, neighbour, desk, now + DAY + HOUR)
    commands.accept(case=case, by=member, now=now + DAY + HOUR)
    commands.finish(case=case, note="换了灯座", by=member, now=now + DAY + 2 * HOUR)
    commands.confirm_solved(case=case, code=code, is_satisfied=True, by=Actor(), now=now + 2 * DAY)
    kept = Case.objects.get()
    assert (kept.pk, kept.state, kept.returns, kept.is_solved, kept.is_satisfied) == (key, "solved", 1, True, True)
    assert (kept.dispatched_at, kept.due_response, kept.due_solution) == clock
    assert kinds(kept) == [
        "raised", "dispatched", "accepted", "returned", "dispatched", "accepted", "done", "called_back",
        "reopened", "dispatched", "accepted", "done", "confirmed",
    ]  # fmt: skip
    entry = ServiceEntry.objects.get()
    assert (entry.member, entry.minutes, entry.origin) == (cast.teacher_member, 30, "case")
    assert MARK not in f"{entry.activity_name}{entry.content}{entry.place}"
    assert Outbox.objects.filter(recipient=kept.asker.pk).count() == 2
    assert broken() == []


def test_the_second_return_goes_to_the_street(
    cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, neighbour: commands.Worker, now: datetime
) -> None:
    case = dispatched(raised(), asked, desk, now)
    commands.give_back(case=case, reason=ReturnReason.NO_SKILL, by=desk, now=now)
    dispatched(case, asked, desk, now)
    commands.give_back(case=case, reason=ReturnReason.NOT_OURS, note="不归我们", by=desk, now=now)
    case.refresh_from_db()
    assert (case.state, case.returns, case.assignment) == (CaseState.TO_RULE, 2, None)
    with pytest.raises(Conflict):
        dispatched(case, asked, desk, now)
    with pytest.raises(Forbidden):
        commands.rule_worker(case=case, worker=neighbour, note="社区先修", by=desk, now=now)
    with pytest.raises(OutOfScope):
        commands.rule_worker(case=case, worker=neighbour, note="社区先修", by=cast.actor("overseer_next_door"), now=now)
    street = cast.actor("overseer")
    commands.rule_worker(case=case, worker=neighbour, note="社区先修", by=street, now=now)
    assert Case.objects.get().state == CaseState.DISPATCHED
    commands.give_back(case=case, reason=ReturnReason.NO_SKILL, by=cast.actor("member"), now=now)
    commands.rule_out(case=case, code=CloseCode.OUT_OF_SCOPE, note="属住户自用部分", by=street, now=now)
    kept = Case.objects.get()
    assert (kept.state, kept.close_code) == (CaseState.CLOSED, CloseCode.OUT_OF_SCOPE)
    assert broken() == []


def test_a_unit_returns_and_does_not_decline(cast: Cast, desk: Actor, raised: Raise, now: datetime) -> None:
    case = dispatched(raised(), commands.Worker(unit=cast.school), desk, now)
    liaison = cast.actor("liaison")
    with pytest.raises(RuleBroken):
        commands.decline(case=case, reason="no_time", by=liaison, now=now)
    with pytest.raises(OutOfScope):
        commands.accept(case=case, by=cast.actor("liaison_next_door"), now=now)
    commands.accept(case=case, by=liaison, now=now)
    commands.give_back(case=case, reason=ReturnReason.WRONG_PLACE, by=liaison, now=now)
    assert not Case.objects.visible_to(liaison).exists()
    assert broken() == []


def test_a_unit_that_ends_gives_back_what_it_had_and_is_asked_no_more(
    cast: Cast, desk: Actor, raised: Raise, plain_item: Item, now: datetime
) -> None:
    worker = commands.Worker(unit=cast.school)
    plain_item.unit = cast.school
    plain_item.save()
    had, done, waits = raised("一"), raised("二"), raised("三")
    for case in (had, done):
        dispatched(case, worker, desk, now)
        commands.accept(case=case, by=cast.actor("liaison"), now=now)
    commands.finish(case=done, note="修好了", by=desk, now=now)
    assert [one.kind for one in proposals(waits, here=waits.path, now=now)].count("unit") == 1
    end_work_unit(work_unit=cast.school, by=Actor.system(), now=now)
    states = dict(Case.objects.values_list("what", "state"))
    assert states == {"一": CaseState.TO_DISPATCH, "二": CaseState.DONE, "三": CaseState.TO_DISPATCH}
    assert Case.objects.get(what="一").returns == 0
    waits = Case.objects.get(what="三")
    assert [one.kind for one in proposals(waits, here=waits.path, now=now)].count("unit") == 0
    with pytest.raises(Conflict):
        commands.dispatch(case=waits, worker=worker, by=desk, now=now)
    assert Item.objects.get(pk=plain_item.pk).answered_by == plain_item.body
    assert broken() == []


def test_whoever_gave_it_back_is_proposed_last_and_the_board_says_why_it_is_back(
    cast: Cast, desk: Actor, raised: Raise, plumber: Technician, asked: commands.Worker, plain_item: Item, now: datetime
) -> None:
    plain_item.unit = cast.school
    plain_item.save()
    case = raised()
    plain = CaseState.TO_DISPATCH.label
    assert Case.objects.get().standing == (plain, "wait", "")
    first, *_others = proposals(case, here=case.path, now=now)
    assert first.id == str(plumber.pk)
    dispatched(case, asked, desk, now)
    commands.accept(case=case, by=desk, now=now)
    commands.give_back(case=case, reason=ReturnReason.WRONG_PLACE, by=desk, now=now)
    words, tone, _icon = Case.objects.get().standing
    assert (words == plain, tone) == (False, "bad")
    again = proposals(Case.objects.get(), here=case.path, now=now)
    assert [one.id for one in again][-1] == first.id
    assert first.why in again[-1].why
    assert first.why != again[-1].why
    dispatched(case, commands.Worker(unit=cast.school), desk, now)
    commands.accept(case=case, by=desk, now=now)
    commands.finish(case=case, note="换了", by=desk, now=now)
    commands.reopen(case=case, note="还是不亮", by=Actor(), code=Asker.objects.get().code, now=now)
    assert Case.objects.get().standing[0] not in (plain, words)


def test_only_the_asker_says_solved(
    cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, now: datetime
) -> None:
    case = dispatched(raised(), asked, desk, now)
    commands.accept(case=case, by=desk, now=now)
    commands.finish(case=case, note="换了", by=desk, now=now)
    for code in ("", "AAAAAAAAAA"):
        with pytest.raises(OutOfScope):
            commands.confirm_solved(case=case, by=desk, code=code, now=now)
    commands.call_back(case=case, outcome="solved", is_satisfied=True, by=desk, now=now)
    assert Case.objects.get().state == CaseState.CALLED_BACK
    assert commands.close_unanswered(by=Actor.system(), now=now + 7 * DAY) == 0
    assert commands.close_unanswered(by=Actor.system(), now=now + 8 * DAY) == 1
    assert Case.objects.values_list("state", "close_code").get() == (CaseState.CLOSED, CloseCode.UNANSWERED)
    with pytest.raises(RuleBroken) as refused:
        commands.reopen(case=case, note="晚了", code=case.asker.code, by=Actor(), now=now + 9 * DAY)
    assert refused.value.code == "answer_late"
    assert broken() == []


def test_the_worker_does_not_call_back_himself(
    cast: Cast, desk: Actor, raised: Raise, neighbour: commands.Worker, now: datetime
) -> None:
    case = dispatched(raised(), neighbour, desk, now)
    user = cast.users["member"]
    grant(user, Role.DESK_WORKER, node=cast.nanyuan)
    both = cast.actor("member")
    commands.accept(case=case, by=both, now=now)
    commands.finish(case=case, note="好了", by=both, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.call_back(case=case, outcome="solved", is_satisfied=True, by=both, now=now)
    assert refused.value.code == "own_job"


def test_overdue_is_told_once(desk: Actor, raised: Raise, asked: commands.Worker, now: datetime) -> None:
    dispatched(raised(), asked, desk, now)
    by = Actor.system()
    assert commands.notice_overdue(by=by, now=now + 12 * DAY) == 0
    assert commands.notice_overdue(by=by, now=now + 13 * DAY) == 1
    assert commands.notice_overdue(by=by, now=now + 14 * DAY) == 0
    assert CaseStep.objects.filter(kind=StepKind.NOTICED).count() == 1
    assert broken() == []


def test_a_double_names_another_case(desk: Actor, raised: Raise, now: datetime) -> None:
    first, second = raised("灯不亮"), raised("灯也不亮")
    for other, code in ((None, "other_missing"), (second, "other_unfit")):
        with pytest.raises(RuleBroken) as refused:
            commands.close_case(case=second, code="duplicate", duplicate_of=other, by=desk, now=now)
        assert refused.value.code == code
    commands.close_case(case=second, code="duplicate", duplicate_of=first, by=desk, now=now)
    with pytest.raises(RuleBroken):
        commands.close_case(case=first, code="out_of_scope", note="不管", by=desk, now=now)
    assert broken() == []


def test_paid_work_is_no_service(cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, now: datetime) -> None:
    asked.technician.member = cast.teacher_member
    asked.technician.save()
    case = dispatched(raised(), asked, desk, now)
    commands.accept(case=case, by=desk, now=now)
    with pytest.raises(RuleBroken):
        commands.finish(case=case, note="好了", time=commands.JobTime(now - HOUR, 30), by=desk, now=now)
    assert not ServiceEntry.objects.exists()


class TestWhoAsked:
    """Abuse case 17: the matrix of who reads the asker."""

    def test_the_worker_only_while_it_is_his(
        self, cast: Cast, desk: Actor, raised: Raise, neighbour: commands.Worker, now: datetime
    ) -> None:
        case, member = raised(), cast.actor("member")
        assert not Case.objects.visible_to(member).exists()
        case = dispatched(case, neighbour, desk, now)
        shown = asker_for(case, member)
        assert shown is not None
        assert (shown.phone, shown.flat) == (PHONE, f"{MARK}302室")
        commands.accept(case=case, by=member, now=now)
        case = commands.finish(case=case, note="好了", by=member, now=now)
        assert asker_for(case, member) is None

    def test_a_complaint_hides_him_from_whoever_sees_to_it(
        self, cast: Cast, desk: Actor, raised: Raise, neighbour: commands.Worker, now: datetime
    ) -> None:
        case = raised()
        case.item.hides_asker = True
        case.item.save()
        case = dispatched(case, neighbour, desk, now)
        assert asker_for(case, cast.actor("member")) is None

    def test_the_desk_masked_and_the_street_with_a_reason(
        self, cast: Cast, desk: Actor, raised: Raise, now: datetime
    ) -> None:
        case, street = raised(), cast.actor("overseer")
        shown = asker_for(case, desk)
        assert shown is not None
        assert PHONE not in str(shown)
        assert asker_for(case, street) is None
        assert commands.open_asker(case=case, reason="", by=desk, now=now).phone == PHONE
        with pytest.raises(RuleBroken):
            commands.open_asker(case=case, reason=" ", by=street, now=now)
        assert commands.open_asker(case=case, reason="核对退单", by=street, now=now).phone == PHONE
        with pytest.raises(OutOfScope):
            commands.open_asker(case=case, reason="好奇", by=cast.actor("desk_next_door"), now=now)
        assert AuditEvent.objects.filter(tag="cases:asker:open").count() == 2

    def test_whoever_it_complains_of_sees_nothing_even_at_the_desk(
        self, cast: Cast, raised: Raise, now: datetime
    ) -> None:
        case = raised(about_member=cast.teacher_member)
        grant(cast.users["member"], Role.DESK_WORKER, node=cast.nanyuan)
        both = cast.actor("member")
        assert not Case.objects.visible_to(both).exists()
        assert not Case.objects.of_area(both).exists()
        with pytest.raises(OutOfScope):
            commands.open_asker(case=case, reason="想知道", by=both, now=now)

    def test_words_of_the_steps_are_sealed(self, desk: Actor, raised: Raise, now: datetime) -> None:
        commands.close_case(case=raised(), code="withdrawn", note=f"{MARK}来电撤回", by=desk, now=now)
        raw = [bytes(one) for one in StepNote.objects.values_list("note", flat=True)]
        assert StepNote.objects.get().note == f"{MARK}来电撤回"
        assert all(MARK.encode() not in one for one in raw)


def test_three_years_later_nobody_is_named(cast: Cast, desk: Actor, raised: Raise, now: datetime) -> None:
    """Dry first; then words and asker are gone, the facts stay, and a second run finds nothing."""
    case = raised(about_member=cast.police_member)
    commands.close_case(case=case, code="withdrawn", note=f"{MARK}撤回", by=desk, now=now)
    by = cast.actor("administrator")
    assert commands.anonymise_cases(by=by, now=now + 1000 * DAY, is_dry=False) == 0
    assert commands.anonymise_cases(by=by, now=now + 1100 * DAY) == 1
    assert Case.objects.get().what
    assert commands.anonymise_cases(by=by, now=now + 1100 * DAY, is_dry=False) == 1
    assert commands.anonymise_cases(by=by, now=now + 1100 * DAY, is_dry=False) == 0
    kept = Case.objects.get()
    assert (kept.what, kept.words, kept.about_member, kept.asker.name, kept.asker.phone) == ("", "", None, "", "")
    assert not StepNote.objects.exists()
    assert kinds(kept) == ["raised", "closed"]
    assert broken() == []
    with pytest.raises(OutOfScope):
        commands.anonymise_cases(by=desk, now=now)


def test_three_rates_leave_out_what_does_not_count(
    cast: Cast, desk: Actor, raised: Raise, asked: commands.Worker, now: datetime
) -> None:
    """Four dispatched: one solved in time, one not solved and late, one anonymous, one ruled out by the street."""
    good, late, unnamed, out = raised("一"), raised("二"), None, raised("四")
    unnamed = raised("三", asker=commands.AskerDraft(is_anonymous=True))
    for case in (good, late, unnamed, out):
        dispatched(case, asked, desk, now)
    commands.escalate(case=out, note="两家推", by=desk, now=now)
    commands.rule_out(case=out, code="no_policy", note="不支持", by=cast.actor("overseer"), now=now)
    for case, after, outcome in ((good, HOUR, "solved"), (late, 9 * DAY, "refused")):
        commands.accept(case=case, by=desk, now=now + after)
        commands.finish(case=case, note="看过", by=desk, now=now + after)
        said = outcome == "solved"
        commands.call_back(case=case, outcome=outcome, is_satisfied=said, note="说的", by=desk, now=now + after)
    commands.give_back(case=unnamed, reason="no_skill", by=desk, now=now)
    day = now.date()
    found = rates(actor=desk, path=cast.nanyuan.path, since=day, until=day, now=now + 9 * DAY)
    assert (found.dispatched, found.answered, found.asked, found.solved) == (2, 1, 2, 1)
    assert (found.rated, found.satisfied, found.left_out, found.overdue) == (2, 1, 2, 1)
    assert (found.response, found.solution, found.satisfaction, found.joined) == (0.5, 0.5, 0.5, 0.5)
    for by in (("category",), ("item", "community")):
        (row,) = count_cases(paths=[cast.district.path], by=by, since=day, until=day)
        assert (row["count"], row["dispatched"], row["solved"]) == (4, 2, 1)
    assert [
        (row["item"], row["count"]) for row in bounces(actor=desk, path=cast.nanyuan.path, since=day, until=day)
    ] == [("楼道灯", 1)]
    assert bounces(actor=cast.actor("desk_next_door"), path=cast.nanyuan.path, since=day, until=day) == []

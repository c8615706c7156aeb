"""Raising and dispatching: what is written, who may, what is refused, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from guangcai.cases import commands, keys
from guangcai.cases.enums import CaseChannel, CaseState, OriginKind, StepKind
from guangcai.cases.models import Asker, Case, CaseStep, Item, Technician
from guangcai.cases.queries.board import overdue
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from tests.cases.conftest import MARK, PHONE, Raise, working
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_case_is_raised_and_the_asker_kept_apart(cast: Cast, raised: Raise, now: datetime) -> None:
    case = raised("三楼的灯不亮")
    kept = Case.objects.get()
    assert (kept.what, kept.state, kept.channel) == ("三楼的灯不亮", CaseState.TO_DISPATCH, CaseChannel.PHONE)
    assert kept.number.startswith("26-")
    assert len(kept.number) == 9
    assert list(kept.steps.values_list("number", "kind", "state")) == [(1, "raised", "to_dispatch")]
    asker = Asker.objects.get(case=case)
    assert (asker.name, asker.phone, asker.flat) == (f"{MARK}姓名", f"+86{PHONE}", f"{MARK}302室")
    assert asker.code_index == keys.code_key(f" {asker.code[:5].lower()}-{asker.code[5:]}")
    raw = Case.objects.values_list().get()
    assert MARK not in str(raw)
    assert PHONE not in str(raw)
    assert AuditEvent.objects.filter(tag="cases:case:raise", subject_id=str(case.pk)).count() == 1


def test_sent_twice_is_one_case(raised: Raise) -> None:
    key = new_id()
    assert raised(id=key).pk == raised(id=key).pk == key
    with pytest.raises(Conflict):
        raised("别的事", id=key)
    with pytest.raises(Conflict):
        raised(id=key, asker=commands.AskerDraft(name="别人", phone="13900001111"))
    assert Case.objects.count() == 1


def test_what_is_not_offered_any_more_is_refused_but_not_what_was_sent_before(
    cast: Cast, raised: Raise, plain_item: Item, now: datetime
) -> None:
    key = new_id()
    raised(id=key)
    Item.objects.filter(pk=plain_item.pk).update(until=localdate(now))
    plain_item.refresh_from_db()
    assert raised(id=key).pk == key
    with pytest.raises(RuleBroken) as refused:
        raised()
    assert refused.value.code == "item_gone"
    Item.objects.filter(pk=plain_item.pk).update(until=None, node=cast.gongyuan, path=cast.gongyuan.path)
    plain_item.refresh_from_db()
    with pytest.raises(RuleBroken):
        raised()
    assert Case.objects.count() == 1


def test_the_board_stands_by_what_is_due_next(
    raised: Raise, asked: commands.Worker, desk: Actor, now: datetime
) -> None:
    case = raised()
    assert Case.objects.get().due == now
    commands.dispatch(case=case, worker=asked, by=desk, now=now)
    row = Case.objects.get()
    assert row.due == row.due_response == now + timedelta(hours=24)
    assert not Case.objects.filter(overdue(row.due)).exists()
    assert Case.objects.filter(overdue(row.due + timedelta(minutes=1))).exists()
    # A thing of minutes that nobody has to ring back for within the day.
    Case.objects.update(due_solution=now + timedelta(hours=2))
    assert Case.objects.get().due == now + timedelta(hours=2)
    Case.objects.update(responded_at=now, due_solution=now + timedelta(hours=30))
    assert Case.objects.get().due == now + timedelta(hours=30)


def test_one_case_grows_out_of_one_need(raised: Raise) -> None:
    need = new_id()
    raised(from_kind=OriginKind.VISIT_NEED, from_id=need)
    with pytest.raises(Conflict):
        raised("另一件", from_kind=OriginKind.VISIT_NEED, from_id=need)


@pytest.mark.parametrize(
    ("asker", "code"),
    [
        (commands.AskerDraft(name="王"), "reach_missing"),
        (commands.AskerDraft(name="王", is_anonymous=True), "anonymous_named"),
        (commands.AskerDraft(phone="12"), None),
    ],
)
def test_who_cannot_be_reached_is_refused(raised: Raise, asker: commands.AskerDraft, code: str | None) -> None:
    with pytest.raises(RuleBroken) as refused:
        raised(asker=asker)
    assert refused.value.field in ("phone", "name")
    assert code is None or refused.value.code == code
    assert not Case.objects.exists()


def test_the_questions_of_the_item_are_answered(raised: Raise, item: Item) -> None:
    for given, code in (
        ({}, "answer_missing"),
        ({"哪里坏了": "厨房", "几处": "两"}, "answer_number"),
        ({"哪里坏了": "厨房", "有没有漏水": "也许"}, "answer_choice"),
    ):
        with pytest.raises(RuleBroken) as refused:
            raised(item=item, answers=given)
        assert refused.value.code == code
    case = raised(item=item, answers={"哪里坏了": "厨房", "几处": "2"})
    assert case.answers == [{"label": "哪里坏了", "answer": "厨房"}, {"label": "几处", "answer": "2"}]


def test_who_may_raise(cast: Cast, raised: Raise) -> None:
    with pytest.raises(OutOfScope):
        raised(by=cast.actor("desk_next_door"))
    with pytest.raises(Forbidden):
        raised(by=cast.actor("overseer"))
    with pytest.raises(Forbidden):
        raised(by=cast.actor("member"))
    member = commands.AskerDraft(member=cast.teacher_member)
    assert raised(by=cast.actor("member"), channel=CaseChannel.MEMBER, asker=member).channel == CaseChannel.MEMBER
    assert raised(by=Actor(), channel=CaseChannel.WEB).raised_by is None


def test_dispatch_starts_the_clock_once(cast: Cast, raised: Raise, asked: commands.Worker, now: datetime) -> None:
    case = commands.dispatch(case=raised(), worker=asked, by=cast.actor("desk"), now=now)
    case.refresh_from_db()
    assert (case.state, case.assignment.technician, case.dispatched_at) == ("dispatched", asked.technician, now)
    assert case.due_response == now + timedelta(hours=24)
    assert case.due_solution == now + timedelta(days=7)
    with pytest.raises(Conflict):
        commands.dispatch(case=case, worker=asked, by=cast.actor("desk"), now=now)
    assert CaseStep.objects.filter(kind=StepKind.DISPATCHED).count() == 1
    told = Outbox.objects.get(template="case_dispatched")
    assert told.recipient == case.asker.pk
    assert MARK not in str(told.parameters)


def test_office_hours_count_working_days(cast: Cast, raised: Raise, asked: commands.Worker, plain_item: Item) -> None:
    working(plain_item)
    friday = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai, offices close at 17:00
    plain_item.response_hours, plain_item.solution_days = 2, 3
    plain_item.save()
    case = commands.dispatch(case=raised(at=friday), worker=asked, by=cast.actor("desk"), now=friday)
    assert case.due_response == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert case.due_solution == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_whoever_it_complains_of_is_not_asked_and_sees_nothing(
    cast: Cast, raised: Raise, plumber: Technician, now: datetime
) -> None:
    case = raised(about_member=cast.teacher_member)
    with pytest.raises(RuleBroken) as refused:
        commands.dispatch(case=case, worker=commands.Worker(member=cast.teacher_member), by=cast.actor("desk"), now=now)
    assert refused.value.code == "worker_complained_of"
    assert not Case.objects.visible_to(cast.actor("member")).exists()


def test_next_door_cannot_dispatch(cast: Cast, raised: Raise, asked: commands.Worker, now: datetime) -> None:
    case = raised()
    with pytest.raises(OutOfScope):
        commands.dispatch(case=case, worker=asked, by=cast.actor("desk_next_door"), now=now)
    with pytest.raises(Forbidden):
        commands.dispatch(case=case, worker=asked, by=cast.actor("overseer"), now=now)


def test_two_typed_characters_find_a_case(raised: Raise) -> None:
    raised("楼道的灯坏了三天")
    raised("邻居半夜唱歌")
    assert [case.what for case in Case.objects.saying("唱歌")] == ["邻居半夜唱歌"]
    assert not Case.objects.saying("水管").exists()


def test_odd_signs_are_found_as_they_were_typed(raised: Raise) -> None:
    odd = (
        "30m²的房间",
        "½箱水",
        "Ⅷ号楼",
        "Ａ座２层",
        "第٣层",
        "1e5号",
        "0x1f门",
        "café门口",
        "it's \\ broken",
        "';:!&|()*",
    )
    for text in odd:
        raised(text)
    for text in odd[:-1]:
        assert text in [case.what for case in Case.objects.saying(text)]
    # Signs alone are no words: nothing is looked for.
    assert Case.objects.saying(odd[-1]).count() == len(odd)

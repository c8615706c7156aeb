"""Campaigns, receipts, spendings and aid: commands, constraints, screens, the printed receipt, the statistics."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.reports.statistics import Question, figures
from guangcai.wishes import commands
from guangcai.wishes.enums import GiftForm, GiverKind
from guangcai.wishes.models import AidKind, AidMeasure, AidOutcome, AidProgramme, Campaign, Gift, Spending, Wish
from guangcai.wishes.queries import aid as queries
from guangcai.wishes.queries import gifts
from guangcai.wishes.queries.gifts import campaigns, goods_of
from tests.cast import Cast
from tests.wishes.conftest import broken

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


def address(name: str, *args: object) -> str:
    return reverse(f"wishes:{name}", args=args)


@pytest.fixture
def campaign(cast: Cast, desk: Actor, now: datetime) -> Campaign:
    return commands.open_campaign(community=cast.nanyuan, title="一元钱一本书", goal="图书角", by=desk, now=now)


def money(now: datetime, fen: int = 100, **more: Any) -> commands.GiftDraft:
    told: dict[str, Any] = {"form": GiftForm.MONEY, "giver_kind": GiverKind.ANONYMOUS, "given_on": localdate(now)}
    return commands.GiftDraft(**(told | {"fen": fen} | more))


def test_sums_follow_receipts_reversals_and_spendings(
    cast: Cast, campaign: Campaign, desk: Actor, now: datetime
) -> None:
    books = commands.GiftDraft(
        GiftForm.GOODS, GiverKind.NAMED, localdate(now), giver_name="书店", goods="图书", quantity=32, measure="本"
    )
    teacher = money(now, 2000, giver_kind=GiverKind.MEMBER, member=cast.teacher_member)
    wrong = commands.receive_gift(campaign=campaign, draft=teacher, by=desk, now=now)
    for draft in (teacher, money(now, 50), books):
        commands.receive_gift(campaign=campaign, draft=draft, by=desk, now=now)
    for _time in range(2):
        back = commands.reverse_gift(gift=wrong, reason="重复登记", by=desk, now=now)
    assert (back.fen, back.reverses, back.number) == (-2000, wrong, 5)
    commands.note_spending(campaign=campaign, spent_on=localdate(now), fen=1500, what="书架", by=desk, now=now)
    row = campaigns(desk).get()
    assert (row.given, row.spent, row.receipts) == (2050, 1500, 3)  # type: ignore[attr-defined]
    assert [(one.goods, one.quantity, one.measure) for one in goods_of(campaign)] == [("图书", 32, "本")]
    assert broken() == []


def test_never_more_is_spent_than_was_given(campaign: Campaign, desk: Actor, now: datetime) -> None:
    gift = commands.receive_gift(campaign=campaign, draft=money(now, 1000), by=desk, now=now)
    today = localdate(now)
    with pytest.raises(RuleBroken) as refused:
        commands.note_spending(campaign=campaign, spent_on=today, fen=1001, what="书", by=desk, now=now)
    assert (refused.value.field, "0.01" in str(refused.value)) == ("yuan", True)
    spent = commands.note_spending(campaign=campaign, spent_on=today, fen=1000, what="书", by=desk, now=now)
    with pytest.raises(RuleBroken):
        commands.reverse_gift(gift=gift, reason="错了", by=desk, now=now)
    commands.reverse_spending(spending=spent, reason="错了", by=desk, now=now)
    commands.reverse_gift(gift=gift, reason="错了", by=desk, now=now)
    assert broken() == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fen": 0}, "yuan"),
        ({"fen": None}, "yuan"),
        ({"given_on": date(2099, 1, 1)}, "given_on"),
        ({"given_on": date(2020, 1, 1)}, "given_on"),
        ({"giver_kind": GiverKind.MEMBER}, "member"),
        ({"giver_kind": GiverKind.NAMED}, "giver_name"),
        ({"form": GiftForm.GOODS}, "goods"),
        ({"form": GiftForm.GOODS, "goods": "书"}, "quantity"),
        ({"form": GiftForm.GOODS, "goods": "书", "quantity": 3}, "measure"),
    ],
)
def test_a_receipt_says_everything(
    campaign: Campaign, desk: Actor, now: datetime, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.receive_gift(campaign=campaign, draft=money(now, **more), by=desk, now=now)
    assert refused.value.field == field
    assert Gift.objects.count() == 0


def test_twice_with_one_id_is_one_receipt(campaign: Campaign, desk: Actor, now: datetime) -> None:
    key = new_id()
    for _time in range(2):
        commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now, id=key)
    with pytest.raises(Conflict):
        commands.receive_gift(campaign=campaign, draft=money(now, 200), by=desk, now=now, id=key)
    assert Gift.objects.count() == 1
    assert AuditEvent.objects.filter(tag="wishes:gift:receive").count() == 1


def test_a_closed_campaign_takes_nothing_and_may_still_be_spent(campaign: Campaign, desk: Actor, now: datetime) -> None:
    commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    commands.close_campaign(campaign=campaign, result="买了书架", by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    assert refused.value.code == "campaign_closed"
    commands.note_spending(campaign=campaign, spent_on=localdate(now), fen=100, what="书架", by=desk, now=now)


def test_who_may(cast: Cast, campaign: Campaign, desk: Actor, now: datetime) -> None:
    gift = commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    for who, refusal in (("member", Forbidden), ("overseer", Forbidden), ("desk_next_door", OutOfScope)):
        by = cast.actor(who)
        for act in (
            lambda by=by: commands.receive_gift(campaign=campaign, draft=money(now), by=by, now=now),
            lambda by=by: commands.reverse_gift(gift=gift, reason="错", by=by, now=now),
            lambda by=by: commands.close_campaign(campaign=campaign, result="好", by=by, now=now),
        ):
            with pytest.raises(refusal):
                act()


CONSTRAINTS: list[tuple[str, dict[str, Any]]] = [
    ("gift_money_or_goods", {"goods": "书"}),
    ("gift_money_or_goods", {"fen": None}),
    ("gift_reversal_negative", {"fen": -1}),
    ("gift_reversal_negative", {"reason": "无"}),
    ("gift_of_member", {"giver_kind": "member"}),
    ("gift_number_once", {"number": 1}),
]


@pytest.mark.parametrize(("name", "spoiled"), CONSTRAINTS)
def test_constraints_refuse(campaign: Campaign, desk: Actor, now: datetime, name: str, spoiled: dict[str, Any]) -> None:
    row = commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    row.pk, row.number = new_id(), 2
    for field, value in spoiled.items():
        setattr(row, field, value)
    row._state.adding = True
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)


def test_receipts_and_numbers_stay(cast: Cast, campaign: Campaign, desk: Actor, now: datetime) -> None:
    commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    commands.note_spending(campaign=campaign, spent_on=localdate(now), fen=1, what="书", by=desk, now=now)
    noted(programme(cast, desk, now), desk, now)
    for model, field in ((Gift, "fen"), (Spending, "fen"), (AidOutcome, "count")):
        for change in (
            lambda model=model, field=field: model.objects.update(**{field: 5}),
            lambda model=model: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()


@pytest.mark.parametrize(
    ("typed", "words"),
    [("-5", "请填写金额"), ("NaN", "请填写金额"), ("1.001", "请填写金额"), ("99999999", "10,000,000元")],
)
def test_a_wrong_sum_says_what_is_wrong(
    cast: Cast, signed_in: SignedIn, campaign: Campaign, typed: str, words: str
) -> None:
    answer = signed_in(cast.desk).post(
        address("gift_new", campaign.pk), {"id": new_id(), "form": "money", "yuan": typed}
    )
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["yuan"])


def test_the_screens_of_a_campaign(cast: Cast, signed_in: SignedIn) -> None:
    desk, member = signed_in(cast.users["desk"]), signed_in(cast.users["member"])
    sent = {"id": new_id(), "community": cast.nanyuan.pk, "title": "一元钱", "goal": "图书角"}
    assert desk.post(address("campaign_new"), sent).status_code == 302
    row = Campaign.objects.get()
    today = localdate().isoformat()
    gift = {"id": new_id(), "form": "money", "yuan": "20.50", "giver_kind": "named", "giver_name": "李店主"}
    assert desk.post(address("gift_new", row.pk), gift | {"given_on": today, "yuan": "1.005"}).status_code == 422
    assert desk.post(address("gift_new", row.pk), gift | {"given_on": today}).status_code == 302
    spent = {"id": new_id(), "spent_on": today, "yuan": "30", "what": "书架"}
    assert desk.post(address("spending_new", row.pk), spent).status_code == 422
    assert desk.post(address("spending_new", row.pk), spent | {"yuan": "20"}).status_code == 302
    shown, seen = (browser.get(row.get_absolute_url()).content.decode() for browser in (desk, member))
    assert "20.50" in shown
    assert "李店主" in shown
    assert "20.50" in seen
    assert "李店主" not in seen
    receipt = Gift.objects.get()
    for kind, magic in (("pdf", b"%PDF"), ("docx", b"PK")):
        paper = desk.post(address("receipt", receipt.pk), {"kind": kind})
        assert paper.content.startswith(magic)
    assert AuditEvent.objects.filter(tag="wishes:gift:print").count() == 2
    assert member.post(address("receipt", receipt.pk)).status_code == 404
    for name, key in (("gift_reversal", receipt.pk), ("spending_reversal", Spending.objects.get().pk)):
        assert desk.post(address(name, key), {"reason": ""}).status_code == 422
        assert member.post(address(name, key), {"reason": "错"}).status_code == 404
    assert member.post(address("gift_new", row.pk), gift).status_code == 403
    assert signed_in(cast.users["desk_next_door"]).get(row.get_absolute_url()).status_code == 404
    assert desk.post(address("spending_reversal", Spending.objects.get().pk), {"reason": "错"}).status_code == 302
    assert desk.post(address("gift_reversal", receipt.pk), {"reason": "错"}).status_code == 302
    assert desk.post(address("campaign_close", row.pk), {"result": "办完了"}).status_code == 302
    assert "办完了" in member.get(row.get_absolute_url()).content.decode()


# --- aid ------------------------------------------------------------------------------------------------------------


def programme(cast: Cast, by: Actor, now: datetime) -> AidProgramme:
    return commands.add_programme(
        community=cast.nanyuan,
        kind=AidKind.objects.get(code="hardship"),
        title="特困扶助",
        run_by="居委会",
        since=localdate(now) - timedelta(days=30),
        by=by,
        now=now,
    )


def noted(row: AidProgramme, by: Actor, now: datetime, count: int = 12, code: str = "households") -> AidOutcome:
    measure, on = AidMeasure.objects.get(code=code), localdate(now)
    return commands.note_outcome(programme=row, measure=measure, on=on, count=count, source="登记册", by=by, now=now)


def test_numbers_are_corrected_by_rows(cast: Cast, desk: Actor, now: datetime) -> None:
    first = noted(programme(cast, desk, now), desk, now, 12)
    right = commands.correct_outcome(outcome=first, count=2, reason="多打一位", by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.correct_outcome(outcome=first, count=3, reason="再改", by=desk, now=now)
    assert refused.value.code == "corrected"
    assert list(AidOutcome.objects.standing()) == [right]
    commands.correct_outcome(outcome=right, count=0, reason="没有这回事", by=desk, now=now)
    assert sum(AidOutcome.objects.standing().values_list("count", flat=True)) == 0


def test_a_programme_has_one_name_and_ends_after_its_numbers(cast: Cast, desk: Actor, now: datetime) -> None:
    row = programme(cast, desk, now)
    with pytest.raises(RuleBroken) as refused:
        programme(cast, desk, now)
    assert refused.value.code == "title_taken"
    noted(row, desk, now)
    with pytest.raises(RuleBroken) as refused:
        commands.end_programme(programme=row, ended_on=localdate(now) - timedelta(days=1), by=desk, now=now)
    assert refused.value.code == "outcome_later"
    commands.end_programme(programme=row, ended_on=localdate(now), by=desk, now=now)


@pytest.mark.parametrize(("year", "code"), [(1, "day_old"), (1900, "day_old"), (2027, "day_ahead")])
def test_a_programme_begins_in_a_year_that_can_be(cast: Cast, desk: Actor, now: datetime, year: int, code: str) -> None:
    said = {"kind": AidKind.objects.all()[0], "title": "帮扶", "run_by": "社区", "since": date(year, 1, 1)}
    with pytest.raises(RuleBroken) as refused:
        commands.add_programme(community=cast.nanyuan, **said, by=desk, now=now)
    assert (refused.value.field, refused.value.code) == ("since", code)


def test_numbers_and_givers_are_the_desks_alone(cast: Cast, campaign: Campaign, desk: Actor, now: datetime) -> None:
    row = programme(cast, desk, now)
    noted(row, desk, now)
    commands.receive_gift(campaign=campaign, draft=money(now), by=desk, now=now)
    assert (len(queries.outcomes_of(row, desk)), len(gifts.receipts_of(campaign, desk))) == (1, 1)
    for key in ("overseer", "desk_next_door", "member", "liaison"):
        other = cast.actor(key)
        assert (queries.outcomes_of(row, other), gifts.receipts_of(campaign, other)) == ([], [])


def test_the_desk_reads_numbers_and_the_street_bands(
    cast: Cast, desk: Actor, signed_in: SignedIn, now: datetime
) -> None:
    row = programme(cast, desk, now)
    noted(row, desk, now, 12)
    noted(row, desk, now, 3, "students")
    noted(row, desk, now, 3, "fairs")
    own = signed_in(cast.users["desk"]).get(row.get_absolute_url())
    assert [one.text for one in own.context["sums"]] == ["12", "3", "3"]
    seen = signed_in(cast.users["overseer"]).get(row.get_absolute_url())
    assert [one.text for one in seen.context["sums"]] == ["10–14", "<5", "3"]
    assert seen.context["outcomes"] == []
    assert signed_in(cast.users["desk_next_door"]).get(row.get_absolute_url()).status_code == 404
    assert signed_in(cast.users["member"]).get(row.get_absolute_url()).status_code == 404


def test_the_screens_of_aid(cast: Cast, signed_in: SignedIn) -> None:
    desk, today = signed_in(cast.users["desk"]), localdate().isoformat()
    kind, measure = AidKind.objects.get(code="student"), AidMeasure.objects.get(code="students")
    sent = {"id": new_id(), "community": cast.nanyuan.pk, "kind": kind.pk, "title": "助学", "since": today}
    assert desk.post(address("programme_new"), sent).status_code == 422
    assert desk.post(address("programme_new"), sent | {"run_by": "社区"}).status_code == 302
    row = AidProgramme.objects.get()
    outcome = {"id": new_id(), "measure": measure.pk, "count": 7, "on": today, "source": "签收表"}
    assert desk.post(address("outcome_new", row.pk), outcome).status_code == 302
    first = AidOutcome.objects.get()
    fixed = {"id": new_id(), "count": 6, "reason": "重复"}
    assert desk.post(address("outcome_correction", first.pk), fixed).status_code == 302
    assert signed_in(cast.users["overseer"]).post(address("outcome_correction", first.pk), fixed).status_code == 404
    assert signed_in(cast.users["overseer"]).post(address("outcome_new", row.pk), outcome).status_code == 403
    assert desk.post(address("programme_end", row.pk), {"ended_on": today}).status_code == 302
    assert desk.get(address("programmes")).status_code == 200
    assert signed_in(cast.users["member"]).get(address("programmes")).status_code == 403


def test_lists_need_a_fixed_number_of_queries(
    cast: Cast,
    desk: Actor,
    signed_in: SignedIn,
    now: datetime,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    browser = signed_in(cast.users["desk"])
    first = commands.open_campaign(community=cast.nanyuan, title="甲", goal="书", by=desk, now=now)
    aided = programme(cast, desk, now)

    def fill(number: int) -> None:
        commands.receive_gift(campaign=first, draft=money(now), by=desk, now=now)
        commands.note_spending(campaign=first, spent_on=localdate(now), fen=1, what="书", by=desk, now=now)
        commands.open_campaign(community=cast.nanyuan, title=f"乙{number}", goal="书", by=desk, now=now)
        noted(aided, desk, now)

    fill(0)
    pages = [address("campaigns"), first.get_absolute_url(), address("programmes"), aided.get_absolute_url()]
    counts = []
    for url in pages:
        browser.get(url)
        with django_assert_max_num_queries(60) as counted:
            assert browser.get(url).status_code == 200
        counts.append(len(counted))
    fill(1)
    fill(2)
    for url, count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            assert browser.get(url).status_code == 200


def test_statistics_of_wishes_and_aid(
    cast: Cast, published: Callable[..., Wish], held: Any, desk: Actor, signed_in: SignedIn, now: datetime
) -> None:
    published(title="一床棉被")
    claim = held()
    commands.fulfil_wish(claim=claim, what="送去", done_on=localdate(now), by=cast.actor("member"), now=now)
    commands.answer_at_desk(wish=claim.wish, word=commands.Word(came_true=True), by=desk, now=now)
    noted(programme(cast, desk, now), desk, now, 12)
    asked = Question(node=cast.nanyuan, by=("community",), on=localdate(now), actor=desk)
    row = figures("wishes", asked).rows[0]
    assert (row["count"], row["wishes_claimed"], row["wishes_fulfilled"]) == (2, 1, 1)
    before = Question(node=cast.nanyuan, by=(), on=localdate(now), until=localdate(now) - timedelta(days=1), actor=desk)
    assert figures("wishes", before).rows == []
    assert figures("aid", asked).total == 12
    street = Question(node=cast.street, by=("outcome",), on=localdate(now), actor=cast.actor("overseer"))
    assert figures("aid", street).total == 10
    browser = signed_in(cast.users["desk"])
    shown = browser.get("/reports/wishes/", {"by": ["kind"], "on": localdate(now).isoformat()}).context["shown"]
    for number, url in shown.rows[0].cells:
        assert browser.get(url).context["listing"].total == number, url

"""Joint-building agreements with their deliveries and papers; the competition of projects; figures."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.councils import commands, papers
from guangcai.councils.enums import BodyKind, Side
from guangcai.councils.models import Contest, ContestEntry, Delivery, JointAgreement, JointPledge
from guangcai.councils.queries import agreements as queries
from guangcai.councils.queries import contests, counts
from tests.cast import Cast
from tests.councils.conftest import DAY, broken, finish, set_up

pytestmark = pytest.mark.django_db
ITEMS = (
    commands.ItemDraft(Side.UNIT, "开放图书室", 24, "次"),
    commands.ItemDraft(Side.COMMUNITY, "组织护学岗", 100, "人次"),
)


def draw_up(
    cast: Cast, by: Actor, now: datetime, *, days: int = 365, unit: str = "school", items=ITEMS
) -> JointAgreement:
    draft = commands.AgreementDraft(cast.units[unit], now.date(), now.date() + days * DAY, items)
    return commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=by, now=now)


@pytest.fixture
def agreement(cast: Cast, desk: Actor, now: datetime) -> JointAgreement:
    return draw_up(cast, desk, now)


def test_signed_delivered_renewed(
    cast: Cast, agreement: JointAgreement, desk: Actor, liaison: Actor, now: datetime
) -> None:
    assert agreement.number == f"GJ210802001002-{now.year}-0001"
    (item, _other) = agreement.items.all()  # type: ignore[attr-defined]

    def deliver(by: Actor, quantity: int, *, days: int = 0, key: object = None) -> Delivery:
        day = now.date() + days * DAY
        return commands.note_delivery(item=item, delivered_on=day, quantity=quantity, by=by, now=now, id=key)

    with pytest.raises(RuleBroken) as refused:
        deliver(desk, 1)
    assert refused.value.code == "not_signed"
    signed = commands.sign_agreement(agreement=agreement, signature=commands.Signature("何静"), by=liaison, now=now)
    assert (signed.signed_how, signed.signer_name) == ("screen", "何静")
    key = new_id()
    assert deliver(desk, 6, key=key) == deliver(desk, 6, key=key)
    deliver(liaison, 3)
    assert [(line.delivered, line.percent) for line in queries.items_of(agreement)] == [(9, 37), (0, 0)]
    for days in (1, -1):
        with pytest.raises(RuleBroken) as refused:
            deliver(desk, 1, days=days)
        assert refused.value.code == "delivery_day"
    made = commands.renew_agreement(agreement=agreement, by=desk, now=now)
    assert commands.renew_agreement(agreement=agreement, by=desk, now=now) == made
    assert (made.starts_on, made.items.count()) == (agreement.until + DAY, 2)  # type: ignore[attr-defined]
    commands.end_agreement(agreement=agreement, reason="单位搬迁", by=liaison, now=now)
    commands.end_agreement(agreement=agreement, reason="单位搬迁", by=liaison, now=now)
    with pytest.raises(RuleBroken):
        deliver(desk, 1)
    assert broken() == []


def test_paper_and_screen(cast: Cast, agreement: JointAgreement, desk: Actor, now: datetime) -> None:
    def sign(signature: commands.Signature) -> JointAgreement:
        return commands.sign_agreement(agreement=agreement, signature=signature, by=desk, now=now)

    for signature, field in (
        (commands.Signature("孙院长"), "signed_on"),
        (commands.Signature("孙院长", now.date()), "paper_note"),
        (commands.Signature(" ", now.date(), "档案柜"), "signer_name"),
        (commands.Signature("孙院长", now.date() + DAY, "档案柜"), "signed_on"),
    ):
        with pytest.raises(RuleBroken) as refused:
            sign(signature)
        assert refused.value.field == field
    row = sign(commands.Signature("孙院长", now.date(), "档案柜"))
    assert papers.agreement_docx(row)[:2] == b"PK"
    assert papers.agreement_pdf(row)[:4] == b"%PDF"


def test_two_terms_never_overlap(cast: Cast, agreement: JointAgreement, desk: Actor, now: datetime) -> None:
    with pytest.raises(Conflict) as refused:
        draw_up(cast, desk, now, days=3)
    assert refused.value.code == "term_taken"
    assert draw_up(cast, desk, now, unit="police_branch").number.endswith("0002")
    with pytest.raises(IntegrityError), transaction.atomic():
        JointAgreement.objects.create(
            community=agreement.community,
            path=agreement.path,
            district_code=agreement.district_code,
            work_unit=agreement.work_unit,
            number="x",
            starts_on=agreement.starts_on,
            until=agreement.until,
            drawn_up_at=now,
        )
    with pytest.raises(RuleBroken) as refused:
        draw_up(cast, desk, now, unit="police_branch", items=ITEMS[:1])
    assert refused.value.field == "items"


def test_who_may_not(cast: Cast, agreement: JointAgreement, member: Actor, now: datetime) -> None:
    for who, error in (("liaison_next_door", OutOfScope), ("desk_next_door", OutOfScope), ("overseer", Forbidden)):
        with pytest.raises(error):
            commands.end_agreement(agreement=agreement, reason="x", by=cast.actor(who), now=now)
        with pytest.raises(error):
            draw_up(cast, cast.actor(who), now)
    seen = {who: JointAgreement.objects.visible_to(cast.actor(who)).count() for who in ("liaison", "liaison_next_door")}
    assert seen == {"liaison": 1, "liaison_next_door": 0}


def open_it(cast: Cast, desk: Actor, now: datetime, weights: tuple[int, int] = (60, 40)) -> Contest:
    criteria = list(zip(("居民受益", "可持续"), weights, strict=True))
    closes_on = now.date() + 9 * DAY
    return commands.open_contest(
        node=cast.nanyuan, name="评比", closes_on=closes_on, criteria=criteria, by=desk, now=now
    )


def enter(contest: Contest, cast: Cast, desk: Actor, now: datetime, unit: str) -> ContestEntry:
    return commands.enter_contest(
        contest=contest, work_unit=cast.units[unit], title=unit, text="项目", by=desk, now=now
    )


def refused_by(call: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.code


def test_a_scoring_sheet(cast: Cast, desk: Actor, now: datetime) -> None:
    assert refused_by(lambda: open_it(cast, desk, now, (60, 30))) == "weights"
    contest = open_it(cast, desk, now)
    entries = [enter(contest, cast, desk, now, unit) for unit in ("school", "police_branch")]
    assert refused_by(lambda: enter(contest, cast, desk, now + 20 * DAY, "school")) == "entries_closed"
    criteria = list(contest.criteria.all())  # type: ignore[attr-defined]
    for entry, points in zip(entries, ((5, 5), (9, 8)), strict=True):
        for judge in (1, 1, 2):
            given = dict(zip(criteria, points, strict=True))
            commands.write_scores(entry=entry, judge=judge, points=given, by=desk, now=now)
    eleven = {criteria[0]: 11}
    assert (
        refused_by(lambda: commands.write_scores(entry=entries[0], judge=1, points=eleven, by=desk, now=now))
        == "points"
    )
    assert [(line.entry.title, line.points, line.judges) for line in contests.entries_of(contest)] == [
        ("police_branch", "8.60", 2),
        ("school", "5.00", 2),
    ]


def test_a_result_stays(cast: Cast, desk: Actor, now: datetime) -> None:
    contest = open_it(cast, desk, now)
    entries = [enter(contest, cast, desk, now, unit) for unit in ("school", "police_branch")]
    awards = {one.pk: "一等奖" for one in entries}
    publish = lambda: commands.publish_contest(contest=contest, awards=awards, by=desk, now=now)  # noqa: E731
    assert refused_by(publish) == "no_shortlist"
    commands.shortlist(contest=contest, entries=[entries[1].pk], by=desk, now=now)
    assert publish() == publish()
    assert dict(ContestEntry.objects.values_list("title", "award")) == {"school": "", "police_branch": "一等奖"}
    again = lambda by: commands.shortlist(contest=contest, entries=[], by=by, now=now)  # noqa: E731
    assert refused_by(lambda: again(desk)) == "published"
    with pytest.raises(Forbidden):
        again(cast.actor("member"))


def test_figures(cast: Cast, pledge: JointPledge, agreement: JointAgreement, liaison: Actor, now: datetime) -> None:
    paths, on = [cast.district.path], now.date() + 40 * DAY
    assert counts.count_proposals(paths, by=("state",), on=on) == [{"state": "单位已承诺", "count": 1}]
    (row,) = counts.count_promises(paths, by=("unit",), on=on)
    assert row == {"unit": "站前区实验小学", "count": 1, "kept": 0, "kept_late": 0, "late": 1}
    finish(pledge, liaison, now + 40 * DAY)
    (row,) = counts.count_promises(paths, by=(), on=on)
    assert row == {"count": 1, "kept": 0, "kept_late": 1, "late": 0}
    assert [(one.street, one.communities, one.joint, one.agreed) for one in counts.coverage(paths, on=on)] == [
        ("东风街道", 2, 1, 0),
        ("建设街道", 1, 0, 0),
    ]
    assert counts.count_agreements(paths, by=("community",), on=on) == []
    commands.sign_agreement(agreement=agreement, signature=commands.Signature("何静"), by=liaison, now=now)
    assert counts.count_agreements(paths, by=("community",), on=on) == [
        {"community": "南园社区", "count": 1, "units": 1}
    ]
    set_up(cast.gongyuan, BodyKind.JOINT, "公园联席会", Actor.system(), now)
    assert [one.joint for one in counts.coverage(paths, on=on)] == [2, 0]

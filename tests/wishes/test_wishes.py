"""The life of a wish through the commands: what each changes, who may, what it refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils.timezone import localdate

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import merge_members
from guangcai.orgs.commands import set_policy
from guangcai.orgs.enums import PolicyKey
from guangcai.wishes import commands
from guangcai.wishes.enums import WishChannel, WishEnd, WishState
from guangcai.wishes.models import (
    ThanksConsent,
    Wish,
    WishAnswer,
    WishAsker,
    WishClaim,
    WishFulfilment,
    WishKind,
    WishOpening,
    WishStep,
    WishThanks,
)
from tests.cast import Cast, make_member
from tests.wishes.conftest import NAME, PHONE, broken, wish_draft

pytestmark = pytest.mark.django_db
YES, NOT_YET = commands.Word(came_true=True), commands.Word(came_true=False, words="收音机没有声音")


def fulfilled(claim: WishClaim, by: Actor, now: datetime) -> WishFulfilment:
    return commands.fulfil_wish(claim=claim, what="送去一台新收音机", done_on=localdate(now), by=by, now=now)


def states(wish: Wish) -> list[str]:
    return list(WishStep.objects.filter(wish=wish).order_by("at", "pk").values_list("new", flat=True))


def tags() -> list[str]:
    rows = AuditEvent.objects.filter(tag__startswith="wishes:").order_by("at", "pk")
    return list(rows.values_list("tag", flat=True))


def test_the_whole_life_is_one_row_with_its_steps(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, secretary: Actor, now: datetime
) -> None:
    claim, teacher = held(), cast.actor("member")
    fulfilled(claim, teacher, now)
    commands.answer_at_desk(wish=claim.wish, word=NOT_YET, by=desk, now=now)
    again = now + timedelta(hours=1)
    fulfilled(claim, teacher, again)
    commands.answer_at_desk(wish=claim.wish, word=YES, by=desk, now=again)
    consent = commands.Consent(localdate(now), "电话里同意")
    thanks = commands.note_thanks(wish=claim.wish, words="天天都听，谢谢", consent=consent, by=desk, now=again)
    commands.publish_thanks(thanks=thanks, by=secretary, now=again)
    wish = Wish.objects.get()
    assert wish.state == WishState.CONFIRMED
    assert " ".join(states(wish)) == "collected verified published claimed fulfilled claimed fulfilled confirmed"
    assert list(WishAnswer.objects.order_by("at").values_list("came_true", flat=True)) == [False, True]
    assert WishClaim.objects.get().end_reason == "came_true"
    assert WishThanks.objects.published().count() == 1
    assert sorted(set(tags())) == [
        "wishes:claim:add",
        "wishes:claim:confirm",
        "wishes:claim:end",
        "wishes:thanks:add",
        "wishes:thanks:consent",
        "wishes:thanks:publish",
        "wishes:wish:answer",
        "wishes:wish:collect",
        "wishes:wish:fulfil",
        "wishes:wish:publish",
        "wishes:wish:verify",
    ]
    assert broken() == []


def test_the_wisher_stands_apart_and_sealed(collected: Callable[..., Wish]) -> None:
    collected()
    with connection.cursor() as cursor:
        cursor.execute("SELECT w.*, a.* FROM wishes_wish w JOIN wishes_wishasker a ON a.wish_id = w.id")
        row = b"".join(bytes(one) if isinstance(one, memoryview) else str(one).encode() for one in cursor.fetchone())
    for secret in (NAME, PHONE, "收音机", "501"):
        assert secret.encode() not in row
    assert (WishAsker.objects.get().name, WishAsker.objects.get().phone) == (NAME, f"+86{PHONE}")
    details = "".join(str(line.details) for line in AuditEvent.objects.all())
    assert NAME not in details
    assert PHONE not in details


def test_collecting_twice_with_one_id_is_one_wish(cast: Cast, desk: Actor, now: datetime) -> None:
    key = new_id()
    for _time in range(2):
        commands.collect_wish(community=cast.nanyuan, draft=wish_draft(), by=desk, now=now, id=key)
    assert Wish.objects.count() == 1
    with pytest.raises(Conflict):
        commands.collect_wish(community=cast.nanyuan, draft=wish_draft(said="别的"), by=desk, now=now, id=key)


def test_who_may_collect(cast: Cast, now: datetime) -> None:
    for who, refusal in (("member", Forbidden), ("overseer", Forbidden), ("desk_next_door", OutOfScope)):
        with pytest.raises(refusal):
            commands.collect_wish(community=cast.nanyuan, draft=wish_draft(), by=cast.actor(who), now=now)


def test_a_resident_asks_without_an_account_and_says_how_to_reach_him(cast: Cast, now: datetime) -> None:
    nobody = Actor()
    with pytest.raises(RuleBroken) as refused:
        commands.ask_wish(community=cast.nanyuan, draft=wish_draft(phone=""), by=nobody, now=now)
    assert refused.value.field == "phone"
    made = commands.ask_wish(community=cast.nanyuan, draft=wish_draft(channel=WishChannel.ONLINE), by=nobody, now=now)
    assert (made.collected_by, made.channel, len(made.asker.code)) == (None, "online", 16)


@pytest.mark.parametrize("field", ["title", "words"])
@pytest.mark.parametrize("text", ["王 桂 芳的收音机", "送到3号楼2单元501", "电话 一三六一二三四零零零一"])
def test_the_gate_stands_before_the_wall(
    collected: Callable[..., Wish], desk: Actor, now: datetime, field: str, text: str
) -> None:
    words = {"title": "一台收音机", "words": "想要一台收音机", field: text}
    kind = WishKind.objects.get(code="goods")
    with pytest.raises(RuleBroken) as refused:
        commands.verify_wish(wish=collected(), kind=kind, people=1, by=desk, now=now, **words)
    assert (refused.value.field, refused.value.code) == (field, "not_publishable")


def test_words_spoiled_before_publishing_are_refused_again(
    collected: Callable[..., Wish], desk: Actor, now: datetime
) -> None:
    kind = WishKind.objects.get(code="goods")
    words = {"title": "一台收音机", "words": "想要一台收音机", "people": 1}
    row = commands.verify_wish(wish=collected(), kind=kind, by=desk, now=now, **words)
    Wish.objects.update(words="找13612340001")
    with pytest.raises(RuleBroken):
        commands.publish_wish(wish=row, by=desk, now=now)


def test_a_refusal_says_why_to_the_wisher(collected: Callable[..., Wish], desk: Actor, now: datetime) -> None:
    wish = collected()
    for reason, note, field in ((WishEnd.MET, "有了", "reason"), (WishEnd.TOO_LARGE, " ", "note")):
        with pytest.raises(RuleBroken) as refused:
            commands.end_wish(wish=wish, reason=reason, note=note, by=desk, now=now)
        assert refused.value.field == field
    for _time in range(2):
        row = commands.end_wish(wish=wish, reason=WishEnd.TOO_LARGE, note="装电梯要由街道立项", by=desk, now=now)
    assert (row.state, row.end_reason, row.end_note) == ("ended", "too_large", "装电梯要由街道立项")
    assert tags().count("wishes:wish:end") == 1


def test_the_second_gets_a_sentence(
    cast: Cast, published: Callable[..., Wish], neighbours: Any, desk: Actor, now: datetime
) -> None:
    wish, people = published(), neighbours(2)
    first = commands.claim_wish(wish=wish, member=people[0][0], by=people[0][1], now=now)
    assert first.state == CommitmentState.OFFERED
    with pytest.raises(RuleBroken) as refused:
        commands.claim_wish(wish=wish, member=people[1][0], by=people[1][1], now=now)
    assert refused.value.code == "taken"
    with pytest.raises(RuleBroken) as refused:
        commands.claim_wish(wish=wish, member=people[0][0], by=people[0][1], now=now)
    assert refused.value.code == "already_claimed"


def test_others_help_the_one_who_has_it_and_take_over(
    cast: Cast, published: Callable[..., Wish], neighbours: Any, desk: Actor, now: datetime
) -> None:
    wish, people = published(people=2), neighbours(3)
    (one, by_one), (two, by_two), (three, by_three) = people
    lead = commands.claim_wish(wish=wish, member=one, by=by_one, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.claim_wish(wish=wish, member=two, by=by_two, now=now)
    assert refused.value.code == "join_instead"
    helper = commands.join_claim(wish=wish, member=two, by=by_two, now=now)
    assert helper.lead_id == lead.pk
    with pytest.raises(RuleBroken) as refused:
        commands.join_claim(wish=wish, member=three, by=by_three, now=now)
    assert refused.value.code == "enough"
    commands.end_claim(claim=lead, reason=EndReason.NO_TIME, note="", by=by_one, now=now)
    helper.refresh_from_db()
    assert (helper.lead_id, Wish.objects.get().state) == (None, "claimed")
    commands.end_claim(claim=helper, reason=EndReason.NO_TIME, note="", by=by_two, now=now)
    assert Wish.objects.get().state == "published"
    assert broken() == []


def test_a_lot_gives_the_wish_to_one_and_then_to_the_next(
    cast: Cast, published: Callable[..., Wish], neighbours: Any, desk: Actor, now: datetime
) -> None:
    set_policy(
        node=cast.nanyuan,
        key=PolicyKey.CLAIM_RULE,
        value={"order": "lot", "days": 3},
        since=localdate(now),
        source="试行",
        by=Actor.system(),
        now=now,
    )
    wish, (late, *people) = published(), neighbours(5)
    claims = [commands.claim_wish(wish=wish, member=m, by=a, now=now) for m, a in people]
    assert {claim.state for claim in claims} == {CommitmentState.WAITING}
    with pytest.raises(RuleBroken) as refused:
        commands.allot_wish(wish=wish, by=desk, now=now)
    assert refused.value.code == "still_collecting"
    later = now + timedelta(days=3)
    with pytest.raises(RuleBroken) as refused:
        commands.claim_wish(wish=wish, member=late[0], by=late[1], now=later)
    assert refused.value.code == "claims_over"
    given = commands.allot_wish(wish=wish, by=desk, now=later)
    assert given is not None
    assert commands.allot_wish(wish=wish, by=desk, now=later) == given
    assert broken() == []
    commands.end_claim(claim=given, reason=EndReason.AGREED, note="", by=desk, now=later)
    assert WishClaim.objects.leading().get().rank == 2
    assert Wish.objects.get().state == "claimed"
    assert broken() == []


def test_a_lot_for_several_fills_every_place_and_lets_nobody_past_who_waits(
    cast: Cast, published: Callable[..., Wish], neighbours: Any, desk: Actor, now: datetime
) -> None:
    rule = {"key": PolicyKey.CLAIM_RULE, "value": {"order": "lot", "days": 3}, "source": "试行"}
    set_policy(node=cast.nanyuan, **rule, since=localdate(now), by=Actor.system(), now=now)
    wish, ((late, by_late), *people), later = published(people=2), neighbours(5), now + timedelta(days=3)
    for member, own in people:
        commands.claim_wish(wish=wish, member=member, by=own, now=now)
    lead = commands.allot_wish(wish=wish, by=desk, now=later)
    assert lead is not None

    def ranks() -> list[tuple[int | None, bool]]:
        rows = WishClaim.objects.live().filter(given_at__isnull=False).order_by("rank")
        return [(row.rank, row.lead_id is None) for row in rows]

    assert ranks() == [(1, True), (2, False)]
    commands.end_claim(claim=WishClaim.objects.get(rank=2), reason=EndReason.AGREED, note="", by=desk, now=later)
    assert ranks() == [(1, True), (3, False)]
    with pytest.raises(RuleBroken) as refused:
        commands.join_claim(wish=wish, member=late, by=by_late, now=later)
    assert refused.value.code == "enough"
    commands.end_claim(claim=lead, reason=EndReason.AGREED, note="", by=desk, now=later)
    assert ranks() == [(3, True), (4, False)]
    for rank in (4, 3):
        commands.end_claim(claim=WishClaim.objects.get(rank=rank), reason=EndReason.AGREED, note="", by=desk, now=later)
    assert (Wish.objects.get().state, broken()) == ("published", [])


def test_nobody_confirms_what_he_takes_on(
    cast: Cast, published: Callable[..., Wish], desk: Actor, now: datetime
) -> None:
    mine = make_member(cast, "worker", "周社工", "13712349999", community=cast.nanyuan, unit=cast.school)
    own = Actor(user_id=desk.user_id, member_id=mine.pk, holdings=desk.holdings + cast.actor("member").holdings)
    claim = commands.claim_wish(wish=published(), member=mine, by=own, now=now)
    with pytest.raises(RuleBroken):
        commands.confirm_claim(claim=claim, by=own, now=now)
    claim = commands.confirm_claim(claim=claim, by=desk, now=now)
    fulfilled(claim, own, now)
    for act in (
        lambda: commands.answer_at_desk(wish=claim.wish, word=YES, by=own, now=now),
        lambda: commands.end_wish(wish=claim.wish, reason=WishEnd.UNREACHABLE, note="电话停机", by=own, now=now),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.code == "own_wish"


def test_the_name_is_opened_by_the_desk_and_whoever_holds_it_now(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, now: datetime
) -> None:
    claim, teacher = held(), cast.actor("member")
    for _time in range(2):
        commands.open_asker(wish=claim.wish, by=teacher, now=now)
    commands.open_asker(wish=claim.wish, by=desk, now=now)
    assert (WishOpening.objects.count(), tags().count("wishes:asker:open")) == (2, 2)
    commands.end_claim(claim=claim, reason=EndReason.NO_TIME, note="", by=teacher, now=now)
    with pytest.raises(Forbidden):
        commands.open_asker(wish=claim.wish, by=teacher, now=now + timedelta(hours=1))
    with pytest.raises(Forbidden):
        commands.open_asker(wish=claim.wish, by=cast.actor("overseer"), now=now)


def test_before_the_community_confirmed_nobody_learns_the_name(
    cast: Cast, published: Callable[..., Wish], now: datetime
) -> None:
    wish, teacher = published(), cast.actor("member")
    commands.claim_wish(wish=wish, member=cast.teacher_member, by=teacher, now=now)
    with pytest.raises(Forbidden):
        commands.open_asker(wish=wish, by=teacher, now=now)


def test_the_wisher_answers_with_his_code_and_his_word_is_final(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, now: datetime
) -> None:
    claim, nobody = held(), Actor()
    asker = claim.wish.asker
    with pytest.raises(RuleBroken) as refused:
        commands.answer_with_code(asker=asker, word=YES, by=nobody, now=now)
    assert refused.value.code == "not_asked"
    fulfilled(claim, cast.actor("member"), now)
    with pytest.raises(RuleBroken) as refused:
        commands.end_claim(claim=claim, reason=EndReason.NO_TIME, note="", by=cast.actor("member"), now=now)
    assert refused.value.code == "wisher_asked"
    word = commands.Word(came_true=True, id=new_id())
    for _time in range(2):
        commands.answer_with_code(asker=asker, word=word, by=nobody, now=now)
    for late in (
        lambda: commands.answer_at_desk(wish=claim.wish, word=NOT_YET, by=desk, now=now),
        lambda: commands.end_wish(wish=claim.wish, reason=WishEnd.WITHDRAWN, note="算了", by=desk, now=now),
        lambda: commands.take_back_wish(asker=asker, by=nobody, now=now),
    ):
        with pytest.raises(RuleBroken):
            late()
    assert WishAnswer.objects.count() == 1
    assert broken() == []


def test_thanks_need_consent_and_a_second_reader(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, secretary: Actor, now: datetime
) -> None:
    claim = held()
    fulfilled(claim, cast.actor("member"), now)
    commands.answer_at_desk(wish=claim.wish, word=YES, by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.note_thanks(wish=claim.wish, words=f"谢谢，{NAME}", consent=None, by=desk, now=now)
    assert refused.value.code == "not_publishable"
    thanks = commands.note_thanks(wish=claim.wish, words="谢谢", consent=None, by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.publish_thanks(thanks=thanks, by=secretary, now=now)
    assert refused.value.code == "no_consent"
    consent = commands.Consent(localdate(now), "当面")
    commands.note_thanks(wish=claim.wish, words="谢谢", consent=consent, by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.publish_thanks(thanks=thanks, by=desk, now=now)
    assert refused.value.code == "second_reader"
    for _time in range(2):
        commands.publish_thanks(thanks=thanks, by=secretary, now=now)
    assert WishThanks.objects.published().count() == 1
    assert commands.withdraw_consent(asker=claim.wish.asker, by=Actor(), now=now) == 1
    assert commands.withdraw_consent(asker=claim.wish.asker, by=Actor(), now=now) == 0
    assert WishThanks.objects.published().count() == 0
    assert ThanksConsent.objects.get().withdrawn_at == now


def test_work_for_a_wish_is_an_entry_that_names_no_wisher(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, now: datetime
) -> None:
    claim = held()
    begins = now - timedelta(hours=2)
    work = commands.Work(begins, begins + timedelta(hours=1), 60, "挑选并送去收音机", True, new_id())
    for _time in range(2):
        commands.log_work(claim=claim, work=work, by=cast.actor("member"), now=now)
    entry = ServiceEntry.objects.get()
    assert (entry.source, entry.minutes, entry.deeds) == (f"wish:{claim.pk}:{work.id}", 60, 1)
    assert NAME not in f"{entry.activity_name}{entry.place}{entry.content}"


def test_a_wish_grows_out_of_one_need_once(cast: Cast, desk: Actor, now: datetime) -> None:
    origin = {"from_kind": "care.need", "from_id": new_id(), "channel": WishChannel.VISIT}
    commands.collect_wish(community=cast.nanyuan, draft=wish_draft(**origin), by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.collect_wish(community=cast.nanyuan, draft=wish_draft(**origin), by=desk, now=now)
    assert refused.value.code == "origin_taken"


def test_the_name_is_forgotten_half_a_year_after_the_end(
    collected: Callable[..., Wish], desk: Actor, now: datetime
) -> None:
    commands.end_wish(wish=collected(), reason=WishEnd.NOT_OURS, note="请找房产局", by=desk, now=now)
    assert commands.forget_askers(now=now + timedelta(days=179)) == 0
    assert commands.forget_askers(now=now + timedelta(days=181)) == 1
    assert commands.forget_askers(now=now + timedelta(days=181)) == 0
    row = WishAsker.objects.get()
    assert (row.name, row.phone, row.address, row.said, bool(row.code)) == ("", "", "", "", True)


def test_a_lost_code_is_replaced(collected: Callable[..., Wish], desk: Actor, now: datetime) -> None:
    wish = collected()
    old = wish.asker.code
    new = commands.renew_code(wish=wish, by=desk, now=now)
    assert new.code != old
    assert WishAsker.objects.get().code == new.code


def test_two_records_of_one_member_keep_one_claim(
    cast: Cast, published: Callable[..., Wish], neighbours: Any, desk: Actor, now: datetime
) -> None:
    wish, ((gone, by_gone),) = published(people=3), neighbours(1)
    commands.claim_wish(wish=wish, member=gone, by=by_gone, now=now)
    commands.join_claim(wish=wish, member=cast.teacher_member, by=cast.actor("member"), now=now)
    merge_members(kept=cast.teacher_member, gone=gone, by=desk, now=now)
    rows = {row.end_reason: row for row in WishClaim.objects.all()}
    assert set(rows) == {"", "merged"}
    assert {row.member_id for row in rows.values()} == {cast.teacher_member.pk}
    assert broken() == []


def test_messages_name_nobody_and_reach_the_member(cast: Cast, held: Callable[..., WishClaim], now: datetime) -> None:
    claim = held()
    assert list(Outbox.objects.values_list("template", flat=True)) == ["wish_confirmed"]
    assert Outbox.objects.get().parameters == {"title": claim.wish.title}


CONSTRAINTS: list[tuple[str, Callable[[WishClaim], object]]] = [
    ("wish_verified_whole", lambda claim: Wish.objects.update(kind=None)),
    ("wish_published_with_order", lambda claim: Wish.objects.update(claim_order="")),
    ("wish_on_wall_published", lambda claim: Wish.objects.update(published_at=None, claim_order="")),
    ("wish_lot_sealed", lambda claim: Wish.objects.update(claim_order="lot")),
    ("wish_ended_whole", lambda claim: Wish.objects.update(state="ended")),
    ("wish_people", lambda claim: Wish.objects.update(people=0)),
    ("wish_origin_whole", lambda claim: Wish.objects.update(from_kind="care.need")),
    ("wish_has_code", lambda claim: WishAsker.objects.update(code_index="")),
    ("wish_claim_given_before_confirmed", lambda claim: WishClaim.objects.update(given_at=None)),
    ("wish_claim_leads_another", lambda claim: WishClaim.objects.update(lead=claim)),
    ("wishclaim_confirmed_before_held", lambda claim: WishClaim.objects.update(confirmed_at=None)),
    ("wishclaim_ended_whole", lambda claim: WishClaim.objects.update(end_reason="merged")),
]


@pytest.mark.parametrize(("name", "spoil"), CONSTRAINTS, ids=[name for name, _spoil in CONSTRAINTS])
def test_constraints_refuse(held: Callable[..., WishClaim], name: str, spoil: Callable[[WishClaim], object]) -> None:
    claim = held()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        spoil(claim)


def test_a_wish_has_one_live_claim(cast: Cast, held: Callable[..., WishClaim], neighbours: Any, now: datetime) -> None:
    claim, ((member, _actor),) = held(), neighbours(1)
    columns = {name: getattr(claim, name) for name in ("wish", "community", "path", "district_code", "offered_at")}
    with pytest.raises(IntegrityError, match="wish_given_once"), transaction.atomic():
        WishClaim.objects.create(**columns, member=member, given_at=now)
    with pytest.raises(IntegrityError, match="wish_claimed_once"), transaction.atomic():
        WishClaim.objects.create(**columns, member=claim.member)


@pytest.mark.parametrize("model", [WishStep, WishFulfilment, WishAnswer])
def test_what_happened_stays(
    cast: Cast, held: Callable[..., WishClaim], desk: Actor, now: datetime, model: Any
) -> None:
    claim = held()
    fulfilled(claim, cast.actor("member"), now)
    commands.answer_at_desk(wish=claim.wish, word=YES, by=desk, now=now)
    field = {WishStep: {"new": "ended"}, WishFulfilment: {"done_on": now}, WishAnswer: {"came_true": False}}[model]
    for change in (lambda: model.objects.update(**field), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

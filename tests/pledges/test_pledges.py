"""Making, marking, ending, reviewing: what holds, who may, what is written down."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.commands import reverse
from guangcai.members.commands import merge_members
from guangcai.pledges import checks, commands, rules
from guangcai.pledges.enums import Finding, Measure, PledgeState
from guangcai.pledges.models import Item, Pledge, PledgeLine, PledgeMark, PledgeReview, Template, Version
from guangcai.pledges.queries.fulfilment import entries_behind, fulfilment
from guangcai.pledges.rules import Promise, Written
from tests.cast import Cast, make_member
from tests.pledges.conftest import YEAR_END, content, serve, version_of

NEW_YEAR = datetime.fromisoformat("2027-01-05T02:00:00+00:00")


def broken() -> list[str]:
    found = [checks.no_empty_pledge, checks.pledges_follow_their_version, checks.nothing_drawn_is_marked]
    found += [checks.no_review_of_what_was_given_up, checks.pledges_are_due_in_their_year]
    return [line for check in found for line in check()]


def code_of(call: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.code


def note_line(pledge: Pledge) -> PledgeLine:
    return pledge.lines.get(measure=Measure.NOTE)


def tags() -> list[str]:
    found = AuditEvent.objects.filter(tag__startswith="pledges:").order_by("pk").values_list("tag", flat=True)
    return [tag for tag in found if tag != "pledges:version:add"]


def test_a_pledge_holds_from_the_day_on_which_it_is_made(cast: Cast, pledged: Any, now: datetime) -> None:
    key = new_id()
    own = cast.actor("member")
    pledge = pledged(by=own)
    assert (pledge.held_since, pledge.until, pledge.state_on(now.date())) == (now.date(), YEAR_END, PledgeState.RUNNING)
    assert [(line.text, line.measure, line.times) for line in pledge.lines.all()] == [
        ("带头维护社会治安", "kind", 2),
        ("带头创建文明楼组", "note", 1),
    ]
    assert code_of(lambda: pledged(by=own)) == "already_pledged"
    other = version_of("own_words")
    words = {"version": other, "member": cast.teacher_member, "by": own, "now": now}
    made = commands.make_pledge(**words, content=content(promises=[Promise("每周教邻居用手机")]), id=key)
    assert commands.make_pledge(**words, content=content(promises=[Promise("每周教邻居用手机")]), id=key) == made
    with pytest.raises(Conflict):
        commands.make_pledge(
            **words, content=content(promises=[Promise("x")], year=2027, due_on=date(2027, 3, 1)), id=key
        )
    assert tags() == ["pledges:pledge:make"] * 2
    assert broken() == []


def test_every_refusal_has_its_name(cast: Cast, pledged: Any, now: datetime) -> None:
    assert code_of(lambda: pledged(promises=[])) == "nothing_chosen"
    assert code_of(lambda: pledged(promises=[Promise(str(n)) for n in range(13)])) == "too_many"
    assert code_of(lambda: pledged(promises=[Promise("a", times=0)])) == "times"
    assert code_of(lambda: pledged(promises=[Promise(" ")])) == "item_empty"
    assert code_of(lambda: pledged(promises=[Promise("长" * 121)])) == "item_long"
    assert code_of(lambda: pledged(year=2025, due_on=date(2025, 12, 31))) == "pledge_year"
    assert code_of(lambda: pledged(due_on=date(2027, 1, 1))) == "due"
    assert code_of(lambda: pledged(due_on=now.date() - timedelta(days=1))) == "due"
    cast.teacher_member.ended_at = now
    cast.teacher_member.save()
    assert code_of(pledged) == "no_community"
    assert Pledge.objects.count() == 0


def test_whose_pledge_it_may_be(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    with pytest.raises(OutOfScope):
        pledged(by=cast.actor("member_next_door"))
    with pytest.raises(Forbidden):
        pledged(by=cast.actor("overseer"))
    version, member = version_of("six_leads"), cast.teacher_member
    made = {"version": version, "member": member, "content": content(), "by": desk, "now": now}
    assert code_of(lambda: commands.make_pledge(**made)) == "asked_missing"
    assert commands.make_pledge(**made, asked="本人到服务台提出").offered_by == desk.user_id


def test_a_version_of_another_community_is_not_pledged(cast: Cast, pledged: Any, now: datetime) -> None:
    version = commands.add_version(
        template=Template.objects.get(code="seven_ones"),
        node=cast.gongyuan,
        items=[Written("读一本书")],
        since_year=2026,
        source="",
        by=cast.actor("desk_next_door"),
        now=now,
    )
    with pytest.raises(OutOfScope):
        pledged(version=version)


def test_fulfilment_is_drawn_from_confirmed_service(cast: Cast, pledged: Any, now: datetime) -> None:
    pledge, member = pledged(), cast.teacher_member
    first = serve(cast, member, days_ago=3, now=now)
    serve(cast, member, days_ago=4, now=now, kind="culture")
    line = pledge.lines.get(measure=Measure.KIND)
    state = fulfilment([pledge])[pledge.pk].lines[0]
    assert (state.served, state.is_fulfilled) == (rules.Served(1, 60, 1), False)
    serve(cast, member, days_ago=5, now=now)
    assert fulfilment([pledge])[pledge.pk].lines[0].is_fulfilled
    assert entries_behind(line, pledge).count() == 2
    reverse(entry=first, reason="记错了人", by=cast.actor("secretary"), now=now)
    state = fulfilment([pledge])[pledge.pk].lines[0]
    assert (state.served.times, state.is_fulfilled) == (1, False)
    everything = pledged(version=version_of("own_words"), promises=[Promise("参与服务", Measure.ALL, times=2)])
    assert fulfilment([everything])[everything.pk].is_whole


def test_a_line_is_marked_once_and_taken_back(cast: Cast, pledged: Any, now: datetime) -> None:
    pledge, own, today = pledged(), cast.actor("member"), now.date()
    line, drawn = note_line(pledge), pledge.lines.get(measure=Measure.KIND)
    mark = {"done_on": today, "by": own, "now": now}
    assert code_of(lambda: commands.mark_done(line=drawn, note="做了", **mark)) == "drawn_from_ledger"
    assert code_of(lambda: commands.mark_done(line=line, note=" ", **mark)) == "note_missing"
    late = {**mark, "done_on": today + timedelta(days=1)}
    assert code_of(lambda: commands.mark_done(line=line, note="做了", **late)) == "done_on"
    made = commands.mark_done(line=line, note="3号楼评为文明楼组", **mark)
    assert commands.mark_done(line=line, note="再来一次", **mark) == made
    assert fulfilment([pledge])[pledge.pk].done == 1
    with pytest.raises(OutOfScope):
        commands.withdraw_mark(mark=made, by=cast.actor("member_next_door"), now=now)
    for _twice in range(2):
        commands.withdraw_mark(mark=made, by=own, now=now)
    assert fulfilment([pledge])[pledge.pk].done == 0
    assert tags() == ["pledges:pledge:make", "pledges:mark:add", "pledges:mark:withdraw"]
    row = {"line": line, "district_code": line.district_code, "done_on": today, "note": "x", "marked_at": now}
    PledgeMark.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        PledgeMark.objects.create(**row)


def test_either_side_ends_it_and_ended_stays_ended(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    pledge = pledged()
    with pytest.raises(Forbidden):
        commands.end_pledge(pledge=pledge, reason=EndReason.NO_TIME, note="", by=cast.actor("overseer"), now=now)
    assert (
        code_of(lambda: commands.end_pledge(pledge=pledge, reason=EndReason.OWN_WISH, note="", by=desk, now=now))
        == "reason_unknown"
    )
    ended = commands.end_pledge(pledge=pledge, reason=EndReason.NO_TIME, note="", by=cast.actor("member"), now=now)
    assert ended.state_on(now.date()) == PledgeState.ENDED
    assert commands.end_pledge(pledge=ended, reason=EndReason.MOVED, note="", by=desk, now=now).end_reason == "no_time"
    finding = {"finding": Finding.PARTLY, "words": "x", "by": desk, "now": now}
    assert code_of(lambda: commands.review(pledge=ended, **finding)) == "given_up"
    assert (
        code_of(
            lambda: commands.mark_done(
                line=note_line(pledge), done_on=now.date(), note="做了", by=cast.actor("member"), now=now
            )
        )
        == "pledge_over"
    )
    assert pledged().pk != pledge.pk


def test_the_year_ends_it_and_the_community_reviews(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    pledge = pledged()
    under_way = {"pledge": pledge, "finding": Finding.PARTLY, "words": "还差一项", "by": desk}
    assert code_of(lambda: commands.review(**under_way, now=now)) == "under_way"
    assert list(Pledge.objects.to_review(now.date())) == []
    assert list(Pledge.objects.to_review(NEW_YEAR.date())) == [pledge]
    assert (commands.end_over(by=Actor.system(), now=NEW_YEAR), commands.end_over(by=Actor.system(), now=NEW_YEAR)) == (
        1,
        0,
    )
    assert list(Pledge.objects.to_review(NEW_YEAR.date())) == [pledge]
    with pytest.raises(Forbidden):
        commands.review(**{**under_way, "by": cast.actor("overseer")}, now=NEW_YEAR)
    silent = {**under_way, "words": ""}
    assert code_of(lambda: commands.review(**silent, now=NEW_YEAR)) == "words_missing"
    made = commands.review(**under_way, now=NEW_YEAR)
    assert commands.review(**{**under_way, "finding": Finding.NOT_YET}, now=NEW_YEAR) == made
    assert (made.finding, made.words, Pledge.objects.to_review(NEW_YEAR.date()).count()) == ("partly", "还差一项", 0)
    assert Outbox.objects.filter(template="pledge_reviewed").count() == 1
    own = cast.actor("member")
    with pytest.raises(Forbidden):
        commands.answer_review(pledge=pledge, answer="谢谢", by=desk, now=NEW_YEAR)
    commands.answer_review(pledge=pledge, answer="明年补上", by=own, now=NEW_YEAR)
    commands.answer_review(pledge=pledge, answer="明年补上", by=own, now=NEW_YEAR)
    assert code_of(lambda: commands.answer_review(pledge=pledge, answer="再说", by=own, now=NEW_YEAR)) == "answered"
    stored = PledgeReview.objects.get()
    assert (stored.words, stored.answer) == ("还差一项", "明年补上")
    assert broken() == []


def test_nobody_reviews_his_own(cast: Cast, pledged: Any, desk: Actor) -> None:
    pledge = pledged()
    both = Actor(user_id=desk.user_id, member_id=cast.teacher_member.pk, holdings=desk.holdings)
    assert (
        code_of(lambda: commands.review(pledge=pledge, finding=Finding.FULFILLED, words="", by=both, now=NEW_YEAR))
        == "own_commitment"
    )


def test_those_fulfilled_are_reviewed_together_or_not_at_all(
    cast: Cast, pledged: Any, desk: Actor, now: datetime
) -> None:
    other = make_member(cast, "other", "陈志强", "13712340001", community=cast.nanyuan, unit=cast.school)
    plain = [Promise("带头创建文明楼组")]
    rows = [pledged(promises=plain), pledged(member=other, promises=plain)]
    commands.mark_done(line=note_line(rows[0]), done_on=now.date(), note="做了", by=desk, now=now)
    assert code_of(lambda: commands.review_fulfilled(pledges=rows, by=desk, now=now)) == "not_all_fulfilled"
    assert PledgeReview.objects.count() == 0
    commands.mark_done(line=note_line(rows[1]), done_on=now.date(), note="做了", by=desk, now=now)
    for _twice in range(2):
        commands.review_fulfilled(pledges=rows, by=desk, now=now)
    assert [row.finding for row in PledgeReview.objects.all()] == ["fulfilled"] * 2


def test_who_sees_a_pledge(cast: Cast, pledged: Any, desk: Actor) -> None:
    hidden = pledged(is_public=False)
    shown = pledged(version=version_of("own_words"), promises=[Promise("教书法")])
    seen = {
        who: set(Pledge.objects.visible_to(cast.actor(who)))
        for who in ("member", "desk", "overseer", "member_next_door", "desk_next_door", "auditor", "liaison")
    }
    assert seen.pop("member") == seen.pop("desk") == {hidden, shown}
    assert seen.pop("overseer") == {shown}
    assert set().union(*seen.values()) == set()
    assert set(Pledge.objects.kept_by(cast.actor("overseer"))) == set()


def test_new_items_are_a_new_version_and_old_pledges_keep_theirs(cast: Cast, pledged: Any, now: datetime) -> None:
    pledge, six = pledged(), Template.objects.get(code="six_leads")
    admin = cast.actor("administrator")
    write = {"template": six, "node": cast.district, "since_year": 2027, "source": "区里通知", "now": now}
    assert code_of(lambda: commands.add_version(**write, items=[], by=admin)) == "item_count"
    assert (
        code_of(lambda: commands.add_version(**write, items=[Written("甲"), Written("甲")], by=admin)) == "item_twice"
    )
    bad = [Written("甲", Measure.KIND)]
    assert code_of(lambda: commands.add_version(**write, items=bad, by=admin)) == "kind_missing"
    made = commands.add_version(**write, items=[Written("甲")], by=admin)
    assert commands.add_version(**write, items=[Written("甲")], by=admin) == made
    assert (made.number, [item.text for item in made.items.all()]) == (2, ["甲"])
    assert pledge.lines.count() == 2
    pledge.refresh_from_db()
    assert pledge.version.number == 1
    found = [rules.Offered(v.pk, v.path, v.since_year, v.number) for v in Version.objects.filter(template=six)]
    assert rules.version_for(found, path=cast.nanyuan.path, year=2026) == pledge.version_id
    assert rules.version_for(found, path=cast.nanyuan.path, year=2027) == made.pk


def test_who_writes_items(cast: Cast, desk: Actor, now: datetime) -> None:
    seven, list_ = Template.objects.get(code="seven_ones"), Template.objects.get(code="four_in_person")
    write = {"items": [Written("读一本书")], "since_year": 2026, "source": "", "now": now}
    with pytest.raises(OutOfScope):
        commands.add_version(template=seven, node=cast.district, by=desk, **write)
    with pytest.raises(OutOfScope):
        commands.add_version(template=seven, node=cast.gongyuan, by=desk, **write)
    with pytest.raises(Forbidden):
        commands.add_version(template=list_, node=cast.nanyuan, by=cast.actor("secretary"), **write)
    near = commands.add_version(template=seven, node=cast.nanyuan, by=desk, **write)
    far = commands.add_version(template=seven, node=cast.district, by=cast.actor("administrator"), **write)
    found = [rules.Offered(v.pk, v.path, v.since_year, v.number) for v in (near, far)]
    assert rules.version_for(found, path=cast.nanyuan.path, year=2026) == near.pk
    assert rules.version_for(found, path=cast.gongyuan.path, year=2026) == far.pk
    assert rules.version_for(found, path=cast.gongyuan.path, year=2025) is None


def test_what_the_documents_leave_open_stays_empty(cast: Cast, now: datetime) -> None:
    written = Version.objects.values_list("template__code", flat=True)
    assert set(written) == {"six_leads", "own_words"}
    assert Item.objects.filter(version__template__code="six_leads").count() == 6
    assert commands.load_pledge_templates(node=cast.district, by=Actor.system(), now=now) == 0
    assert Version.objects.count() == 2


def test_the_checklist_of_the_secretary(cast: Cast, desk: Actor, now: datetime) -> None:
    list_ = Template.objects.get(code="four_in_person")
    version = commands.add_version(
        template=list_,
        node=cast.district,
        items=[Written(f"第{n}项") for n in range(1, 6)],
        since_year=2026,
        source="区里填写",
        by=cast.actor("administrator"),
        now=now,
    )
    item = version.items.first()
    tick = {"community": cast.nanyuan, "item": item, "year": 2026, "done_on": now.date(), "now": now}
    with pytest.raises(Forbidden):
        commands.mark_checklist(**tick, note="亲自接待", by=desk)
    with pytest.raises(OutOfScope):
        commands.mark_checklist(**{**tick, "community": cast.gongyuan}, note="亲自接待", by=cast.actor("secretary"))
    secretary = cast.actor("secretary")
    assert code_of(lambda: commands.mark_checklist(**tick, note="", by=secretary)) == "note_missing"
    mark = commands.mark_checklist(**tick, note="亲自接待", by=secretary)
    assert commands.mark_checklist(**tick, note="亲自接待", by=secretary) == mark
    for _twice in range(2):
        commands.withdraw_checklist_mark(mark=mark, by=secretary, now=now)
    assert commands.mark_checklist(**tick, note="亲自接待", by=secretary).pk != mark.pk
    assert tags() == ["pledges:checklist:mark", "pledges:checklist:withdraw", "pledges:checklist:mark"]


def test_a_merge_keeps_the_pledge_on_which_more_was_done(cast: Cast, pledged: Any, desk: Actor, now: datetime) -> None:
    gone = make_member(cast, "gone", "林晓兰", "13712340002", community=cast.nanyuan, unit=cast.school)
    plain = [Promise("带头创建文明楼组")]
    kept_one, better = pledged(promises=plain), pledged(member=gone, promises=plain)
    alone = pledged(member=gone, version=version_of("own_words"), promises=[Promise("教书法")])
    commands.mark_done(line=note_line(better), done_on=now.date(), note="做了", by=desk, now=now)
    merge_members(kept=cast.teacher_member, gone=gone, by=desk, now=now)
    assert set(Pledge.objects.live().filter(member=cast.teacher_member)) == {better, alone}
    kept_one.refresh_from_db()
    assert kept_one.end_reason == EndReason.MERGED
    assert not Pledge.objects.filter(member=gone).exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [({"is_public": True, "until": None}, "pledge_has_due_day"), ({"end_reason": "moved"}, "pledge_ended_whole")],
)
def test_the_database_refuses(pledged: Any, change: dict[str, Any], name: str) -> None:
    pledge = pledged()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(**change)


def test_lines_keep_their_shape(pledged: Any) -> None:
    line = pledged().lines.get(measure=Measure.KIND)
    for change, name in [({"kind": None}, "pledge_line_measure_whole"), ({"times": 0}, "pledge_line_whole")]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PledgeLine.objects.filter(pk=line.pk).update(**change)


def test_the_checks_bite(pledged: Any) -> None:
    pledge = pledged()
    assert broken() == []
    Pledge.objects.filter(pk=pledge.pk).update(until=date(2027, 1, 1))
    pledge.lines.all().delete()
    assert len(broken()) == 2


def test_a_line_is_fulfilled_by_what_it_is_drawn_from() -> None:
    assert rules.is_line_fulfilled(measure="kind", times=2, served=rules.Served(2, 90, 0), is_marked=False)
    assert not rules.is_line_fulfilled(measure="note", times=1, served=rules.Served(9, 90, 0), is_marked=False)

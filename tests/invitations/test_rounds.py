"""Rounds: proposed with reasons, reviewed by a person, sent with one message each; nobody is assigned."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from guangcai.care.enums import PairingEnd, PairingKind, RiskTier
from guangcai.care.models import Pairing
from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent, Outbox
from guangcai.core.permissions import Permission
from guangcai.invitations import commands
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Invitation, Proposal, Round
from guangcai.members.commands import merge_members
from guangcai.members.models import Intention, ServiceKind, Skill, SkillKind
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from guangcai.posts import commands as posts


def start(cast, desk, now, subject=Subject.HOUSEHOLDS):
    return commands.propose_round(community=cast.nanyuan, subject=subject, by=desk, now=now)


def pairs(round_):
    rows = round_.proposals.pairs().order_by("urgency", "pk").select_related("member", "household", "post")
    return [(row.household.label if row.household else row.post.title, row.member.name) for row in rows]


def accept_all(round_, desk, now):
    keys = list(round_.proposals.pairs().filter(decision="").values_list("pk", flat=True))
    return commands.decide(round_=round_, proposals=keys, decision=Decision.ACCEPTED, by=desk, now=now)


def test_the_nearest_is_proposed_for_the_most_urgent(cast, desk, now, make_household, neighbours, stairwell, living):
    (near, _a), (far, _b) = neighbours(2)
    living(near, stairwell)
    make_household("高", tier=RiskTier.HIGH, place=stairwell)
    make_household("一般", place=cast.building)
    Policy.objects.filter(key=PolicyKey.MATCH_FIT).update(
        value=Policy.objects.get(key=PolicyKey.MATCH_FIT).value | {"commitments": 1}
    )
    found = start(cast, desk, now)
    assert pairs(found)[0] == ("高", near.name)
    whys = dict(found.proposals.pairs().values_list("household__label", "why"))
    assert whys["高"].startswith("同单元")
    assert "今年还差 16 小时" in whys["高"]
    assert {name for _label, name in pairs(found)} <= {near.name, far.name, "林晓岚"}
    # Nothing left the house, nobody holds anything.
    assert (Outbox.objects.count(), Pairing.objects.count(), Invitation.objects.count()) == (0, 0, 0)
    assert AuditEvent.objects.filter(tag="invitations:round:propose").count() == 1


def test_a_second_click_is_the_same_round(cast, desk, now, make_household):
    make_household("甲")
    first = start(cast, desk, now)
    assert start(cast, cast.actor("secretary"), now).pk == first.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(
            community=cast.nanyuan, path=cast.nanyuan.path, district_code="210802", subject="households",
            made_at=now, members=1, needs=1,
        )  # fmt: skip


def test_accepted_households_are_offered_and_each_member_told_once(cast, desk, now, make_household, neighbours):
    make_household("甲", tier=RiskTier.HIGH)
    make_household("乙")
    make_household("丙")
    ((member, _actor),) = neighbours(1)
    Policy.objects.filter(key=PolicyKey.MATCH_FIT).update(
        value=Policy.objects.get(key=PolicyKey.MATCH_FIT).value | {"commitments": 3}
    )
    found = start(cast, desk, now)
    assert accept_all(found, desk, now) == 3
    sent = commands.send(round_=found, by=desk, now=now)
    assert (sent.sent, sent.closed_by) == (3, desk.user_id)
    offered = Pairing.objects.live()
    assert offered.count() == 3
    assert {row.held_since for row in offered} == {None}  # taking it up is his own
    people = set(offered.values_list("member_id", flat=True))
    accounts = people & {member.pk, cast.teacher_member.pk}
    assert Outbox.objects.filter(template__startswith="care").count() == len(accounts)
    # Sent again it stays as it is.
    assert commands.send(round_=found, by=desk, now=now).sent == 3
    assert Pairing.objects.count() == 3


def test_skipped_pairs_do_not_come_again(cast, desk, now, make_household, neighbours):
    make_household("甲")
    neighbours(1)
    found = start(cast, desk, now)
    (label, first), *_rest = pairs(found)
    keys = list(found.proposals.pairs().values_list("pk", flat=True))
    assert commands.decide(round_=found, proposals=keys, decision=Decision.SKIPPED, by=desk, now=now) == 1
    again, refused = commands.propose_again(round_=found, by=desk, now=now)
    assert refused == []
    open_pairs = again.proposals.pairs().filter(decision="")
    assert [row.member.name for row in open_pairs] != [first]
    assert open_pairs.count() == 1
    commands.drop(round_=again, by=desk, now=now)
    # Not in the next round either.
    assert pairs(start(cast, desk, now)) == [
        (label, open_pairs.model.objects.pairs().filter(decision="").get().member.name)
    ]
    assert first not in {name for _label, name in pairs(Round.objects.open().get())}


def test_a_pinned_pair_stays_whatever_it_costs(cast, desk, now, make_household, neighbours, stairwell, living):
    (near, _a), (far, _b) = neighbours(2)
    living(near, stairwell)
    make_household("甲", place=stairwell)
    found = start(cast, desk, now)
    row = found.proposals.pairs().get()
    assert row.member == near
    chosen = commands.choose(proposal=row, member=far, by=desk, now=now)
    assert (chosen.member, chosen.is_pinned, chosen.decision) == (far, True, "")
    assert chosen.points > row.points
    commands.propose_again(round_=found, by=desk, now=now)
    assert pairs(found) == [("甲", far.name)]


def test_somebody_who_may_not_is_refused_by_name_of_the_rule(cast, desk, now, make_post, neighbours):
    law = SkillKind.objects.get(code="law")
    (lawyer, _a), (other, _b) = neighbours(2)
    Skill.objects.create(member=lawyer, kind=law, certificate="A1", district_code="210802")
    make_post(skills=(law,), places=1)
    found = start(cast, desk, now, Subject.POSTS)
    row = found.proposals.pairs().get()
    assert row.member == lawyer
    assert "法律" in row.why
    with pytest.raises(RuleBroken) as refused:
        commands.choose(proposal=row, member=other, by=desk, now=now)
    assert refused.value.code == "no_certificate"


def test_what_nobody_can_do_is_named_with_its_rule(cast, desk, now, make_post, neighbours):
    neighbours(2)
    make_post(skills=(SkillKind.objects.get(code="law"),), places=1)
    found = start(cast, desk, now, Subject.POSTS)
    left = found.proposals.left_out().get()
    assert (found.needs, found.proposals.pairs().count()) == (1, 0)
    assert "证书" in left.why


def test_an_expired_certificate_is_none(cast, desk, now, make_post, neighbours):
    law = SkillKind.objects.get(code="law")
    ((lawyer, _a),) = neighbours(1)
    Skill.objects.create(
        member=lawyer, kind=law, certificate="A1", expires_on=now.date() - timedelta(days=1), district_code="210802"
    )
    make_post(skills=(law,), places=1)
    assert start(cast, desk, now, Subject.POSTS).proposals.pairs().count() == 0


def test_category_and_former_claims_bind(cast, desk, now, make_post, neighbours):
    (first, actor), (veteran, _b) = neighbours(2)
    veteran.category = "veteran"
    veteran.save(update_fields=["category"])
    free = make_post(title="人人可做", places=3)
    make_post(title="老兵岗", places=1, category="veteran")
    claim = posts.claim_post(post=free, member=first, by=actor, now=now)
    posts.end_claim(claim=claim, reason=EndReason.NO_TIME, note="", by=actor, now=now)
    found = pairs(start(cast, desk, now, Subject.POSTS))
    assert ("人人可做", first.name) not in found
    assert [name for title, name in found if title == "老兵岗"] == [veteran.name]


def test_posts_become_invitations_told_once(cast, desk, now, make_post, neighbours):
    neighbours(1)
    make_post(title="巡逻", places=2)
    make_post(title="保洁", places=2)
    found = start(cast, desk, now, Subject.POSTS)
    accept_all(found, desk, now)
    sent = commands.send(round_=found, by=desk, now=now)
    assert sent.sent == Invitation.objects.count() == 4
    # One message each, though both were asked for two things.
    assert Outbox.objects.filter(template="invitation_sent").count() == 2
    assert AuditEvent.objects.filter(tag="invitations:invitation:send").count() == 4
    # They are not proposed for the same things again.
    again = start(cast, desk, now, Subject.POSTS)
    assert pairs(again) == []
    with pytest.raises(RuleBroken) as refused:
        commands.send(round_=again, by=desk, now=now)
    assert refused.value.code == "nobody_accepted"


def test_free_times_and_shifts_one_each(cast, desk, now, make_shift, neighbours):
    (early, _a), (late, _b) = neighbours(2)
    kind = ServiceKind.objects.first()
    Intention.objects.create(member=early, kind=kind, times=["weekend_morning"], district_code="210802")
    Intention.objects.create(member=late, kind=kind, times=["weekday_evening"], district_code="210802")
    shift = make_shift(places=1)  # a Sunday morning
    make_shift(places=1, starts_in=timedelta(days=2, hours=1))
    found = start(cast, desk, now, Subject.SHIFTS)
    rows = {row.member_id: row for row in found.proposals.pairs()}
    # Nobody is proposed for two shifts that may clash; who is free comes before who is not.
    assert set(rows) == {early.pk, cast.teacher_member.pk}
    assert "周日上午有空" in rows[early.pk].why
    assert "未填空闲时间" in rows[cast.teacher_member.pk].why
    assert {row.shift_id for row in rows.values()} >= {shift.pk}


def test_nothing_to_do_says_so(cast, desk, now):
    for subject in Subject:
        with pytest.raises(RuleBroken) as refused:
            start(cast, desk, now, subject)
        assert refused.value.code == "no_needs"


@pytest.mark.parametrize(
    ("who", "error"), [("desk_next_door", OutOfScope), ("overseer", Forbidden), ("member", Exception)]
)
def test_only_the_desk_of_the_community_asks(cast, now, make_household, desk, who, error):
    make_household("甲")
    found = start(cast, desk, now)
    by = cast.actor(who)
    assert not by.can(Permission.INVITATION_EDIT, cast.nanyuan.path)
    for act in (
        lambda: start(cast, by, now),
        lambda: accept_all(found, by, now),
        lambda: commands.propose_again(round_=found, by=by, now=now),
        lambda: commands.send(round_=found, by=by, now=now),
        lambda: commands.drop(round_=found, by=by, now=now),
    ):
        with pytest.raises(error):
            act()
    assert Round.objects.visible_to(by).count() == Proposal.objects.visible_to(by).count() == 0


def test_a_pair_that_a_rule_refuses_by_now_stops_the_sending_by_name(cast, desk, now, make_household, neighbours):
    row = make_household("甲")
    ((other, _a),) = neighbours(1)
    found = start(cast, desk, now)
    accept_all(found, desk, now)
    from guangcai.care.commands import end_pairing, offer_pairing

    taken = offer_pairing(household=row, member=other, kind=PairingKind.CONTACT, by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.send(round_=found, by=desk, now=now)
    assert "甲" in str(refused.value)
    assert Round.objects.get().closed_at is None
    end_pairing(pairing=taken, reason=PairingEnd.AGREED, note="", by=desk, now=now)
    assert commands.send(round_=found, by=desk, now=now).sent == 1


def test_dropping_asks_nobody(cast, desk, now, make_household):
    make_household("甲")
    found = start(cast, desk, now)
    accept_all(found, desk, now)
    commands.drop(round_=found, by=desk, now=now)
    assert (Outbox.objects.count(), Pairing.objects.count(), Proposal.objects.count()) == (0, 0, 0)
    with pytest.raises(RuleBroken) as refused:
        accept_all(found, desk, now)
    assert refused.value.code in ("round_closed", "nobody")


def test_two_records_become_one_and_were_asked_once(cast, desk, now, make_post, make_household, neighbours):
    (kept, _a), (gone, _b) = neighbours(2)
    post, other = make_post(title="甲"), make_post(title="乙")
    asks = [commands.Ask(kept, post=post), commands.Ask(gone, post=post), commands.Ask(gone, post=other)]
    commands.invite(asks=asks, by=desk, now=now)
    make_household("户")
    round_ = start(cast, desk, now)
    row = round_.proposals.pairs().get()
    Proposal.objects.filter(pk=row.pk).update(member=gone)
    merge_members(kept=kept, gone=gone, by=Actor.system(), now=now)
    assert sorted(Invitation.objects.values_list("post__title", "member_id")) == [("乙", kept.pk), ("甲", kept.pk)]
    assert round_.proposals.pairs().get().member_id == kept.pk


def test_somebody_else_is_refused_where_it_makes_no_sense(cast, desk, now, make_post, neighbours):
    (first, actor), (second, _b) = neighbours(2)
    post = make_post(places=2)
    found = start(cast, desk, now, Subject.POSTS)
    row, other = found.proposals.pairs().order_by("pk")
    for member, code in ((other.member, "proposed_already"), (cast.police_member, "not_on_roster")):
        with pytest.raises(RuleBroken) as refused:
            commands.choose(proposal=row, member=member, by=desk, now=now)
        assert refused.value.code == code
    free = next(one for one in (first, second, cast.teacher_member) if one.pk not in (row.member_id, other.member_id))
    for member, by in ((first, actor), (second, desk)):
        posts.claim_post(post=post, member=member, by=by, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.choose(proposal=row, member=free, by=desk, now=now)
    assert refused.value.code == "not_wanted"

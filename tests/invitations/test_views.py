"""Every screen of finding people: does it, next door 404, read-only 403, bad input 422; a fixed query count."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.care.enums import RiskTier
from guangcai.care.models import Pairing
from guangcai.core.ids import new_id
from guangcai.invitations import commands
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Invitation, Proposal, Round
from guangcai.posts.models import PostClaim
from tests.care.conftest import MARK


def page(name: str, *args: Any) -> str:
    return reverse(f"invitations:{name}", args=args)


@pytest.fixture
def found(cast, desk, now, make_household, neighbours):
    make_household("甲", tier=RiskTier.HIGH)
    make_household("乙", tier=RiskTier.HIGH)
    make_household("丙")
    neighbours(3)
    return commands.propose_round(community=cast.nanyuan, subject=Subject.HOUSEHOLDS, by=desk, now=now)


def test_a_batch_from_the_button_to_the_message(cast, signed_in, make_household, neighbours):
    for label in ("甲", "乙"):
        make_household(label, tier=RiskTier.HIGH)
    make_household("丙")
    neighbours(2)
    browser = signed_in(cast.secretary)
    made = browser.post(page("rounds"), {"community": cast.nanyuan.pk, "subject": "households"}, follow=True)
    round_ = Round.objects.get()
    text = made.content.decode()
    assert "3 项" in text
    assert "今年还差 16 小时" in text
    assert MARK not in text
    # Only the high risk ones, all at once.
    accepted = browser.post(page("decisions", round_.pk) + "?tier=high", {"every": "1", "decision": "accepted"})
    assert accepted.status_code == 302
    assert sorted(Proposal.objects.filter(decision="accepted").values_list("household__label", flat=True)) == [
        "乙",
        "甲",
    ]
    assert "甲" in browser.get(page("sending", round_.pk)).content.decode()
    sent = browser.post(page("sending", round_.pk), follow=True).content.decode()
    assert Pairing.objects.live().count() == 2
    assert "2 人" in sent
    # The page of a settled round has no buttons left; its addresses lead back.
    assert page("sending", round_.pk) not in sent
    assert browser.get(page("sending", round_.pk)).status_code == 302


def test_ticked_ones_are_skipped_pinned_and_opened_again(cast, signed_in, found):
    browser, keys = signed_in(cast.desk), list(found.proposals.pairs().values_list("pk", flat=True))
    for verb, decision, pinned in (
        ("skipped", "skipped", 0),
        ("open", "", 0),
        ("pinned", "", 1),
        ("accepted", "accepted", 1),
    ):
        answer = browser.post(page("decisions", found.pk), {"ids": keys[:1], "decision": verb})
        assert answer.status_code == 302
        assert found.proposals.get(pk=keys[0]).decision == decision
        assert found.proposals.filter(is_pinned=True).count() == pinned
    assert found.proposals.filter(decision="accepted").count() == 1


def test_wrong_input_is_told_and_nothing_changes(cast, signed_in, found):
    browser = signed_in(cast.desk)
    nothing = browser.post(page("decisions", found.pk), {"decision": "accepted"})
    assert nothing.status_code == 422
    assert "请至少勾选一行" in nothing.content.decode()
    assert browser.post(page("decisions", found.pk), {"decision": "accepted", "ids": ["x"]}).status_code == 422
    keys = list(found.proposals.pairs().values_list("pk", flat=True))
    assert browser.post(page("decisions", found.pk), {"decision": "x", "ids": keys}).status_code == 422
    early = browser.post(page("sending", found.pk))
    assert early.status_code == 422
    assert "还没有接受" in early.content.decode()
    empty = browser.post(page("rounds"), {"community": cast.nanyuan.pk, "subject": "posts"})
    assert empty.status_code == 422
    assert "目前没有需要找人的" in empty.content.decode()
    assert browser.post(page("rounds"), {"community": cast.gongyuan.pk, "subject": "posts"}).status_code == 422
    assert not found.proposals.exclude(decision="").exists()


def test_somebody_else_is_chosen_with_what_it_costs(cast, signed_in, found):
    browser, row = signed_in(cast.desk), found.proposals.pairs().first()
    text = browser.get(page("others", row.pk)).content.decode()
    other = next(m for m in cast.members.values() if m.pk != row.member_id and m.path == cast.nanyuan.path)
    assert other.name in text
    assert browser.post(page("others", row.pk), {"member": other.pk}).status_code == 302
    assert found.proposals.get(pk=row.pk).member_id == other.pk
    assert browser.post(page("others", row.pk), {"member": new_id()}).status_code == 404
    assert browser.post(page("others", row.pk), {"member": cast.police_member.pk}).status_code == 404


def test_next_door_and_overseers(cast, signed_in, found, make_post):
    post, row = make_post(), found.proposals.pairs().first()
    household = row.household_id
    addresses = [("round", found.pk), ("sending", found.pk), ("round_end", found.pk), ("others", row.pk)]
    for who in (cast.desk_next_door, cast.overseer, cast.member, cast.liaison):
        browser = signed_in(who)
        for address in addresses:
            assert browser.get(page(*address)).status_code == 404, (who, address)
        assert browser.get(page("household", household)).status_code == 404
        assert browser.post(page("decisions", found.pk), {"every": "1", "decision": "accepted"}).status_code == 404
    assert signed_in(cast.desk_next_door).get(page("post", post.pk)).status_code == 404
    assert signed_in(cast.overseer).get(page("post", post.pk)).status_code == 403
    assert signed_in(cast.overseer).get(page("rounds")).status_code == 404
    assert not Proposal.objects.exclude(decision="").exists()


def test_finding_people_for_one_post(cast, signed_in, make_post, neighbours):
    (first, _a), (second, _b) = neighbours(2)
    post, browser = make_post(places=2), signed_in(cast.desk)
    text = browser.get(page("post", post.pk)).content.decode()
    assert first.name in text
    assert "同社区" in text
    assert page("post", post.pk) in browser.get(post.get_absolute_url()).content.decode()
    nobody = browser.post(page("post", post.pk), {})
    assert nobody.status_code == 422
    assert browser.post(page("post", post.pk), {"ids": [first.pk, second.pk]}).status_code == 302
    assert Invitation.objects.count() == 2
    assert browser.post(page("post", post.pk), {"ids": [first.pk]}).status_code == 302
    assert Invitation.objects.count() == 2
    # The member reads why, claims, and the desk sees what came of it.
    phone = signed_in(cast.users["nu0"])
    mine = phone.get(page("mine")).content.decode()
    assert post.title in mine
    assert "同社区" in mine
    assert page("mine") in phone.get("/").content.decode()
    phone.post(reverse("posts:claims", args=[post.pk]), {"id": new_id()})
    assert PostClaim.objects.get().member == first
    assert post.title not in phone.get(page("mine")).content.decode()
    assert "已答应" in browser.get(page("post", post.pk)).content.decode()


def test_saying_no(cast, signed_in, make_post, neighbours, desk, now):
    (first, _a), (_second, _b) = neighbours(2)
    commands.invite(asks=[commands.Ask(first, post=make_post())], by=desk, now=now)
    row = Invitation.objects.get()
    assert signed_in(cast.users["nu1"]).post(page("decline", row.pk)).status_code == 404
    assert signed_in(cast.desk).post(page("decline", row.pk)).status_code == 403
    phone = signed_in(cast.users["nu0"])
    for _time in range(2):
        assert phone.post(page("decline", row.pk)).status_code == 302
    assert Invitation.objects.get().declined_at is not None
    assert "没有" in phone.get(page("mine")).content.decode()


def test_a_household_asks_one_member(cast, signed_in, make_household, neighbours):
    row, browser = make_household("甲"), signed_in(cast.desk)
    (first, _a), (second, _b) = neighbours(2)
    assert first.name in browser.get(page("household", row.pk)).content.decode()
    both = browser.post(page("household", row.pk), {"ids": [first.pk, second.pk]})
    assert both.status_code == 422
    assert Pairing.objects.count() == 0
    assert browser.post(page("household", row.pk), {"ids": [first.pk]}).status_code == 302
    assert Pairing.objects.get().member == first


def test_a_shift_asks_those_who_are_free(cast, signed_in, make_shift, neighbours, now):
    ((first, _a),) = neighbours(1)
    # Pages read the clock themselves.
    soon = timezone.now() + timedelta(days=3)
    shift, browser = make_shift(places=2, starts_in=soon - now), signed_in(cast.desk)
    assert first.name in browser.get(page("shift", shift.pk)).content.decode()
    assert browser.post(page("shift", shift.pk), {"ids": [first.pk]}).status_code == 302
    assert Invitation.objects.get().shift == shift


@pytest.mark.parametrize("count", [1, 3])
def test_lists_have_a_fixed_number_of_statements(
    cast, signed_in, queries, make_household, make_post, neighbours, desk, now, count
):
    for number in range(count):
        make_household(f"户{number}")
    neighbours(count)
    round_ = commands.propose_round(community=cast.nanyuan, subject=Subject.HOUSEHOLDS, by=desk, now=now)
    browser = signed_in(cast.desk)
    seen = []
    addresses = [page("rounds"), page("round", round_.pk), page("others", round_.proposals.pairs().first().pk)]
    for address in [*addresses, page("post", make_post(places=count).pk)]:
        browser.get(address)
        with queries() as statements:
            assert browser.get(address).status_code == 200
        seen.append(len(statements))
    keys = list(round_.proposals.pairs().values_list("pk", flat=True))
    commands.decide(round_=round_, proposals=keys, decision=Decision.ACCEPTED, by=desk, now=now)
    with queries() as statements:
        assert browser.get(page("sending", round_.pk)).status_code == 200
    seen.append(len(statements))
    assert seen == [7, 6, 24, 26, 5]

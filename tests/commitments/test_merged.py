"""Two communities become one, or one goes to another street: what is held goes on, what is open can be taken."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.timezone import localdate

from guangcai.care import commands as care
from guangcai.care.enums import ConsentBy, PairingEnd, PairingKind, RiskTier
from guangcai.care.models import Household
from guangcai.care.queries.households import moved_holders
from guangcai.commitments.belonging import is_for, paths_for, places_now
from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.invitations import commands as invitations
from guangcai.invitations.commands.invitations import Ask
from guangcai.invitations.enums import Subject
from guangcai.invitations.queries.others import nearest_to
from guangcai.members.commands import load_lists
from guangcai.members.models import Member
from guangcai.orgs.commands import merge_nodes, move_node
from guangcai.pledges import commands as pledges
from guangcai.posts import commands as posts
from guangcai.posts.models import PostClaim
from guangcai.posts.queries.posts import offers_for
from guangcai.teams import commands as teams
from guangcai.teams.queries.teams import joinable
from guangcai.wishes import commands as wishes
from guangcai.wishes.models import WishClaim, WishKind
from guangcai.wishes.queries.wishes import offers_for as wish_offers
from guangcai.wishes.queries.wishes import wall_of
from guangcai.zones import checks
from guangcai.zones import commands as zones
from guangcai.zones.enums import ZoneKind
from guangcai.zones.models import ZoneAgreement
from guangcai.zones.queries.coverage import area_of, map_of
from guangcai.zones.queries.own import free_near
from tests.care.conftest import draft as household_draft
from tests.care.conftest import seen
from tests.cast import Cast, make_member
from tests.posts.conftest import draft as post_draft
from tests.teams.conftest import draft as team_draft
from tests.wishes.conftest import wish_draft

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
system = Actor.system()


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture(autouse=True)
def _lists(cast: Cast, now: datetime) -> None:
    load_lists(by=system, now=now)
    posts.load_post_kinds(by=system, now=now)
    zones.load_zone_duties(by=system, now=now)
    teams.load_team_lists(by=system, now=now)
    care.load_care_lists(by=system, now=now)
    pledges.load_pledge_templates(node=cast.district, by=system, now=now)


def merged(cast: Cast, now: datetime) -> None:
    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=system, now=now)


def moved(cast: Cast, now: datetime) -> None:
    move_node(node=cast.nanyuan, parent=cast.other_street, by=system, now=now)


@pytest.fixture(params=[merged, moved], ids=["merged", "moved"])
def change(request: Any, cast: Cast, now: datetime) -> Callable[[], None]:
    return lambda: request.param(cast, now)


def again(member: Member) -> Member:
    return Member.objects.select_related("community", "building").get(pk=member.pk)


def test_what_was_written_before_stands_for_the_place_of_today(cast: Cast, change: Any) -> None:
    then = cast.nanyuan.path
    change()
    home = again(cast.teacher_member).path
    assert home != then
    assert places_now([then, home]) == {then: home, home: home}
    assert is_for(then, member_path=home)
    assert then in paths_for(home)
    stranger = make_member(cast, "away", "外人", "13712340099", community=cast.other_community, unit=cast.school)
    if not stranger.path.startswith(home):
        assert not is_for(then, member_path=stranger.path)
        assert then not in paths_for(stranger.path)


def test_an_old_post_is_claimed_confirmed_taken_up_and_ended(cast: Cast, change: Any, now: datetime) -> None:
    post = posts.add_post(community=cast.nanyuan, draft=post_draft(), by=cast.actor("desk"), now=now)
    change()
    member, actor, desk = again(cast.teacher_member), cast.actor("member"), cast.actor("desk")
    assert [offer.post.pk for offer in offers_for(member, by=actor, now=now, only_fitting=False)] == [post.pk]
    claim = posts.claim_post(post=post, member=member, by=actor, now=now)
    posts.confirm_claim(claim=claim, by=desk, now=now)
    posts.take_up(claim=claim, by=actor, now=now)
    posts.end_claim(claim=claim, reason=EndReason.OWN_WISH, note="", by=actor, now=now)
    assert PostClaim.objects.get().ended_at is not None


def test_a_zone_is_held_on_signed_anew_and_ended(cast: Cast, change: Any, now: datetime) -> None:
    zones.add_zones(community=cast.nanyuan, kinds=[ZoneKind.BUILDING], by=system, now=now)
    lot, free = (
        zones.add_lot(community=cast.nanyuan, name=name, by=cast.actor("desk"), now=now) for name in ("绿地", "车棚")
    )
    row = zones.offer_zone(zone=lot, member=cast.teacher_member, by=cast.actor("member"), now=now)
    zones.confirm_agreement(agreement=row, duties="巡看", by=cast.actor("desk"), now=now)
    zones.sign_agreement(agreement=row, name=cast.teacher_member.name, by=cast.actor("member"), now=now)
    change()
    member, actor, desk, today = again(cast.teacher_member), cast.actor("member"), cast.actor("desk"), localdate(now)
    assert not ZoneAgreement.objects.away().exists(), "he did not move, his community did"
    assert {zone.name for zone in free_near(member, by=actor, on=today)} == {free.name, cast.building.name}
    assert {one.zone.pk for one in map_of(member.community, actor=desk, on=today).lots} == {lot.pk, free.pk}
    street = member.community.parent
    assert [found.total for _node, found in area_of(street, actor=system, on=today).rows if found.total] == [3]
    second = zones.offer_zone(zone=free, member=member, by=actor, now=now)
    zones.confirm_agreement(agreement=second, duties="巡看", by=desk, now=now)
    zones.sign_agreement(agreement=second, name=member.name, by=actor, now=now)
    assert zones.add_zones(community=member.community, kinds=list(ZoneKind), by=desk, now=now) == 0, "it is one already"
    assert list(checks.zones_lie_below_their_community()) == []
    zones.end_agreement(agreement=second, reason=EndReason.AGREED, note="", by=desk, now=now)
    assert ZoneAgreement.objects.live().get().pk == row.pk


def test_an_old_team_is_joined(cast: Cast, change: Any, now: datetime) -> None:
    team = teams.add_team(node=cast.nanyuan, draft=team_draft(), by=system, now=now)
    change()
    member, actor = again(cast.teacher_member), cast.actor("member")
    assert [row.pk for row in joinable(actor, member)] == [team.pk]
    place = teams.ask_to_join(team=team, member=member, by=actor, now=now)
    teams.confirm_joining(membership=place, by=system, now=now)
    stranger = make_member(cast, "away", "外人", "13712340099", community=cast.other_community, unit=cast.school)
    if not stranger.path.startswith(member.community.parent.path):
        with pytest.raises(RuleBroken) as refused:
            teams.invite_members(team=team, members=[stranger], by=system, now=now)
        assert refused.value.code == "other_area"


def test_a_household_is_visited_on_paired_and_changed(cast: Cast, change: Any, now: datetime) -> None:
    desk = cast.actor("desk")
    home = care.add_household(
        community=cast.nanyuan,
        draft=household_draft("甲", place=cast.building),
        tier=RiskTier.HIGH,
        by=desk,
        now=now - 9 * DAY,
    )
    care.give_consent(household=home, said_by=ConsentBy.SELF, how="上门", given_on=date(2026, 1, 1), by=desk, now=now)
    kind = PairingKind.CONTACT
    pairing = care.offer_pairing(household=home, member=cast.teacher_member, kind=kind, by=desk, now=now)
    care.take_up(pairing=pairing, by=cast.actor("member"), now=now)
    change()
    member, actor, desk = again(cast.teacher_member), cast.actor("member"), cast.actor("desk")
    assert not moved_holders(desk).exists(), "he did not move, his community did"
    care.record_visit(household=home, draft=seen(visited_on=localdate(now)), by=actor, now=now)
    cast.building.refresh_from_db()
    care.change_household(household=home, draft=household_draft("乙", place=cast.building), by=desk, now=now)
    care.end_pairing(pairing=pairing, reason=PairingEnd.AGREED, note="", by=desk, now=now)
    found = nearest_to(Subject.HOUSEHOLDS, home.pk, path=home.path, by=desk, now=now)
    assert member.name not in {one.member.name for one in found}, "he was asked before"
    next_one = make_member(cast, "near", "邻居", "13712340098", community=member.community, unit=cast.school)
    found = nearest_to(Subject.HOUSEHOLDS, home.pk, path=home.path, by=desk, now=now)
    assert next_one.name in {one.member.name for one in found}
    care.offer_pairing(household=Household.objects.get(), member=next_one, kind=kind, by=desk, now=now)


def test_people_are_found_and_asked_for_an_old_post(cast: Cast, change: Any, now: datetime) -> None:
    post = posts.add_post(community=cast.nanyuan, draft=post_draft(), by=cast.actor("desk"), now=now)
    change()
    member, desk = again(cast.teacher_member), cast.actor("desk")
    found = nearest_to(Subject.POSTS, post.pk, path=post.path, by=desk, now=now)
    assert member.name in {one.member.name for one in found}
    (asked,) = invitations.invite(asks=[Ask(member=member, why="同社区", post=post)], by=desk, now=now)
    assert asked.member_id == member.pk
    (round_,) = invitations.propose_rounds(node=member.community, subject=Subject.POSTS, by=desk, now=now)
    assert {one.need_id for one in round_.proposals.all()} == {post.pk}
    stranger = make_member(cast, "away", "外人", "13712340099", community=cast.other_community, unit=cast.school)
    if not stranger.path.startswith(member.community.path):
        with pytest.raises(RuleBroken):
            invitations.invite(asks=[Ask(member=stranger, why="", post=post)], by=desk, now=now)


def test_a_pledge_goes_on_and_is_reviewed(cast: Cast, change: Any, now: datetime) -> None:
    from tests.pledges.conftest import content, version_of

    member = cast.teacher_member
    made = pledges.make_pledge(
        version=version_of("six_leads"), member=member, content=content(), by=cast.actor("member"), now=now
    )
    change()
    member, actor, desk = again(member), cast.actor("member"), cast.actor("desk")
    assert list(type(made).objects.visible_to(desk)) == [made]
    assert list(type(made).objects.visible_to(actor)) == [made]
    with pytest.raises(RuleBroken):
        pledges.make_pledge(version=version_of("six_leads"), member=member, content=content(), by=actor, now=now)


def test_an_old_wish_is_on_the_wall_and_comes_true(cast: Cast, change: Any, now: datetime) -> None:
    wishes.load_wish_lists(by=system, now=now)
    by = cast.actor("desk")
    wish = wishes.collect_wish(community=cast.nanyuan, draft=wish_draft(), by=by, now=now)
    words = {"title": "一台收音机", "words": "一位爱听戏的老人想要一台收音机。", "people": 1}
    wishes.verify_wish(wish=wish, kind=WishKind.objects.get(code="goods"), **words, by=by, now=now)
    wishes.publish_wish(wish=wish, by=by, now=now)
    change()
    member, actor = again(cast.teacher_member), cast.actor("member")
    assert [row.title for row in wall_of(member.community)] == ["一台收音机"]
    assert [offer.wish.pk for offer in wish_offers(member, by=actor, now=now)] == [wish.pk]
    claim = wishes.claim_wish(wish=wish, member=member, by=actor, now=now)
    assert WishClaim.objects.live().get() == claim
    wishes.end_claim(claim=claim, reason=EndReason.OWN_WISH, note="", by=actor, now=now)
    assert not WishClaim.objects.live().exists()

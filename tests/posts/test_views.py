"""Every screen of posts: does it, next door 404, read-only 403, bad input 422; a fixed number of statements."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.models import ServiceEntry
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from guangcai.posts import commands
from guangcai.posts.models import Post, PostClaim
from tests.cast import Cast
from tests.posts.conftest import draft

SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"posts:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def held_by(cast: Cast, make_post: Any, now: datetime, **other: Any) -> PostClaim:
    """A claim of the cast's member that he holds since two days."""
    desk, own, then = cast.actor("desk"), cast.actor("member"), now - timedelta(days=2)
    claim = commands.claim_post(post=make_post(**other), member=cast.teacher_member, by=own, now=then)
    commands.confirm_claim(claim=claim, by=desk, now=then)
    return commands.take_up(claim=claim, by=own, now=then)


def on_post(post: Post) -> dict[str, str]:
    return {name: page(name, post.pk) for name in ("post", "edit", "end", "people")}


def test_the_desk_opens_every_page(cast: Cast, signed_in: SignIn, make_post: Any, now: datetime) -> None:
    claim, browser = held_by(cast, make_post, now), signed_in(cast.desk)
    pages = list(on_post(claim.post).values()) + [page(name) for name in ("list", "export", "open", "kinds", "set")]
    pages += [page("new", "greening"), page("work", claim.pk), page("claim_end", claim.pk)]
    for address in pages:
        assert browser.get(address).status_code == 200, address
    assert browser.get(page("new", "nothing")).status_code == 404


def test_next_door_there_is_nothing(cast: Cast, signed_in: SignIn, make_post: Any, now: datetime) -> None:
    claim = held_by(cast, make_post, now)
    for who in ["desk_next_door", "overseer_next_door", "member_next_door", "liaison", "auditor"]:
        browser = signed_in(cast.users[who])
        for name, address in on_post(claim.post).items():
            assert browser.get(address).status_code == 404, (who, name)
        for name in ["claim_end", "work", "tenure"]:
            assert browser.get(page(name, claim.pk)).status_code == 404, (who, name)
        assert browser.post(page("claims", claim.post_id), {"id": new_id()}).status_code == 404
    assert Client().get(page("list")).status_code == 302


def test_the_overseer_reads_and_changes_nothing(cast: Cast, signed_in: SignIn, make_post: Any, now: datetime) -> None:
    claim, browser = held_by(cast, make_post, now), signed_in(cast.overseer)
    assert cast.teacher_member.name in words_of(browser.get(page("post", claim.post_id)))
    assert browser.get(page("list")).status_code == 200
    for address in [
        page("edit", claim.post_id),
        page("end", claim.post_id),
        page("people", claim.post_id),
        page("set"),
    ]:
        assert browser.get(address).status_code == 403, address
    for name in ["confirmation", "claim_end", "tenure", "work"]:
        assert browser.post(page(name, claim.pk), {}).status_code == 403, name
    for name in ["establishment", "opening", "allotment"]:
        assert browser.post(page(name, claim.post_id)).status_code == 403, name


def form_of(**other: Any) -> dict[str, Any]:
    """What the form of a new post sends."""
    words = draft()
    names = ("title", "places", "duties", "place", "risk_note", "guarantee", "hours_form")
    return {name: getattr(words, name) for name in names} | other


def test_from_a_proposal_to_an_entry(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    """The four steps by hand: a member proposes, the desk opens, he claims, it confirms, he takes up and works."""
    member, desk, key = Client(), Client(), new_id()
    member.force_login(cast.member)
    desk.force_login(cast.desk)
    sent = form_of(id=key, community=cast.nanyuan.pk, reason="夜里没人巡看", guarantee="")
    for _twice in range(2):
        assert member.post(page("new", "public_safety"), sent).status_code == 302
    post = Post.objects.get()
    assert (post.pk, post.state, post.proposal_reason) == (key, "proposed", "夜里没人巡看")
    assert "夜里没人巡看" in words_of(desk.get(page("post", key)))
    desk.post(page("establishment", key))
    assert f"{page('edit', key)}#id_guarantee" in words_of(desk.get(page("post", key)))
    refused = desk.post(page("opening", key))
    assert refused.status_code == 422
    assert f"{page('edit', key)}#id_guarantee" in words_of(refused)
    assert desk.get(page("opening", key)).status_code == 302
    desk.post(page("edit", key), form_of(guarantee="手电"))
    assert desk.get(page("opening", key)).status_code == 200
    desk.post(page("opening", key))
    assert desk.get(page("opening", key)).status_code == 302
    claim_key = new_id()
    for _twice in range(2):
        assert member.post(page("claims", key), {"id": claim_key}).status_code == 302
    claim = PostClaim.objects.get()
    desk.post(page("confirmation", claim.pk))
    assert page("tenure", claim.pk) in words_of(member.get(page("open")))
    member.post(page("tenure", claim.pk))
    claim.refresh_from_db()
    assert claim.state == "held"
    _work(member, claim, now)


def _work(member: Client, claim: PostClaim, now: datetime) -> None:
    sent = {"id": new_id(), "day": now.date(), "start_time": "08:00", "end_time": "10:00", "minutes": 110}
    for _twice in range(2):
        answer = member.post(page("work", claim.pk), sent | {"content": "巡看三遍", "is_deed": "on"})
        assert answer.status_code == 302, words_of(answer)
    entry = ServiceEntry.objects.get()
    assert (entry.minutes, entry.deeds, entry.origin, entry.member_id) == (110, 1, "claim", claim.member_id)


def test_the_work_form_is_filled_in_and_keeps_what_was_typed(
    cast: Cast, signed_in: SignIn, make_post: Any, now: datetime
) -> None:
    claim, browser = held_by(cast, make_post, now), signed_in(cast.member)
    first = browser.get(page("work", claim.pk)).context["form"].initial
    assert (first["day"], first["minutes"]) == (now.date(), 120)
    day = {"id": new_id(), "day": now.date(), "content": "巡看三遍"}
    for start, end, minutes, field in [
        ("10:00", "09:00", 30, "end_time"),
        ("08:00", "09:00", 90, "minutes"),
        ("23:00", "23:30", 30, None),
    ]:
        answer = browser.post(page("work", claim.pk), day | {"start_time": start, "end_time": end, "minutes": minutes})
        assert answer.status_code == 422
        assert "巡看三遍" in words_of(answer)
        assert answer.context["form"].errors.keys() & {field or "__all__"}
    early = {"start_time": "08:00", "end_time": "09:00", "minutes": 60, "day": now.date() - timedelta(days=9)}
    assert browser.post(page("work", claim.pk), day | early).context["form"].errors.keys() == {"day"}
    assert not ServiceEntry.objects.exists()


def test_the_desk_opens_a_set_at_once_and_twice_is_once(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    browser = signed_in(cast.desk)
    form = browser.get(page("set")).context["form"]
    sent: dict[str, Any] = {"community": cast.nanyuan.pk, "place": "南园活动站"}
    for kind, _take, _places, key in form.rows()[:6]:
        sent |= {f"take-{kind.code}": "on", f"places-{kind.code}": "3", f"id-{kind.code}": str(key.value())}
    for _twice in range(2):
        assert browser.post(page("set"), sent).status_code == 302
    assert list(Post.objects.open().values_list("places", flat=True)) == [3] * 6
    for wrong in ({"place": ""}, {f"places-{form.kinds[0].code}": ""}, {f"places-{form.kinds[0].code}": "9999"}):
        assert browser.post(page("set"), sent | wrong).status_code == 422
    nothing = {"community": cast.nanyuan.pk, "place": "南园活动站"}
    assert browser.post(page("set"), nothing).status_code == 422
    assert Post.objects.count() == 6


def test_the_desk_s_own_post_is_open_in_one_step_or_kept_as_a_proposal(cast: Cast, signed_in: SignIn) -> None:
    browser, address = signed_in(cast.desk), page("new", "greening")
    assert browser.post(address, form_of(community=cast.nanyuan.pk, at_once="on")).status_code == 302
    assert browser.post(address, form_of(community=cast.nanyuan.pk, title="先放着")).status_code == 302
    assert {post.title: post.state.value for post in Post.objects.all()} == {
        "3号楼夜间巡看岗": "open",
        "先放着": "proposed",
    }
    for wrong in ({"risk_note": ""}, {"places": 0}, {"hours_form": "set"}, {"hours_form": "flexible"}, {"title": ""}):
        assert browser.post(address, form_of(community=cast.nanyuan.pk, at_once="on") | wrong).status_code == 422, wrong
    assert browser.post(address, form_of(community=cast.gongyuan.pk, at_once="on")).status_code == 422
    assert Post.objects.count() == 2


def test_every_refusal_of_a_claim_has_its_next_step(
    cast: Cast, signed_in: SignIn, make_post: Any, neighbours: Any, now: datetime
) -> None:
    browser, post = signed_in(cast.member), make_post(category="veteran")
    shown = words_of(browser.get(page("post", post.pk)))
    assert f'action="{page("claims", post.pk)}"' not in shown
    refused = browser.post(page("claims", post.pk), {"id": new_id()})
    assert refused.status_code == 422
    assert refused.context["problem"].code == "other_category"
    assert refused.context["problem"].url == page("open")
    assert browser.post(page("claims", post.pk), {"id": "rubbish"}).status_code == 422
    shown = words_of(browser.get(page("open") + "?show=all"))
    assert post.title in shown
    assert post.title not in words_of(browser.get(page("open")))


def test_a_full_post_offers_the_waiting_list(
    cast: Cast, signed_in: SignIn, make_post: Any, neighbours: Any, now: datetime
) -> None:
    post, browser = make_post(places=1), signed_in(cast.member)
    ((other, actor),) = neighbours(1)
    first = commands.claim_post(post=post, member=other, by=actor, now=now)
    browser.post(page("claims", post.pk), {"id": new_id()})
    shown = browser.get(page("post", post.pk))
    assert shown.context["turn"] == 1
    assert other.name not in words_of(shown)
    desk = signed_in(cast.desk)
    asked = words_of(desk.get(page("claim_end", first.pk)))
    assert asked
    assert desk.post(page("claim_end", first.pk), {"reason": "own_wish"}).status_code == 422
    assert desk.post(page("claim_end", first.pk), {"reason": "unfit", "note": "不在家"}).status_code == 302
    assert desk.get(page("claim_end", first.pk)).status_code == 302
    assert PostClaim.objects.get(member=cast.teacher_member).place_no == 1


def test_the_desk_claims_and_takes_up_for_somebody_who_asked(
    cast: Cast, signed_in: SignIn, make_post: Any, now: datetime
) -> None:
    post, browser, member = make_post(), signed_in(cast.desk), cast.teacher_member
    for text in (member.name, member.name_initials, member.name_pinyin):
        assert member in [one for one, _has, _key in browser.get(page("people", post.pk), {"q": text}).context["found"]]
    assert browser.post(page("claims", post.pk), {"id": new_id(), "member": member.pk}).status_code == 302
    assert browser.post(page("claims", post.pk), {"id": new_id(), "member": member.pk}).status_code == 422
    assert browser.post(page("claims", post.pk), {"id": new_id(), "member": new_id()}).status_code == 404
    nobody = browser.post(page("claims", post.pk), {"id": new_id()})
    assert nobody.status_code == 422
    assert "请选择为谁认领这个岗位" in nobody.content.decode()
    claim = PostClaim.objects.get()
    assert browser.get(page("tenure", claim.pk)).status_code == 302
    browser.post(page("confirmation", claim.pk))
    assert browser.post(page("tenure", claim.pk), {"asked": ""}).status_code == 422
    assert browser.post(page("tenure", claim.pk), {"asked": "本人到服务台提出"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "held"


def test_a_lot_is_collected_drawn_and_shown(
    cast: Cast, signed_in: SignIn, make_post: Any, neighbours: Any, now: datetime
) -> None:
    Policy.objects.filter(key=PolicyKey.CLAIM_RULE).update(value={"order": "lot", "days": 3})
    post = make_post(places=1)
    for member, actor in neighbours(3):
        commands.claim_post(post=post, member=member, by=actor, now=now)
    own = commands.claim_post(post=post, member=cast.teacher_member, by=cast.actor("member"), now=now)
    member, desk = Client(), Client()
    member.force_login(cast.member)
    desk.force_login(cast.desk)
    shown = words_of(member.get(page("post", post.pk)))
    assert post.lot_seal in shown
    assert bytes(post.lot_seed).hex() not in shown
    assert desk.get(page("allotment", post.pk)).status_code == 302
    assert desk.post(page("allotment", post.pk)).status_code == 422
    with time_machine.travel(now + timedelta(days=4), tick=False):
        assert desk.get(page("list") + "?state=to_draw").context["listing"].total == 1
        assert desk.get(page("allotment", post.pk)).status_code == 200
        assert desk.post(page("allotment", post.pk)).status_code == 302
        shown = words_of(member.get(page("post", post.pk)))
    assert bytes(post.lot_seed).hex() in shown
    assert str(own.pk) in shown
    assert "邻居0" not in shown


def test_ending_a_post_says_to_how_many_first(
    cast: Cast, signed_in: SignIn, make_post: Any, neighbours: Any, now: datetime
) -> None:
    post, browser = make_post(), signed_in(cast.desk)
    for member, actor in neighbours(2):
        commands.claim_post(post=post, member=member, by=actor, now=now)
    assert browser.get(page("end", post.pk)).context["people"] == 2
    assert browser.post(page("end", post.pk), {"reason": "declined"}).status_code == 422
    assert browser.post(page("end", post.pk), {"reason": "done"}).status_code == 302
    assert browser.get(page("end", post.pk)).status_code == 302
    assert browser.get(page("edit", post.pk)).status_code == 302
    assert browser.post(page("edit", post.pk), form_of()).status_code == 422
    assert not PostClaim.objects.live().exists()


def test_a_member_takes_his_own_proposal_back_and_nobody_else_s(
    cast: Cast, signed_in: SignIn, neighbours: Any, now: datetime
) -> None:
    own = commands.propose_post(community=cast.nanyuan, draft=draft(), reason="", by=cast.actor("member"), now=now)
    ((_member, other),) = neighbours(1)
    theirs = commands.propose_post(community=cast.nanyuan, draft=draft(), reason="", by=other, now=now)
    browser = signed_in(cast.member)
    assert browser.get(page("end", theirs.pk)).status_code == 404
    assert browser.post(page("establishment", own.pk)).status_code == 403
    assert browser.get(page("end", own.pk)).status_code == 200
    assert browser.post(page("end", own.pk), {"reason": "not_needed"}).status_code == 302
    own.refresh_from_db()
    assert own.state == "ended"


def test_the_list_filters_sorts_and_exports_what_it_shows(cast: Cast, signed_in: SignIn, make_post: Any) -> None:
    make_post(title="甲岗", places=3)
    make_post(title="乙岗", places=1)
    browser = signed_in(cast.desk)
    shown = browser.get(page("list"), {"q": "甲"})
    assert [post.title for post, _when in shown.context["rows"]] == ["甲岗"]
    answer = browser.get(shown.context["listing"].export_url)
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows if "岗" in str(row[0])][-1:] == ["甲岗"]
    assert "乙岗" not in str(rows)
    by_places = browser.get(page("list"), {"sort": "places", "state": "open", "community": cast.nanyuan.pk})
    assert [post.places for post, _when in by_places.context["rows"]] == [1, 3]
    assert browser.get(page("list"), {"state": "ended"}).context["listing"].total == 0
    assert browser.get(page("list"), {"state": "rubbish", "kind": "x", "sort": "y"}).status_code == 200
    assert signed_in(cast.member).get(page("list")).status_code == 302


def test_lists_ask_as_often_for_three_rows_as_for_one(
    cast: Cast, signed_in: SignIn, make_post: Any, neighbours: Any, desk: Actor, now: datetime, queries: Any
) -> None:
    shared, people = make_post(places=9, title="共同岗"), iter(neighbours(3))
    counts: dict[str, list[int]] = {}
    for more in (1, 2):
        for _each in range(more):
            member, actor = next(people)
            commands.claim_post(post=shared, member=member, by=actor, now=now)
            held_by(cast, make_post, now, title=f"岗{new_id()}")
            make_post(title=f"空岗{new_id()}")
            commands.propose_post(community=cast.nanyuan, draft=draft(), reason="", by=cast.actor("member"), now=now)
        pages = {"desk": [page("list"), page("post", shared.pk), page("export"), "/"]}
        pages |= {"member": [page("open"), page("open") + "?show=all", "/"]}
        for who, addresses in pages.items():
            browser = signed_in(cast.users[who])
            for address in addresses:
                browser.get(address)
                with queries() as seen:
                    assert browser.get(address).status_code == 200
                counts.setdefault(f"{who} {address}", []).append(len(seen))
    assert {address: pair for address, pair in counts.items() if pair[0] != pair[1]} == {}


def test_home_says_what_waits(cast: Cast, signed_in: SignIn, make_post: Any, now: datetime) -> None:
    post = make_post()
    claim = commands.claim_post(post=post, member=cast.teacher_member, by=cast.actor("member"), now=now)
    assert "?state=to_confirm" in words_of(signed_in(cast.desk).get("/"))
    commands.confirm_claim(claim=claim, by=cast.actor("desk"), now=now)
    assert "?state=to_confirm" not in words_of(signed_in(cast.desk).get("/"))
    assert post.get_absolute_url() in words_of(signed_in(cast.member).get("/"))

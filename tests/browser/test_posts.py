"""Posts in Chromium: every screen for axe at both widths, and six posts from opening to work, two phones at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.ledger.models import ServiceEntry
from guangcai.members.commands import load_lists
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Policy
from guangcai.orgs.roles import Role
from guangcai.posts import commands
from guangcai.posts.models import Post, PostClaim
from tests.browser.conftest import PHONE
from tests.cast import Cast, grant, make_cast, make_member, make_user
from tests.posts.conftest import draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIX = ("publicity", "legal_advice", "culture", "health", "mediation", "public_safety")


class Scene:
    """南园 with its kinds of post and a second member who signs in; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_post_kinds(by=Actor.system(), now=self.now)
        cast, phone = self.cast, "13712340001"
        self.neighbour = make_member(cast, "n1", "邻居一", phone, community=cast.nanyuan, unit=cast.school)
        self.other = make_user(cast, "nu1", "邻居一", phone, member=self.neighbour)
        grant(self.other, Role.MEMBER, node=cast.nanyuan)

    def post(self, **other: Any) -> Post:
        return commands.add_post(community=self.cast.nanyuan, draft=draft(**other), by=self.desk, now=self.now)

    def held(self, post: Post) -> PostClaim:
        own, then = self.cast.actor("member"), self.now - timedelta(days=1)
        claim = commands.claim_post(post=post, member=self.cast.teacher_member, by=own, now=then)
        commands.confirm_claim(claim=claim, by=self.desk, now=then)
        return commands.take_up(claim=claim, by=own, now=then)

    def drawn(self) -> Post:
        """A post whose places were given out by lot."""
        Policy.objects.filter(key=PolicyKey.CLAIM_RULE).update(value={"order": "lot", "days": 1})
        post = self.post(title="抽签岗", places=1)
        for member in (self.cast.teacher_member, self.neighbour):
            commands.claim_post(post=post, member=member, by=self.desk, now=self.now)
        commands.allot_places(post=post, by=self.desk, now=self.now + timedelta(days=3))
        return post

    def pages(self) -> dict[str, list[str]]:
        claim, by = self.held(self.post()), self.cast.actor("member")
        words = draft(title="提议岗")
        proposal = commands.propose_post(community=self.cast.nanyuan, draft=words, reason="需要", by=by, now=self.now)
        lot, post = self.drawn(), claim.post

        def on(row: Any, *names: str) -> list[str]:
            return [reverse(f"posts:{name}", args=[row.pk]) for name in names]

        desk = [reverse(f"posts:{name}") for name in ("list", "kinds", "set")]
        desk += [reverse("posts:new", args=["greening"]), *on(post, "post", "edit", "end"), *on(lot, "post")]
        desk += [f"{on(post, 'people')[0]}?q=邻居", *on(proposal, "post", "end"), *on(claim, "claim_end", "work")]
        member = [reverse("posts:open"), reverse("posts:open") + "?show=all", "/"]
        return {"desk": desk, "member": [*member, *on(post, "post"), *on(lot, "post"), *on(claim, "work", "claim_end")]}


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_screen(width: str, scene: Scene, request: Any, sign_in: Any, axe: Any, no_sideways_scroll: Any) -> None:
    page = request.getfixturevalue(width)
    for who, addresses in scene.pages().items():
        sign_in(page, scene.cast.users[who])
        for address in addresses:
            assert page.goto(address).status == 200, address
            axe(page)
            no_sideways_scroll(page)


def test_six_posts_from_opening_to_work(scene: Scene, desk: Any, new_page: Callable[..., Any], sign_in: Any) -> None:
    """The desk opens six; two members want the last place at the same moment; one has it and works under it."""
    sign_in(desk, scene.cast.desk)
    _open_six(desk)
    post = Post.objects.get(kind__code="public_safety")
    phones = [_phone(new_page, sign_in, user, post) for user in (scene.cast.member, scene.other)]
    for phone in phones:
        # Returns before the answer is there: both are on their way together.
        phone.evaluate("document.querySelector('form[action$=\"/claims/\"]').requestSubmit()")
    for phone in phones:
        phone.wait_for_selector(".gc-notice")
    claims = PostClaim.objects.filter(post=post).order_by("place_no")
    assert [claim.place_no for claim in claims] == [1, None]
    first = claims[0]
    is_teacher = first.member_id == scene.cast.teacher_member.pk
    winner, loser = phones if is_teacher else phones[::-1]
    assert "候补第 1 位" in loser.inner_text("main")
    desk.goto(post.get_absolute_url())
    desk.click(f"#claim-{first.pk} form button")
    winner.reload()
    winner.click("main form[action$='/tenure/'] button")
    _write_down(winner, post)
    entry = ServiceEntry.objects.get()
    assert (entry.member_id, entry.minutes, entry.deeds, entry.origin) == (first.member_id, 1, 1, "claim")
    assert loser.goto(post.get_absolute_url()).status == 200
    assert not ServiceEntry.objects.exclude(member=first.member_id).exists()


def _open_six(desk: Any) -> None:
    desk.goto(reverse("posts:set"))
    desk.fill("input[name=place]", "南园活动站")
    for kind in SIX:
        desk.check(f"input[name=take-{kind}]")
        desk.fill(f"input[name=places-{kind}]", "1")
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector("tbody tr")
    assert desk.locator("tbody tr").count() == len(SIX)
    assert set(Post.objects.open().values_list("kind__code", flat=True)) == set(SIX)


def _phone(new_page: Callable[..., Any], sign_in: Any, user: Any, post: Post) -> Any:
    phone = new_page(**PHONE, has_touch=True, is_mobile=True)
    sign_in(phone, user)
    phone.goto(post.get_absolute_url())
    return phone


def _write_down(phone: Any, post: Post) -> None:
    """The first minute of the day: over whenever the test runs, but for that minute."""
    phone.goto(post.get_absolute_url())
    phone.click("main a[href$='/entries/']")
    phone.fill("input[name=start_time]", "00:00")
    phone.fill("input[name=end_time]", "00:01")
    phone.fill("input[name=minutes]", "30")
    phone.fill("textarea[name=content]", "巡看三遍")
    phone.check("input[name=is_deed]")
    phone.click("main form .gc-btn-primary")
    # More minutes than lie between start and end: refused beside the field, and nothing typed is lost.
    phone.wait_for_selector(".gc-field-error")
    assert phone.input_value("textarea[name=content]") == "巡看三遍"
    phone.fill("input[name=minutes]", "1")
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector(".gc-notice")

"""Councils in Chromium: every screen for axe at both widths, and one proposal from the phone to the public result."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.councils import commands
from guangcai.councils.enums import BodyKind, PartyClass, Side
from guangcai.councils.models import Body, JointPledge, Meeting, Proposal
from guangcai.members.commands import load_lists
from tests.browser.conftest import PHONE
from tests.cast import Cast, make_cast
from tests.councils.conftest import call, close, finish, promise, seat, set_up

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


class Scene:
    """南园 with a joint meeting that meets tomorrow; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_required_parties(by=Actor.system(), now=self.now)
        early = self.now - 40 * DAY
        self.body: Body = set_up(self.cast.nanyuan, BodyKind.JOINT, "南园联席会", self.desk, early, on=early.date())
        seat(self.body, self.desk, early, PartyClass.UNIT, work_unit=self.cast.school)
        seat(self.body, self.desk, early, PartyClass.MEMBER, member=self.cast.teacher_member)
        seat(self.body, self.desk, early, PartyClass.DELEGATE, party_name="王桂芳")
        self.meeting: Meeting = call(self.body, self.desk, self.now, title="下次会议")

    def proposal(self, title: str, *, days: int = 30) -> Proposal:
        """One that was tabled `days` ago."""
        then = self.now - days * DAY
        draft = commands.ProposalDraft(title, "内容", self.cast.teacher_member)
        by = self.cast.actor("member")
        row = commands.raise_proposal(community=self.cast.nanyuan, draft=draft, by=by, now=then)
        commands.screen_proposal(proposal=row, accepts=True, note="", by=self.desk, now=then)
        held = call(self.body, self.desk, then, title=f"会议{title}")
        return commands.table_proposal(proposal=row, meeting=held, by=self.desk, now=then)

    def pages(self) -> dict[str, list[str]]:
        cast, now = self.cast, self.now
        done, late = self.proposal("办完的"), self.proposal("迟了的")
        first = promise(done, cast, self.desk, now - 29 * DAY, days=5)
        finish(first, self.desk, now)
        second = promise(late, cast, self.desk, now - 29 * DAY, days=5)
        close(Meeting.objects.get(title="会议办完的"), self.desk, now)
        items = [commands.ItemDraft(Side.UNIT, "讲课", 4, "次"), commands.ItemDraft(Side.COMMUNITY, "护学", 9, "次")]
        draft = commands.AgreementDraft(cast.school, now.date(), now.date() + 99 * DAY, items)
        agreement = commands.draw_up_agreement(community=cast.nanyuan, draft=draft, by=self.desk, now=now)
        contest = commands.open_contest(
            node=cast.nanyuan,
            name="评比",
            closes_on=now.date() + 9 * DAY,
            criteria=[("受益", 100)],
            by=self.desk,
            now=now,
        )
        entry = commands.enter_contest(
            contest=contest, work_unit=cast.school, title="灯", text="开放", by=self.desk, now=now
        )

        def on(row: Any, *names: str) -> list[str]:
            return [reverse(f"councils:{name}", args=[row.pk]) for name in names]

        lists = ("bodies", "proposals", "pledges", "agreements", "contests", "body_new", "proposal_new")
        desk = [reverse(f"councils:{name}") for name in (*lists, "agreement_new", "contest_new")]
        desk += on(self.body, "body", "body_end", "seats", "records", "meeting_new")
        desk += [f"{on(self.body, 'people')[0]}?q=林"]
        desk += on(Meeting.objects.get(title="会议办完的"), "meeting", "minutes")
        desk += on(Meeting.objects.get(title="会议迟了的"), "closing", "call_off")
        desk += [*on(late, "proposal", "links", "proposal_end", "pledge_new"), *on(done, "judgements")]
        desk += [
            *on(second, "pledge", "progress", "done", "owner", "withdrawal"),
            *on(agreement, "agreement", "signature"),
        ]
        desk += [*on(contest, "contest", "contest_entries", "contest_publication"), *on(entry, "scores")]
        public = reverse("councils:public", args=[cast.nanyuan.code])
        member = ["/", reverse("councils:mine"), *on(done, "proposal", "judgements"), public]
        return {"desk": desk, "member": member, "liaison": ["/", reverse("councils:ours"), *on(second, "pledge")]}


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


def test_a_proposal_from_the_phone_to_the_public_result(
    scene: Scene, desk: Any, new_page: Callable[..., Any], sign_in: Any
) -> None:
    """A member proposes, the desk screens and tables, the school promises and does it, he judges, everybody reads."""
    phone, unit = new_page(**PHONE, has_touch=True, is_mobile=True), new_page(width=1440, height=900)
    sign_in(phone, scene.cast.member)
    sign_in(desk, scene.cast.desk)
    sign_in(unit, scene.cast.liaison)
    phone.goto(reverse("councils:mine"))
    phone.click("main a[href$='/proposals/new/'] >> nth=0")
    phone.fill("input[name=title]", "加装扶手")
    phone.fill("textarea[name=text]", "楼道没有扶手")
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector(".gc-timeline")
    row = Proposal.objects.get()
    desk.goto(reverse("councils:proposals") + "?state=raised")
    desk.click("tbody th a")
    desk.click("main a[href$='/screening/']")
    desk.check("input[name=accepts][value=yes]")
    desk.click("main form .gc-btn-primary")
    desk.click("main a[href$='/tabling/']")
    desk.select_option("select[name=meeting]", str(scene.meeting.pk))
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector("main a[href$='/pledges/']")
    _promise_and_do(unit, scene, row)
    phone.goto("/")
    phone.click(f"main a[href$='{row.pk}/']")
    phone.click("main a[href$='/judgements/']")
    phone.check("input[name=verdict][value=kept]")
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector(".gc-timeline")
    desk.goto(row.get_absolute_url())
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.click("main form[action$='/publication/'] button")
    desk.wait_for_load_state("networkidle")
    stranger = new_page(**PHONE)
    stranger.goto(reverse("councils:public", args=[scene.cast.nanyuan.code]))
    assert "出钱装扶手" in stranger.inner_text("main")
    assert "孙老师" not in stranger.inner_text("main")
    assert Proposal.objects.get().state == "published"


def _promise_and_do(unit: Any, scene: Scene, row: Proposal) -> None:
    """The school promises something for it, and reports it as done."""
    unit.goto(reverse("councils:ours"))
    unit.click(f"main a[href$='{row.pk}/']")
    unit.click("main a[href$='/pledges/']")
    unit.fill("input[name=item]", "出钱装扶手")
    unit.fill("input[name=due_on]", (scene.now.date() + 9 * DAY).isoformat())
    unit.fill("input[name=owner_name]", "孙老师")
    unit.click("main form .gc-btn-primary")
    unit.wait_for_selector("#promises")
    pledge = JointPledge.objects.get()
    unit.goto(reverse("councils:done", args=[pledge.pk]))
    unit.fill("textarea[name=evidence]", "三个单元都装好了")
    unit.click("main form .gc-btn-primary")
    unit.wait_for_selector(".gc-facts")

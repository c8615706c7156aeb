"""Teams in Chromium: every screen for axe at both widths; a plate from hanging out to the desk reading about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.commands import load_lists
from guangcai.members.models import Member, Occupation, SkillKind
from guangcai.orgs.roles import Role
from guangcai.teams import commands
from guangcai.teams.enums import LeaderRole
from guangcai.teams.models import OccupationTeam, Plate, PlateFeedback, Team, TeamField
from tests.browser.conftest import PHONE
from tests.cast import Cast, grant, make_cast, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """南园 with a team that the cast's member leads; real time, because the browser has its own."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()
        self.cast: Cast = make_cast(self.now)
        self.desk: Actor = self.cast.actor("desk")
        load_lists(by=Actor.system(), now=self.now)
        commands.load_team_lists(by=Actor.system(), now=self.now)
        cast, phone = self.cast, "13712360001"
        self.neighbour = make_member(cast, "n1", "邻居一", phone, community=cast.nanyuan, unit=cast.school)
        self.other = make_user(cast, "nu1", "邻居一", phone, member=self.neighbour)
        grant(self.other, Role.MEMBER, node=cast.nanyuan)
        Member.objects.filter(pk=self.neighbour.pk).update(occupation=Occupation.objects.get(code="teacher"))
        self.team = self._team()

    def _team(self) -> Team:
        field, skill = TeamField.objects.get(code="public_safety"), SkillKind.objects.get(code="fire_safety")
        draft = commands.TeamDraft(kind="team", name="社区治安队", field=field, basis="skill", skill=skill)
        team = commands.add_team(node=self.cast.nanyuan, draft=draft, by=self.desk, now=self.now)
        member = self.cast.teacher_member
        place = commands.ask_to_join(team=team, member=member, by=self.cast.actor("member"), now=self.now)
        commands.confirm_joining(membership=place, by=self.desk, now=self.now)
        commands.appoint_leader(team=team, member=member, role=LeaderRole.LEADER, by=self.desk, now=self.now)
        entry = commands.LogDraft(timezone.localdate(self.now), "巡看3号楼", 2)
        self.entry = commands.write_log(team=team, draft=entry, by=self.desk, now=self.now)
        commands.add_alias(team=team, name="社会治安队", by=self.desk, now=self.now)
        (self.asked,) = commands.invite_members(team=team, members=[self.neighbour], by=self.desk, now=self.now)
        self.place = place
        return team

    def plate(self) -> tuple[Plate, PlateFeedback]:
        member = self.cast.teacher_member
        plate = commands.show_plate(member=member, by=self.cast.actor("member"), now=self.now)
        words = commands.Feedback(new_id(), "praise", "谢谢您", "13912345678")
        return plate, commands.add_plate_feedback(plate=plate, feedback=words, by=Actor(), now=self.now)

    def pages(self) -> dict[str, list[str]]:
        plate, feedback = self.plate()
        rule = OccupationTeam.objects.get(occupation__code="teacher")

        def on(*names: str) -> list[str]:
            return [reverse(f"teams:{name}", args=[self.team.pk]) for name in names]

        desk = [reverse(f"teams:{name}") for name in ("list", "tree", "new", "proposals", "inbox")]
        desk += [*on("team", "edit", "end", "roles", "log"), f"{on('people')[0]}?q=邻居"]
        desk += [reverse("teams:proposal", args=[rule.pk, self.cast.nanyuan.pk])]
        desk += [reverse("teams:acceptance", args=[self.asked.pk]), reverse("teams:feedback", args=[feedback.pk])]
        desk += [reverse("teams:membership_end", args=[self.asked.pk]), plate.get_absolute_url()]
        member = ["/", *on("team", "log"), reverse("teams:mine"), reverse("teams:plate")]
        member += [reverse("teams:log_correction", args=[self.entry.pk])]
        return {"desk": desk, "member": [*member, reverse("teams:membership_end", args=[self.place.pk])]}


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


def test_a_plate_is_hung_out_and_a_resident_writes(
    scene: Scene, phone: Any, desk: Any, new_page: Callable[..., Any], sign_in: Any
) -> None:
    """The member turns it on and prints it; a resident writes with scripts off; the desk reads it, then he does."""
    sign_in(phone, scene.cast.member)
    phone.goto(reverse("teams:mine"))
    phone.click(f"main a[href='{reverse('teams:plate')}']")
    phone.click("main form .gc-btn-primary")
    phone.wait_for_selector(".gc-qr")
    plate = Plate.objects.get()
    with phone.expect_download() as paper:
        phone.click(f"main a[href='{reverse('teams:plate_paper')}']")
    assert paper.value.suggested_filename.endswith(".pdf")
    resident = new_page(**PHONE, java_script_enabled=False)
    resident.goto(plate.get_absolute_url())
    assert scene.cast.teacher_member.name not in resident.content()
    resident.check("input[value=remark]")
    resident.click("main form .gc-btn-primary")
    # Nothing written: refused beside the field, and what was ticked stays.
    assert resident.is_checked("input[value=remark]")
    resident.fill("textarea[name=text]", "周三能再来一次吗")
    resident.click("main form .gc-btn-primary")
    assert "谢谢" in resident.inner_text("main")
    sign_in(desk, scene.cast.desk)
    desk.goto(reverse("teams:inbox"))
    desk.click("tbody th a")
    desk.fill("textarea[name=note]", "下周安排")
    desk.click("main form .gc-btn-primary")
    desk.wait_for_selector(".gc-notice")
    phone.goto(reverse("teams:plate"))
    assert "下周安排" in phone.inner_text("main")
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.click("form[action$='/withdrawal/'] button")
    if phone.locator("dialog[open] .gc-btn-primary").count():
        phone.click("dialog[open] .gc-btn-primary")
    phone.wait_for_selector("main form .gc-btn-primary")
    assert resident.goto(plate.get_absolute_url()).status == 404
    assert PlateFeedback.objects.count() == 1

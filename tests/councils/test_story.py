"""One story per matter: six rooms tell it in the order of time, each to whom it may tell it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guangcai.activities import commands as activities
from guangcai.activities.enums import Presence
from guangcai.activities.models import Activity, Shift
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.matters import check_same
from guangcai.core.screens import TimelineItem
from guangcai.councils import commands
from guangcai.councils.enums import MatterKind, Verdict
from guangcai.councils.enums import ProposalState as S
from guangcai.councils.models import Body, Decision, JointPledge, MatterLink, Meeting, PledgeOwner, Proposal
from guangcai.councils.queries.story import story_of
from guangcai.councils.words import STEPS
from guangcai.members.commands import load_lists
from guangcai.orgs.models import ResidentUnit
from guangcai.places import commands as places
from guangcai.places.models import Booking, SharedResource
from guangcai.portal.commands import add_suggestion, answer_suggestion
from guangcai.portal.models import Suggestion
from guangcai.wishes import commands as wishes
from guangcai.wishes.models import Wish, WishKind
from tests.activities.conftest import text as notice
from tests.cast import SINCE, Cast
from tests.councils.conftest import DAY, call, close, finish, promise
from tests.places.conftest import hall, wanted
from tests.wishes.conftest import wish_draft

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
# Names and words of people that no reader of the public page may meet.
SECRETS = ("林晓岚", "孙老师", "王桂芳", "13900001111", "13800000103", "家住3号楼501", "13612340001", "周末义务清扫")


def travel(now: datetime) -> Any:
    return time_machine.travel(now, tick=False)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    with travel(now):
        yield


@pytest.fixture
def resource(cast: Cast, liaison: Actor, now: datetime) -> SharedResource:
    for community in (cast.nanyuan, cast.gongyuan):
        ResidentUnit.objects.create(work_unit=cast.school, community=community, path=community.path, since=SINCE)
    return places.add_resource(community=cast.nanyuan, work_unit=cast.school, content=hall(), by=liaison, now=now)


def book(
    resource: SharedResource, matter: Proposal | None, cast: Cast, now: datetime, day: date, **more: Any
) -> Booking:
    return places.ask(
        resource=resource,
        community=cast.nanyuan,
        wanted=wanted(day),
        matter=matter and matter.pk,
        by=cast.actor("desk"),
        now=now,
        **more,
    )


def hold(matter: Proposal | None, cast: Cast, now: datetime, *, title: str = "周末义务清扫") -> Shift:
    """An activity for it, in a day, held with one member."""
    desk, member = cast.actor("desk"), cast.teacher_member
    row = activities.add_activity(
        community=cast.nanyuan, text=notice(title=title), matter=matter and matter.pk, by=desk, now=now
    )
    starts_at = now + DAY
    shift = activities.add_shift(
        activity=row, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), places=5, by=desk, now=now
    )
    activities.publish_activity(activity=row, by=desk, now=now)
    after = starts_at + timedelta(hours=3)
    activities.mark_attendance(shift=shift, marks={member.pk: Presence.PRESENT}, by=desk, now=after)
    activities.close_shift(shift=shift, head_count=1, by=desk, now=after)
    return shift


@dataclass
class Matter:
    """A proposal with everything that belongs to it."""

    proposal: Proposal
    suggestion: Suggestion
    booking: Booking
    shift: Shift
    wish: Wish


def wish_for(matter: Proposal, desk: Actor, cast: Cast, now: datetime) -> Wish:
    row = wishes.collect_wish(community=cast.nanyuan, draft=wish_draft(), by=desk, now=now)
    kind = WishKind.objects.get(code="goods")
    words = {"title": "一根拐杖", "words": "一位老人想要一根拐杖。", "people": 1}
    row = wishes.verify_wish(wish=row, kind=kind, **words, by=desk, now=now)
    row = wishes.publish_wish(wish=row, by=desk, now=now)
    commands.link_matter(proposal=matter, kind=MatterKind.WISH, target=row.pk, label="顺带的心愿", by=desk, now=now)
    return row


@pytest.fixture
def matter(cast: Cast, body: Body, resource: SharedResource, desk: Actor, liaison: Actor, now: datetime) -> Matter:
    """From a suggestion twenty days ago to a result that came ten days late."""
    load_lists(by=Actor.system(), now=now)
    wishes.load_wish_lists(by=Actor.system(), now=now)
    then = now - 60 * DAY
    said = add_suggestion(
        id=new_id(), text="楼道要有扶手，家住3号楼501", contact="", place=cast.nanyuan, by=Actor(), now=then
    )
    answer_suggestion(suggestion=said, answer="提交议事", by=desk, now=then + DAY)
    draft = commands.ProposalDraft(
        "加装楼道扶手", "楼道没有扶手。", proposer_name="王桂芳", raised_from=(MatterKind.SUGGESTION, said.pk)
    )
    row = commands.raise_proposal(community=cast.nanyuan, draft=draft, by=desk, now=then + 2 * DAY)
    row = commands.screen_proposal(proposal=row, accepts=True, note="王桂芳说得对", by=desk, now=then + 3 * DAY)
    meeting = call(body, desk, then + 4 * DAY, title="议事")
    row = commands.table_proposal(proposal=row, meeting=meeting, by=desk, now=then + 4 * DAY + timedelta(hours=1))
    seats = list(body.seats.all())  # type: ignore[attr-defined]
    closing = commands.Closing(seats, now.date() + 60 * DAY, ["另一件事"], 3, {row.pk: "请学校装扶手"})
    commands.close_meeting(meeting=meeting, closing=closing, by=desk, now=then + 6 * DAY)
    with travel(then + 7 * DAY):
        pledge = promise(row, cast, liaison, then + 7 * DAY, days=10)
    booking = book(resource, row, cast, then + 8 * DAY, (then + 10 * DAY).date())
    places.confirm(booking=booking, by=liaison, now=then + 9 * DAY)
    used = then + 11 * DAY
    places.give_back(booking=booking, use=places.Use(people=12, minutes=60), by=desk, now=used)
    shift = hold(row, cast, then + 12 * DAY)
    wish = wish_for(row, desk, cast, then + 14 * DAY)
    commands.note_progress(pledge=pledge, note="孙老师量了尺寸", by=liaison, now=then + 15 * DAY)
    finish(pledge, liaison, then + 27 * DAY)
    row = Proposal.objects.get(pk=row.pk)
    judged = commands.JudgementDraft(Verdict.KEPT, "谢谢孙老师", asked="电话")
    commands.judge_proposal(proposal=row, draft=judged, by=desk, now=then + 28 * DAY)
    commands.publish_result(proposal=row, by=desk, now=then + 29 * DAY)
    return Matter(Proposal.objects.get(pk=row.pk), said, booking, shift, wish)


def words_of(story: list[TimelineItem]) -> str:
    return "\n".join(f"{item.title} {item.text}" for item in story)


def in_order(story: list[TimelineItem], *marks: str) -> None:
    """Each of the marks stands on a line of its own, one after another."""
    lines = [f"{item.title} {item.text}" for item in story]
    at = -1
    for mark in marks:
        found = next((number for number, line in enumerate(lines) if number > at and mark in line), None)
        assert found is not None, (mark, lines[at + 1 :])
        at = found


def test_six_rooms_tell_one_story(matter: Matter, desk: Actor) -> None:
    story = story_of(matter.proposal, desk)
    assert [item.at for item in story] == sorted(item.at for item in story)
    in_order(
        story,
        "家住3号楼501",
        "提交议事",
        str(STEPS[S.RAISED]),
        "王桂芳说得对",
        "南园社区党建联席会 · 议事",
        "请学校装扶手",
        "孙老师",
        "学校礼堂",
        "12",
        "周末义务清扫",
        "一根拐杖",
        "孙老师量了尺寸",
        "装好扶手十二米",
        "谢谢孙老师",
        str(STEPS[S.PUBLISHED]),
    )
    assert "顺带的心愿" in words_of(story)
    assert "另一件事" not in words_of(story)
    # The promise and the judgement speak for the steps they made.
    assert str(STEPS[S.PLEDGED]) not in [item.title for item in story]
    assert len([item for item in story if item.url]) >= 6


def test_everybody_reads_it_without_a_person(matter: Matter, client: Client) -> None:
    story = story_of(matter.proposal, None)
    in_order(story, "请学校装扶手", "出钱装扶手", "站前区实验小学", "1", "一根拐杖", "装好扶手十二米")
    told = words_of(story)
    assert not [word for word in SECRETS if word in told]
    assert not any(item.url for item in story)
    assert "10" in told
    page = client.get(reverse("councils:public_matter", args=[matter.proposal.pk]))
    assert page.status_code == 200
    shown = page.content.decode()
    assert "请学校装扶手" in shown
    assert not [word for word in SECRETS if word in shown]
    overview = client.get(reverse("councils:public", args=[matter.proposal.community.code])).content.decode()
    assert reverse("councils:public_matter", args=[matter.proposal.pk]) in overview


def test_a_stranger_finds_the_promises_from_the_front_page(
    cast: Cast, tabled: Proposal, liaison: Actor, client: Client, now: datetime
) -> None:
    way = reverse("councils:public_communities")
    assert way in client.get("/").content.decode()
    own = reverse("councils:public", args=[cast.nanyuan.code])
    assert own not in client.get(way).content.decode()
    promise(tabled, cast, liaison, now)
    page = client.get(way).content.decode()
    assert own in page
    assert reverse("councils:public", args=[cast.gongyuan.code]) not in page
    assert way in client.get(own).content.decode()


def test_the_communities_with_promises_are_one_statement(
    cast: Cast, tabled: Proposal, liaison: Actor, client: Client, now: datetime, queries: Any
) -> None:
    way, counts = reverse("councils:public_communities"), []
    row = promise(tabled, cast, liaison, now)
    for others in ([], [cast.gongyuan, cast.nodes["other_community"]]):
        for number, node in enumerate(others):
            row.pk, row.community, row.path, row.item = new_id(), node, node.path, f"另一项{number}"
            row.save(force_insert=True)
        client.get(way)
        with queries() as told:
            page = client.get(way).content.decode()
        counts.append(len(told))
    assert all(reverse("councils:public", args=[node.code]) in page for node in others)
    assert counts[0] == counts[1]


def test_public_words_of_what_was_done_wait_for_the_result(
    cast: Cast, tabled: Proposal, liaison: Actor, now: datetime
) -> None:
    pledge = promise(tabled, cast, liaison, now)
    finish(pledge, liaison, now)
    row = Proposal.objects.get()
    assert "装好扶手" not in words_of(story_of(row, None))
    Proposal.objects.filter(pk=row.pk).update(state="published")
    row.refresh_from_db()
    assert "装好扶手" in words_of(story_of(row, None))
    pledge.refresh_from_db()
    for named in ("孙老师装好了", "装好了，电话13900001111"):
        type(pledge).objects.filter(pk=pledge.pk).update(evidence=named)
        assert named not in words_of(story_of(row, None))
        assert "12" in words_of(story_of(row, None))


def test_what_is_not_promised_or_dropped_has_no_public_page(
    cast: Cast, tabled: Proposal, desk: Actor, liaison: Actor, client: Client, now: datetime
) -> None:
    address = reverse("councils:public_matter", args=[tabled.pk])
    assert client.get(address).status_code == 404
    promise(tabled, cast, liaison, now)
    assert client.get(address).status_code == 200
    commands.drop_proposal(proposal=tabled, reason="不办了", by=desk, now=now)
    assert client.get(address).status_code == 404
    assert client.get(reverse("councils:public_matter", args=[new_id()])).status_code == 404


def test_who_may_not_see_a_source_reads_what_everybody_reads(matter: Matter, cast: Cast) -> None:
    """The member sees the proposal and the activity, but neither the suggestion box nor the contact."""
    told = words_of(story_of(matter.proposal, cast.actor("member")))
    assert "周末义务清扫" in told
    assert not [word for word in ("家住3号楼501", "提交议事", "13900001111") if word in told]
    owner = [item for item in story_of(matter.proposal, cast.actor("member")) if "出钱装扶手" in item.title]
    assert "孙老师" not in owner[0].text
    stranger = words_of(story_of(matter.proposal, cast.actor("desk_next_door")))
    assert not [word for word in ("家住3号楼501", "周末义务清扫", "顺带的心愿") if word in stranger]


def test_a_request_is_told_to_nobody_else(cast: Cast, tabled: Proposal, desk: Actor, now: datetime) -> None:
    link = {"proposal": tabled, "kind": MatterKind.CASE, "label": "投诉某人", "by": desk, "now": now}
    commands.link_matter(target=new_id(), **link)
    for actor in (desk, None):
        assert "投诉某人" not in words_of(story_of(tabled, actor))


def test_the_statements_do_not_grow_with_the_story(
    matter: Matter,
    cast: Cast,
    resource: SharedResource,
    desk: Actor,
    signed_in: SignIn,
    now: datetime,
    queries: Callable[[], Any],
) -> None:
    browsers = [signed_in(cast.desk), signed_in(cast.users["member"]), Client()]
    pages = [matter.proposal.get_absolute_url()] * 2 + [reverse("councils:public_matter", args=[matter.proposal.pk])]

    def counted() -> list[int]:
        found = []
        for browser, page in zip(browsers, pages, strict=True):
            browser.get(page)
            with queries() as seen:
                assert browser.get(page).status_code == 200
            found.append(len(seen))
        return found

    before, short = counted(), len(story_of(matter.proposal, desk))
    first = JointPledge.objects.get()
    for number in (1, 2):
        book(resource, matter.proposal, cast, now, (now + (2 + number) * DAY).date())
        hold(matter.proposal, cast, now + number * DAY, title=f"再干一次{number}")
        wish_for(matter.proposal, desk, cast, now)
        first.pk, first.item = new_id(), f"再出一份{number}"
        first.save(force_insert=True)
        PledgeOwner.objects.create(pledge=first, name="孙老师", since=now, district_code=first.district_code)
    assert len(story_of(matter.proposal, desk)) >= short + 10
    assert counted() == before


# --- put to a proposal by the form that makes it -----------------------------------------------------------------


def test_the_forms_offer_open_matters(
    cast: Cast, tabled: Proposal, resource: SharedResource, signed_in: SignIn, desk: Actor, now: datetime
) -> None:
    browser, address = signed_in(cast.desk), reverse("places:booking_new", args=[resource.pk])
    shown = browser.get(address).content.decode()
    assert tabled.title in shown
    day = (now + 3 * DAY).date()
    sent = {"id": new_id(), "community": cast.nanyuan.pk, "day": day, "start_time": "09:00", "end_time": "10:00"}
    sent |= {"purpose": "商量扶手", "contact_name": "南园社工", "matter": tabled.pk}
    assert browser.post(address, sent | {"matter": new_id()}).status_code == 422
    assert browser.post(address, sent).status_code == 302
    assert browser.post(address, sent).status_code == 302
    booking = Booking.objects.get()
    link = MatterLink.objects.get()
    assert (link.proposal_id, link.kind, link.target_id, link.label) == (tabled.pk, "booking", booking.pk, "商量扶手")
    page = browser.get(tabled.get_absolute_url()).content.decode()
    assert "学校礼堂" in page
    assert booking.get_absolute_url() in page
    commands.drop_proposal(proposal=tabled, reason="不办了", by=desk, now=now)
    assert tabled.title not in browser.get(address).content.decode()


def test_an_activity_is_held_for_a_proposal(cast: Cast, tabled: Proposal, signed_in: SignIn, now: datetime) -> None:
    load_lists(by=Actor.system(), now=now)
    browser = signed_in(cast.desk)
    page = browser.get(tabled.get_absolute_url()).content.decode()
    start = f"{reverse('activities:templates')}?matter={tabled.pk}"
    assert start in page
    begin = f"{reverse('activities:new')}?matter={tabled.pk}"
    assert begin in browser.get(start).content.decode()
    assert f'value="{tabled.pk}" selected' in browser.get(begin).content.decode()
    sent = {
        "id": new_id(),
        "community": cast.nanyuan.pk,
        "title": "装扶手那天搭把手",
        "place": "3号楼",
        "kind": "service",
    }
    sent |= {"content": "搬材料", "matter": tabled.pk, "lead_name": "南园社工"}
    assert browser.post(begin, sent).status_code == 302
    activity = Activity.objects.get()
    assert MatterLink.objects.get().target_id == activity.pk
    assert "装扶手那天搭把手" in browser.get(tabled.get_absolute_url()).content.decode()
    edit = browser.get(reverse("activities:edit", args=[activity.pk])).content.decode()
    assert 'name="matter"' not in edit


def test_sent_again_for_another_matter_is_a_conflict(
    cast: Cast, tabled: Proposal, resource: SharedResource, now: datetime
) -> None:
    key, day = new_id(), (now + 3 * DAY).date()
    made = book(resource, tabled, cast, now, day, id=key)
    assert book(resource, tabled, cast, now, day, id=key) == made
    other = commands.raise_proposal(
        community=cast.nanyuan,
        draft=commands.ProposalDraft("另一件", "另一件事", proposer_name="某人"),
        by=cast.actor("desk"),
        now=now,
    )
    with pytest.raises(Conflict):
        book(resource, other, cast, now, day, id=key)
    assert MatterLink.objects.count() == 1
    check_same(None, kind="booking", target=made.pk)


def test_nothing_is_put_to_a_matter_next_door(
    cast: Cast, tabled: Proposal, resource: SharedResource, now: datetime
) -> None:
    with pytest.raises(OutOfScope):
        places.ask(
            resource=resource,
            community=cast.gongyuan,
            wanted=wanted((now + 3 * DAY).date()),
            matter=tabled.pk,
            by=cast.actor("desk_next_door"),
            now=now,
        )
    assert not MatterLink.objects.exists()


# --- decisions on a proposal --------------------------------------------------------------------------------------


def closing_of(meeting: Meeting, said: dict[UUID, str], now: datetime) -> commands.Closing:
    seats = list(meeting.body.seats.filter(until=None))  # type: ignore[attr-defined]
    return commands.Closing(seats, now.date() + 60 * DAY, ["菜单照旧"], 3, said)


def test_a_decision_on_a_proposal_stands_in_its_story(tabled: Proposal, desk: Actor, now: datetime) -> None:
    assert tabled.meeting is not None
    after = now + 2 * DAY
    for bad in ("打13900001111找人", "住3号楼2单元501"):
        with pytest.raises(RuleBroken) as refused:
            commands.close_meeting(
                meeting=tabled.meeting, closing=closing_of(tabled.meeting, {tabled.pk: bad}, now), by=desk, now=after
            )
        assert refused.value.field == f"decided_{tabled.pk}"
    said = {tabled.pk: "学校来装", new_id(): "不在议程上"}
    commands.close_meeting(meeting=tabled.meeting, closing=closing_of(tabled.meeting, said, now), by=desk, now=after)
    assert list(Decision.objects.order_by("position").values_list("text", "proposal")) == [
        ("学校来装", tabled.pk),
        ("菜单照旧", None),
    ]
    told = words_of(story_of(tabled, desk))
    assert "学校来装" in told
    assert "菜单照旧" not in told


def test_the_closing_form_asks_for_each_proposal(
    cast: Cast, tabled: Proposal, signed_in: SignIn, now: datetime
) -> None:
    assert tabled.meeting is not None
    browser, address = signed_in(cast.desk), reverse("councils:closing", args=[tabled.meeting_id])
    with travel(now + 2 * DAY):
        shown = browser.get(address).content.decode()
        assert f'name="decided_{tabled.pk}"' in shown
        assert tabled.title in shown
        seats = [seat.pk for seat in tabled.meeting.body.seats.all()]  # type: ignore[attr-defined]
        sent = {"seats": seats, "residents": 2, "decisions": "", "next_on": timezone.localdate() + 30 * DAY}
        bad = browser.post(address, sent | {f"decided_{tabled.pk}": "打13900001111"})
        assert bad.status_code == 422
        assert f'id="id_decided_{tabled.pk}_error"' in bad.content.decode() or "13900001111" in bad.content.decode()
        assert browser.post(address, sent | {f"decided_{tabled.pk}": "学校来装"}).status_code == 302
    assert Decision.objects.get().proposal_id == tabled.pk


def test_a_meeting_called_off_is_told_inside_only(tabled: Proposal, desk: Actor, now: datetime) -> None:
    assert tabled.meeting is not None
    commands.call_off_meeting(meeting=tabled.meeting, reason="停电", by=desk, now=now)
    assert "停电" in words_of(story_of(tabled, desk))
    assert "停电" not in words_of(story_of(tabled, None))


def test_closed_without_a_word_on_it(meeting: Meeting, tabled: Proposal, desk: Actor, now: datetime) -> None:
    close(meeting, desk, now)
    assert not Decision.objects.filter(proposal=tabled).exists()

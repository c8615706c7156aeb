"""Calendar feeds: what a calendar program reads, how a link is made once and revoked, and what it never tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from guangcai.activities import commands as activities
from guangcai.activities.models import Activity, Shift
from guangcai.api import commands, feeds
from guangcai.api.models import FeedKind, FeedLink
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.councils.commands import call_off_meeting, end_seat
from guangcai.councils.enums import BodyKind, PartyClass
from guangcai.members.commands import load_lists
from guangcai.members.models import Occupation
from guangcai.orgs.commands import merge_nodes
from guangcai.orgs.models import Node
from guangcai.places import commands as places
from guangcai.studios import commands as studios
from tests.activities.conftest import text
from tests.cast import Cast
from tests.councils.conftest import call, seat, set_up
from tests.places.conftest import SLOTS, hall, wanted
from tests.studios.conftest import draft, fridays

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def open_shift(cast: Cast, now: datetime) -> Shift:
    """A published shift of 南园 in two days."""
    desk = cast.actor("desk")
    activity = activities.add_activity(community=cast.nanyuan, text=text(), by=desk, now=now)
    begins = now + timedelta(days=2)
    ends = begins + timedelta(hours=2)
    shift = activities.add_shift(activity=activity, starts_at=begins, ends_at=ends, places=5, by=desk, now=now)
    activities.publish_activity(activity=activity, by=desk, now=now)
    return Shift.objects.select_related("activity").get(pk=shift.pk)


def link_of(cast: Cast, who: str, now: datetime, kind: FeedKind = FeedKind.OWN, **other: Any) -> tuple[FeedLink, str]:
    said = {"node": None} | other
    return commands.add_link(user=cast.users[who], kind=kind, by=cast.actor(who), now=now, **said)


def events(secret: str) -> list[Any]:
    answer = Client().get(reverse("feeds:feed", args=[secret]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert not answer.cookies
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_desk_reads_its_bookings(cast: Cast, now: datetime) -> None:
    row = places.add_resource(
        community=cast.nanyuan, work_unit=None, content=hall(slots=SLOTS), by=cast.actor("desk"), now=now
    )
    booking = places.ask(resource=row, community=cast.nanyuan, wanted=wanted(), by=cast.actor("desk"), now=now)
    _link, secret = link_of(cast, "desk", now)
    (event,) = events(secret)
    assert str(event["summary"]) == "居民议事"
    assert str(event["location"]) == "学校礼堂 教学楼一层"
    assert event["dtstart"].dt == booking.starts_at.astimezone(UTC)
    assert event["dtend"].dt == booking.ends_at.astimezone(UTC)
    assert {name.lower() for name in event} == {"uid", "dtstamp", "summary", "dtstart", "dtend", "location"}
    assert b"13800000103" not in Client().get(reverse("feeds:feed", args=[secret])).content
    _link, other = link_of(cast, "desk_colleague", now)
    assert events(other) == []
    places.cancel(booking=booking, reason="改期", by=cast.actor("desk"), now=now)
    assert events(secret) == []


def test_a_member_reads_his_shifts_and_a_community_its_activities(cast: Cast, open_shift: Shift, now: datetime) -> None:
    _own, own = link_of(cast, "member", now)
    _all, everything = link_of(cast, "member", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    assert events(own) == []
    assert [str(event["summary"]) for event in events(everything)] == [open_shift.activity.title]
    activities.sign_up(shift=open_shift, member=cast.teacher_member, by=cast.actor("member"), now=now)
    (event,) = events(own)
    assert str(event["location"]) == open_shift.activity.place
    assert event["dtstart"].dt == open_shift.starts_at.astimezone(UTC)
    cast.member.grants.update(ended_at=now)
    answer = Client().get(reverse("feeds:feed", args=[everything]))
    assert answer.status_code == 404


def test_revoked_is_gone(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    link, secret = link_of(cast, "member", now)
    stranger = signed_in(cast.desk)
    assert stranger.post(reverse("feeds:revocation", args=[link.pk])).status_code == 404
    with pytest.raises(OutOfScope):
        commands.revoke_link(link=link, by=cast.actor("desk"), now=now)
    browser = signed_in(cast.member)
    for _again in range(2):
        assert browser.post(reverse("feeds:revocation", args=[link.pk])).status_code == 302
    assert Client().get(reverse("feeds:feed", args=[secret])).status_code == 404
    assert Client().get(reverse("feeds:feed", args=["x" * 43])).status_code == 404
    tags = AuditEvent.objects.filter(tag__startswith="api:feed").order_by("at", "tag").values_list("tag", flat=True)
    assert list(tags) == ["api:feed:add", "api:feed:revoke"]
    _link, closed = link_of(cast, "member", now)
    cast.member.closed_at = now
    cast.member.save()
    assert Client().get(reverse("feeds:feed", args=[closed])).status_code == 404


def test_the_address_is_shown_once(cast: Cast, signed_in: SignIn) -> None:
    browser, page, key = signed_in(cast.member), reverse("feeds:links"), new_id()
    shown = browser.post(page, {"id": key, "kind": "own"}).content.decode()
    row = FeedLink.objects.get()
    assert ".ics" in shown
    assert row.token_hash not in shown
    assert ".ics" not in browser.get(page).content.decode()
    assert browser.post(page, {"id": key, "kind": "own"}).status_code == 302
    assert FeedLink.objects.count() == 1
    assert browser.post(page, {"kind": "community"}).status_code == 422
    assert browser.post(page, {"kind": "community", "node": cast.gongyuan.pk}).status_code == 422
    assert browser.post(page, {"kind": "community", "node": cast.nanyuan.pk}).status_code == 200
    assert Client().get(page).status_code == 302


def test_only_ones_own_and_no_more_than_ten(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        commands.add_link(user=cast.desk, kind=FeedKind.OWN, node=None, by=cast.actor("member"), now=now)
    with pytest.raises(OutOfScope):
        link_of(cast, "member", now, FeedKind.COMMUNITY, node=cast.gongyuan)
    rows = [link_of(cast, "member", now) for _number in range(commands.MOST_LINKS)]
    with pytest.raises(RuleBroken):
        link_of(cast, "member", now)
    commands.revoke_link(link=rows[0][0], by=cast.actor("member"), now=now)
    assert link_of(cast, "member", now)[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedLink.objects.filter(pk=rows[1][0].pk).update(kind=FeedKind.COMMUNITY)


def test_too_fast_is_told_to_wait(cast: Cast, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from guangcai.api.pace import Pace
    from guangcai.api.views import feeds as views

    monkeypatch.setattr(views, "pace", Pace())
    settings.GUANGCAI_API_PER_MINUTE = 2
    _link, secret = link_of(cast, "member", now)
    answers = [Client().get(reverse("feeds:feed", args=[secret])).status_code for _number in range(3)]
    assert answers == [200, 200, 429]


def test_a_feed_needs_a_fixed_number_of_statements(cast: Cast, now: datetime, queries: Any) -> None:
    row = places.add_resource(
        community=cast.nanyuan, work_unit=None, content=hall(slots=SLOTS), by=cast.actor("desk"), now=now
    )
    _link, secret = link_of(cast, "desk", now)
    counts = []
    for size in (1, 2):
        for number in range(size):
            times = {"begins": f"{8 + size + number:02d}:00", "ends": f"{8 + size + number:02d}:30"}
            places.ask(resource=row, community=cast.nanyuan, wanted=wanted(**times), by=cast.actor("desk"), now=now)
        with queries() as seen:
            assert len(events(secret)) == (1 if size == 1 else 3)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert timedelta(days=30) == feeds.BACK


# --- what a calendar program must be able to read -------------------------------------------------------------------

HOSTILE = [
    "清洁日\r\nATTENDEE:mailto:x@example.org",
    "清洁日\nEND:VEVENT\nBEGIN:VALARM",
    '逗号,分号;反斜杠\\冒号:引号"',
    "<script>alert(1)</script><b>粗</b>",
    "社区🎉邻里节👨‍👩‍👧‍👦" * 4,
    "很长的名字" * 12,
    "a\u2028b\u2029c\u0085d",
]

ENVELOPE = ("BEGIN", "PRODID", "VERSION", "X-WR-CALNAME", "END")
EVENT = ("BEGIN", "UID", "DTSTAMP", "SUMMARY", "DTSTART", "DTEND", "LOCATION", "END")


def lines_of(content: bytes) -> list[str]:
    """The content lines as RFC 5545 3.1 says, read without any library: CRLF ends a line, a fold begins with a space.

    Fails on a bare CR or LF, on a line of more than 75 octets, and where a fold cuts a character in two.
    """
    assert content.endswith(b"\r\n")
    lines: list[bytes] = []
    for line in content[:-2].split(b"\r\n"):
        assert len(line) <= 75, line
        assert not set(line) & {0x0A, 0x0D}, line
        line.decode()
        if line.startswith(b" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return [line.decode() for line in lines]


def text_of(value: str) -> str:
    """A TEXT value (RFC 5545 3.3.11) as it was meant."""
    found, signs = "", iter(value)
    for sign in signs:
        assert sign not in ",;", value
        found += {"n": "\n", "N": "\n"}.get(escaped := next(signs), escaped) if sign == "\\" else sign
    return found


@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words(cast: Cast, open_shift: Shift, now: datetime, words: str) -> None:
    """Whatever stands in a title or a place, straight from the row: one event, six properties, the words unchanged."""
    Activity.objects.filter(pk=open_shift.activity_id).update(title=words[:60], place=words[:120])
    Node.objects.filter(pk=cast.nanyuan.pk).update(name=words[:40])
    link, secret = link_of(cast, "member", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    lines = lines_of(Client().get(reverse("feeds:feed", args=[secret])).content)
    names = [line.partition(":")[0].partition(";")[0] for line in lines]
    assert sorted(names) == sorted([*ENVELOPE, *EVENT])
    told = {line.partition(":")[0]: line.partition(":")[2] for line in lines}
    plain = words[:60].replace("\r\n", "\n")
    assert text_of(told["SUMMARY"]) == plain
    (event,) = events(secret)
    assert str(event["summary"]) == plain
    assert link.pk


def test_a_feed_follows_what_happens(cast: Cast, open_shift: Shift, now: datetime) -> None:
    """Moved is moved, called off is gone, in one's own dates and in those of the community (abuse of old links)."""
    desk = cast.actor("desk")
    _own, own = link_of(cast, "member", now)
    _all, everything = link_of(cast, "member", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    activities.sign_up(shift=open_shift, member=cast.teacher_member, by=cast.actor("member"), now=now)
    before = [event["uid"] for event in events(own)]
    begins = open_shift.starts_at + timedelta(days=1)
    activities.change_shift(
        shift=open_shift, starts_at=begins, ends_at=begins + timedelta(hours=3), places=5, by=desk, now=now
    )
    for secret in (own, everything):
        (event,) = events(secret)
        assert (event["dtstart"].dt, [event["uid"]]) == (begins.astimezone(UTC), before)
    activities.cancel_shift(shift=open_shift, reason="weather", by=desk, now=now)
    assert [events(own), events(everything)] == [[], []]


def test_meetings_stand_in_the_calendar_until_they_are_called_off(cast: Cast, now: datetime) -> None:
    desk = cast.actor("desk")
    body = set_up(cast.nanyuan, BodyKind.JOINT, "南园社区党建联席会", desk, now, on=now.date() - timedelta(days=9))
    elsewhere = set_up(cast.gongyuan, BodyKind.JOINT, "公园联席会", cast.actor("desk_next_door"), now)
    _all, everything = link_of(cast, "desk", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    _own, own = link_of(cast, "member", now)
    meeting = call(body, desk, now)
    call(elsewhere, cast.actor("desk_next_door"), now)
    (event,) = events(everything)
    assert (str(event["summary"]), str(event["location"])) == (meeting.title, meeting.place)
    assert event["dtstart"].dt == meeting.starts_at.astimezone(UTC)
    # Nobody says how long a meeting takes: the calendar keeps an hour and a half for it (ADR 0026).
    assert event["dtend"].dt == meeting.starts_at.astimezone(UTC) + timedelta(minutes=90)
    assert events(own) == []
    seat(body, desk, now, PartyClass.MEMBER, member=cast.teacher_member)
    assert len(events(own)) == 1
    call_off_meeting(meeting=meeting, reason="改期", by=desk, now=now)
    assert [events(own), events(everything)] == [[], []]


def test_a_liaison_reads_the_meetings_his_unit_has_a_seat_at(cast: Cast, now: datetime, queries: Any) -> None:
    desk = cast.actor("desk")
    body = set_up(cast.nanyuan, BodyKind.JOINT, "南园社区党建联席会", desk, now, on=now.date() - timedelta(days=9))
    _own, own = link_of(cast, "liaison", now)
    _other, other = link_of(cast, "liaison_next_door", now)
    meeting = call(body, desk, now)
    assert events(own) == []
    given = seat(body, desk, now, PartyClass.UNIT, work_unit=cast.school)
    with queries() as one:
        (event,) = events(own)
    assert (str(event["summary"]), str(event["location"])) == (meeting.title, meeting.place)
    assert events(other) == []
    for days in (2, 3):
        call(body, desk, now, title=f"例会{days}", days=days)
    with queries() as three:
        assert len(events(own)) == 3
    assert len(one) == len(three)
    end_seat(seat=given, by=desk, now=now)
    assert events(own) == []


def test_the_choice_names_the_community(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    """One community: it is named and not asked for. Several: which one is asked. None: only one's own dates."""
    offered = {}
    for who in ("desk", "overseer", "liaison"):
        form = signed_in(cast.users[who]).get(reverse("feeds:links")).context["form"]
        choices = [str(words) for _key, words in form.fields["kind"].choices]
        is_asked = "node" in form.fields and not form.fields["node"].widget.is_hidden
        offered[who] = (choices, is_asked)
    assert offered["desk"] == (["我的日程", "南园社区的公开活动"], False)
    assert offered["overseer"] == (["我的日程", "社区公开活动（在下面选社区）"], True)
    assert offered["liaison"] == (["我的日程"], False)
    typed = {"kind": "community", "node": cast.nanyuan.pk, "id": str(new_id())}
    assert signed_in(cast.users["desk"]).post(reverse("feeds:links"), typed).status_code == 200
    assert FeedLink.objects.get().node == cast.nanyuan
    assert signed_in(cast.users["liaison"]).post(reverse("feeds:links"), typed).status_code == 422


def test_studios_open_in_the_calendar(cast: Cast, now: datetime) -> None:
    """Every opening to come, for whoever follows the community; for whoever sits, the sessions he has a seat at."""
    load_lists(by=Actor.system(), now=now)
    studios.load_studio_kinds(by=Actor.system(), now=now)
    desk = cast.actor("desk")
    studio = studios.open_studio(community=cast.nanyuan, draft=draft(), repeat=fridays(), by=desk, now=now)
    _all, everything = link_of(cast, "member", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    _own, own = link_of(cast, "member", now)
    opens = list(studio.activity.shifts.order_by("starts_at"))
    assert [event["dtstart"].dt for event in events(everything)] == [one.starts_at for one in opens]
    sits: dict[str, Any] = {"studio": studio, "member": cast.teacher_member, "asked": "当面说的"}
    studios.offer_to_sit(**sits, background=Occupation.objects.get(code="law"), by=desk, now=now)
    studios.fill_seats(studio=studio, by=desk, now=now)
    before = len(events(own))
    assert 0 < before < len(opens)
    activities.cancel_shift(shift=opens[1], reason="weather", by=desk, now=now)
    assert (len(events(own)), len(events(everything))) == (before - 1, len(opens) - 1)
    studios.end_studio(studio=studio, reason="装修", by=desk, now=now)
    assert [events(own), events(everything)] == [[], []]


def test_a_merged_community_goes_on_in_its_calendar(cast: Cast, open_shift: Shift, now: datetime) -> None:
    _all, secret = link_of(cast, "desk", now, FeedKind.COMMUNITY, node=cast.nanyuan)
    assert len(events(secret)) == 1
    merge_nodes(node=cast.nanyuan, successor=cast.gongyuan, by=cast.actor("administrator"), now=now)
    next_door = cast.actor("desk_next_door")
    activity = activities.add_activity(community=cast.gongyuan, text=text(title="公园的日子"), by=next_door, now=now)
    begins = now + timedelta(days=3)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
    activities.add_shift(activity=activity, **times, places=5, by=next_door, now=now)
    activities.publish_activity(activity=activity, by=next_door, now=now)
    assert [str(event["summary"]) for event in events(secret)] == [open_shift.activity.title, "公园的日子"]
    cast.desk.grants.update(ended_at=now)
    assert Client().get(reverse("feeds:feed", args=[secret])).status_code == 404

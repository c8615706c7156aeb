"""Every screen: does it, next door 404, read-only 403, bad input 422; a fixed number of queries."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.activities import codes, commands
from guangcai.activities.enums import Presence
from guangcai.activities.models import Activity, Attendance, Outcome, Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.orgs.commands import add_party_organisation
from guangcai.orgs.enums import PartyLevel
from tests.cast import Cast

SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def running(make_shift: Any) -> Shift:
    return make_shift(starts_in=timedelta(minutes=-30), places=3)


def code(shift: Shift, at: datetime) -> str:
    return codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=at).text


def pages_of(shift: Shift) -> dict[str, str]:
    on_shift = ["board", "people", "paper_list", "closing", "code", "printed_code", "shift_edit", "roster"]
    pages = {name: reverse(f"activities:{name}", args=[shift.pk]) for name in [*on_shift, "shift_cancellation"]}
    on_activity = ["activity", "edit", "publication", "cancellation", "shift_new", "series_new"]
    return pages | {name: reverse(f"activities:{name}", args=[shift.activity_id]) for name in on_activity}


def test_the_desk_opens_every_page(
    cast: Cast, signed_in: SignIn, running: Shift, neighbours: Any, now: datetime
) -> None:
    (member, _actor), (other, _other) = neighbours(2)
    commands.mark_attendance(
        shift=running,
        marks={member.pk: Presence.PRESENT, other.pk: Presence.ABSENT},
        by=cast.actor("desk"),
        now=now,
    )
    browser = signed_in(cast.desk)
    Activity.objects.update(published_at=None, published_by=None)
    for name, address in pages_of(running).items():
        assert browser.get(address).status_code == 200, name
    for name in ["list", "calendar", "export", "templates", "new", "open", "mine"]:
        assert browser.get(reverse(f"activities:{name}")).status_code == 200, name


def test_next_door_there_is_nothing(cast: Cast, signed_in: SignIn, running: Shift) -> None:
    for who in ["desk_next_door", "overseer_next_door", "member_next_door", "liaison", "auditor"]:
        browser = signed_in(cast.users[who])
        for name, address in pages_of(running).items():
            assert browser.get(address).status_code == 404, (who, name)
    assert Client().get(pages_of(running)["board"]).status_code == 302


def test_the_overseer_reads_and_changes_nothing(cast: Cast, signed_in: SignIn, running: Shift) -> None:
    browser = signed_in(cast.overseer)
    pages = pages_of(running)
    for name in ["board", "activity", "roster"]:
        assert browser.get(pages[name]).status_code == 200, name
    for name in ["edit", "publication", "closing", "code", "paper_list", "shift_edit", "series_new"]:
        assert browser.get(pages[name]).status_code == 403, name
    assert browser.post(pages["board"], {}).status_code == 403


def test_an_activity_from_notice_to_publication(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    commands.load_templates(node=cast.district, by=Actor.system(), now=now)
    browser = signed_in(cast.desk)
    page = browser.get(reverse("activities:templates"))
    template = next(row for row in page.context["rows"] if row.title == "周末义务清扫")
    form = browser.get(reverse("activities:new"), {"template": template.pk}).context["form"]
    typed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    typed |= {"place": "3号楼前", "community": cast.nanyuan.pk, "service_kind": template.service_kind_id}
    typed = {name: value for name, value in typed.items() if value not in (None, False, "")}
    assert browser.post(reverse("activities:new"), typed | {"title": ""}).status_code == 422
    assert browser.post(reverse("activities:new"), typed | {"title": "补录十月"}).status_code == 422
    for _twice in range(2):
        assert browser.post(reverse("activities:new"), typed).status_code == 302
    activity = Activity.objects.get()
    assert activity.risk_note == template.risk_note
    publish = reverse("activities:publication", args=[activity.pk])
    assert browser.post(publish).status_code == 422
    times = {"day": "2026-11-28", "start_time": "09:00", "end_time": "08:00", "places": "20", "id": str(new_id())}
    add = reverse("activities:shift_new", args=[activity.pk])
    assert browser.post(add, times).status_code == 422
    for _twice in range(2):
        assert browser.post(add, times | {"end_time": "11:00"}).status_code == 302
    assert Shift.objects.count() == 1
    assert browser.post(publish).status_code == 302
    activity.refresh_from_db()
    assert activity.published_at == now
    assert browser.get(publish)["Location"] == reverse("activities:activity", args=[activity.pk])


ON_SHIFT = ["people", "paper_list", "closing", "code", "printed_code", "shift_edit", "shift_cancellation"]
ON_ACTIVITY = ["edit", "publication", "cancellation", "shift_new", "series_new"]


def test_what_was_called_off_is_not_offered_again(
    cast: Cast, signed_in: SignIn, make_shift: Any, now: datetime
) -> None:
    shift = make_shift(starts_in=timedelta(hours=2))
    pages, browser, desk = pages_of(shift), signed_in(cast.desk), cast.actor("desk")
    commands.sign_up(shift=shift, member=cast.teacher_member, by=cast.actor("member"), now=now)
    place = reverse("activities:sign_up_cancellation", args=[SignUp.objects.get().pk])
    assert browser.get(place).status_code == 200
    commands.cancel_activity(activity=shift.activity, reason="weather", by=desk, now=now)
    for name in ON_SHIFT:
        assert browser.get(pages[name]).headers.get("Location") == pages["board"], name
    for name in ON_ACTIVITY:
        assert browser.get(pages[name]).headers.get("Location") == pages["activity"], name
    assert browser.get(place).headers.get("Location") == pages["board"]
    times = {"day": "2026-11-28", "start_time": "09:00", "end_time": "11:00", "places": "20"}
    assert browser.post(pages["shift_edit"], times).status_code == 422
    assert browser.post(pages["shift_new"], times).status_code == 422


def test_a_closed_shift_is_not_offered_again(cast: Cast, signed_in: SignIn, running: Shift, now: datetime) -> None:
    commands.close_shift(shift=running, head_count=0, by=cast.actor("desk"), now=now)
    pages, browser = pages_of(running), signed_in(cast.desk)
    for name in ON_SHIFT:
        assert browser.get(pages[name]).headers.get("Location") == pages["board"], name
    polled = browser.get(pages["code"], headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Redirect"], polled.content) == (200, pages["board"], b"")


def test_numbers_longer_than_any_number_are_refused_in_words(cast: Cast, signed_in: SignIn, running: Shift) -> None:
    browser, pages, long = signed_in(cast.desk), pages_of(running), "9" * 5000
    marks = {f"presence-{cast.teacher_member.pk}": "present", f"minutes-{cast.teacher_member.pk}": long}
    assert browser.post(pages["board"], marks).status_code == 422
    assert browser.post(pages["series_new"], {"how": "monthly", "month_days": long}).status_code == 422
    assert browser.get(reverse("activities:new"), {"template": long}).status_code == 200


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "0000-00", "99999-1", f"{'9' * 20}-1", "x"])
def test_a_month_that_is_no_month_is_this_one(cast: Cast, signed_in: SignIn, month: str) -> None:
    page = signed_in(cast.desk).get(reverse("activities:calendar"), {"month": month})
    assert (page.status_code, page.context["first"].year) == (200, 2026)


def test_series_in_plain_words(cast: Cast, signed_in: SignIn, make_activity: Any) -> None:
    browser, activity = signed_in(cast.desk), make_activity()
    address = reverse("activities:series_new", args=[activity.pk])
    typed = {"how": "monthly", "month_days": "5、15，25", "starts_on": "2026-12-01", "ends_on": "2027-01-31"}
    typed |= {"start_time": "09:00", "end_time": "11:00", "places": "10", "on_holiday": "skip"}
    assert browser.post(address, typed | {"month_days": "40"}).status_code == 422
    refused = browser.post(address, typed | {"how": "weekly"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["weekdays"])
    assert browser.post(address, typed | {"how": "monthly", "month_days": " "}).status_code == 422
    assert browser.post(address, typed | {"how": "yearly"}).status_code == 422
    far = {"starts_on": "9999-12-01", "ends_on": "9999-12-31"}
    refused = browser.post(address, typed | far)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["ends_on"])
    assert browser.post(address, typed | {"starts_on": "0001-01-01", "ends_on": "0001-12-31"}).status_code == 422
    assert browser.post(address, typed).status_code == 302
    assert activity.shifts.count() == 6
    series = activity.series.get()
    extend = reverse("activities:series_extension", args=[series.pk])
    assert browser.post(extend, {"ends_on": "2027-02-28"}).status_code == 302
    assert activity.shifts.count() > 6
    assert signed_in(cast.desk_next_door).post(extend, {"ends_on": "2027-03-28"}).status_code == 404
    for wrong in ("", "9999-12-31", "2026"):
        assert browser.post(extend, {"ends_on": wrong}).status_code == 422


def test_board_saves_everybody_in_one_post(
    cast: Cast, signed_in: SignIn, make_shift: Any, neighbours: Any, now: datetime
) -> None:
    shift = make_shift(starts_in=timedelta(minutes=30))
    people = neighbours(3)
    for member, actor in people:
        commands.sign_up(shift=shift, member=member, by=actor, now=now)
    browser, address = signed_in(cast.desk), reverse("activities:board", args=[shift.pk])
    page = browser.get(address)
    assert [row.chosen for row in page.context["rows"]] == ["present"] * 3
    typed = {f"presence-{row.member_id}": row.chosen for row in page.context["rows"]}
    typed[f"presence-{people[1][0].pk}"] = "absent_told"
    typed[f"minutes-{people[0][0].pk}"] = "60"
    assert browser.post(address, typed | {f"minutes-{people[0][0].pk}": "many"}).status_code == 422
    assert browser.post(address, typed | {"presence-x": "present"}).status_code == 422
    assert browser.post(address, typed).status_code == 302
    saved = {row.member_id: (row.presence, row.minutes) for row in Attendance.objects.all()}
    said = [("present", 60), ("absent_told", None), ("present", None)]
    assert saved == {member.pk: what for (member, _actor), what in zip(people, said, strict=True)}


def test_somebody_else_came(cast: Cast, signed_in: SignIn, running: Shift, neighbours: Any) -> None:
    (member, _actor), *_ = neighbours(1)
    browser, address = signed_in(cast.desk), reverse("activities:people", args=[running.pk])
    page = browser.get(address, {"q": member.name}, headers={"HX-Request": "true"})
    assert member.name in page.content.decode()
    assert "<html" not in page.content.decode()
    assert "赵海峰" not in browser.get(address, {"q": "赵海峰"}).content.decode().replace('value="赵海峰"', "")
    assert browser.post(address, {"member": str(member.pk)}).status_code == 302
    assert browser.post(address, {"member": str(cast.police_member.pk)}).status_code == 404
    assert Attendance.objects.get().member == member


def test_paper_list_and_closing(cast: Cast, signed_in: SignIn, running: Shift, neighbours: Any) -> None:
    (member, _actor), *_ = neighbours(1)
    browser = signed_in(cast.desk)
    paper = reverse("activities:paper_list", args=[running.pk])
    typed = {"reason": "停电", "witness": str(cast.desk_colleague.pk), "members": [str(member.pk)]}
    assert browser.post(paper, typed | {"witness": str(cast.desk.pk)}).status_code == 422
    assert browser.post(paper, typed).status_code == 302
    closing = reverse("activities:closing", args=[running.pk])
    lines = {"outcome-TOTAL_FORMS": "2", "outcome-INITIAL_FORMS": "0", "head_count": "1", "end_time": "10:00"}
    lines |= {"outcome-0-name": "清理小广告", "outcome-0-quantity": "1000", "outcome-0-unit": "条"}
    assert browser.post(closing, lines | {"outcome-1-name": "只有名称"}).status_code == 422
    assert browser.post(closing, lines | {"head_count": ""}).status_code == 422
    assert browser.post(closing, lines).status_code == 302
    assert (Outcome.objects.get().quantity, Attendance.objects.get().minutes) == (1000, 30)
    assert browser.get(closing)["Location"] == reverse("activities:board", args=[running.pk])
    assert browser.get(reverse("activities:board", args=[running.pk])).status_code == 200


def test_a_member_signs_up_and_cancels(cast: Cast, signed_in: SignIn, make_shift: Any) -> None:
    shift, browser = make_shift(places=1), signed_in(cast.member)
    page = reverse("activities:shift", args=[shift.pk])
    assert browser.get(page).status_code == 200
    assert shift.activity.title in browser.get(reverse("activities:open")).content.decode()
    key = browser.get(page).context["new_id"]
    for _twice in range(2):
        assert browser.post(reverse("activities:sign_ups", args=[shift.pk]), {"id": str(key)}).status_code == 302
    sign_up = SignUp.objects.get()
    assert (sign_up.pk, sign_up.place_no) == (key, 1)
    assert shift.activity.title in browser.get(reverse("activities:mine")).content.decode()
    refused = browser.post(reverse("activities:sign_ups", args=[shift.pk]), {"id": str(new_id())})
    assert (refused.status_code, refused.context["problem"].code) == (422, "already_signed_up")
    cancel = reverse("activities:sign_up_cancellation", args=[sign_up.pk])
    assert browser.get(cancel).status_code == 200
    assert signed_in(cast.member_next_door).post(cancel).status_code == 404
    assert browser.post(cancel).status_code == 302
    assert SignUp.objects.live().count() == 0


def test_a_refusal_carries_its_next_step(
    cast: Cast, signed_in: SignIn, make_shift: Any, neighbours: Any, now: datetime
) -> None:
    shift = make_shift(places=1)
    (other, actor), *_ = neighbours(1)
    commands.sign_up(shift=shift, member=other, by=actor, now=now)
    browser, address = signed_in(cast.member), reverse("activities:sign_ups", args=[shift.pk])
    refused = browser.post(address, {"id": str(new_id())})
    problem = refused.context["problem"]
    assert (refused.status_code, problem.code, problem.url) == (422, "full", address)
    assert browser.post(problem.url, problem.fields).status_code == 302
    assert SignUp.objects.get(member=cast.teacher_member).place_no is None


def test_scan_and_check_in(cast: Cast, signed_in: SignIn, running: Shift, now: datetime) -> None:
    browser, text = signed_in(cast.member), code(running, now)
    here = reverse("activities:here", args=[running.pk, text])
    page = browser.get(here)
    assert page.status_code == 200
    send = reverse("activities:check_ins", args=[running.pk])
    typed = {"id": str(page.context["new_id"]), "code": text, "ticket": page.context["ticket"]}
    with time_machine.travel(now + timedelta(minutes=4), tick=False):
        late = browser.post(send, typed | {"ticket": ""}, headers={"Accept": "application/json"})
        assert (late.status_code, late.json()["code"]) == (422, "code_old")
        foreign = browser.post(send, typed | {"code": "1-x"})
        assert (foreign.status_code, foreign.context["problem"].code) == (422, "code_unknown")
        done = browser.post(send, typed, headers={"Accept": "application/json"})
        assert done.json() == {"state": "done", "late": False, "new": True}
    assert browser.post(send, typed).status_code == 302
    assert Attendance.objects.get().arrived_at == now
    assert browser.get(reverse("activities:shift", args=[running.pk])).status_code == 200
    assert browser.post(reverse("activities:check_outs", args=[running.pk])).status_code == 302


def test_scanning_signed_out_keeps_the_code(running: Shift, now: datetime) -> None:
    here = reverse("activities:here", args=[running.pk, code(running, now)])
    page = Client().get(here)
    assert page.status_code == 200
    assert "next=" in page.content.decode()
    wrong = reverse("activities:here", args=[running.pk, "1-abc"])
    assert Client().get(wrong).status_code == 404
    send = reverse("activities:check_ins", args=[running.pk])
    assert Client().post(send, headers={"Accept": "application/json"}).status_code == 401
    assert Client().post(send).status_code == 302
    assert Client().get(reverse("activities:here_offline")).status_code == 200
    assert Client().get(reverse("activities:worker"))["Content-Type"] == "text/javascript"


def test_typed_digits_are_limited(cast: Cast, signed_in: SignIn, running: Shift, now: datetime) -> None:
    browser, send = signed_in(cast.member), reverse("activities:check_ins", args=[running.pk])
    shown = codes.shown_at(shift_id=running.pk, key=bytes(running.code_key), now=now)
    wrong = "000000" if shown.digits != "000000" else "111111"
    for _try in range(12):
        assert browser.post(send, {"code": wrong}).status_code == 422
    assert browser.post(send, {"code": shown.digits}).context["problem"].code == "too_many_tries"


def test_digits_with_a_blank_between(cast: Cast, signed_in: SignIn, running: Shift, now: datetime) -> None:
    shown = codes.shown_at(shift_id=running.pk, key=bytes(running.code_key), now=now)
    typed = {"code": f"{shown.digits[:3]} {shown.digits[3:]}"}
    assert signed_in(cast.member).post(reverse("activities:check_ins", args=[running.pk]), typed).status_code == 302


def test_code_screen_turns_by_itself(cast: Cast, signed_in: SignIn, running: Shift) -> None:
    browser, address = signed_in(cast.desk), reverse("activities:code", args=[running.pk])
    whole, part = browser.get(address), browser.get(address, headers={"HX-Request": "true"})
    assert whole["Refresh"] == str(whole.context["shown"].seconds_left)
    assert "<html" not in part.content.decode()
    assert "<svg" in part.content.decode()
    assert browser.post(reverse("activities:code_renewal", args=[running.pk])).status_code == 302
    assert browser.get(address).context["shown"].digits != whole.context["shown"].digits


@pytest.mark.parametrize("name", ["list", "calendar", "export", "open", "mine"])
def test_lists_need_a_fixed_number_of_queries(
    name: str, cast: Cast, signed_in: SignIn, make_shift: Any, neighbours: Any, queries: Any, now: datetime
) -> None:
    browser = signed_in(cast.member if name in ("open", "mine") else cast.desk)
    actor, member = cast.actor("member"), cast.teacher_member
    counts = []
    for more in (1, 2):
        for number in range(more):
            shift = make_shift(starts_in=timedelta(days=1 + 3 * more + number))
            commands.sign_up(shift=shift, member=member, by=actor, now=now)
        browser.get(reverse(f"activities:{name}"))
        with queries() as seen:
            browser.get(reverse(f"activities:{name}"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_board_needs_a_fixed_number_of_queries(
    cast: Cast, signed_in: SignIn, running: Shift, neighbours: Any, queries: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(3)
    browser, address = signed_in(cast.desk), reverse("activities:board", args=[running.pk])
    counts = []
    for some in (people[:1], people):
        marks = dict.fromkeys((member.pk for member, _actor in some), Presence.PRESENT)
        commands.mark_attendance(shift=running, marks=marks, by=desk, now=now)
        browser.get(address)
        with queries() as seen:
            browser.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_kiosk_pad(cast: Cast, running: Shift, signed_in: SignIn, neighbours: Any, now: datetime, desk: Actor) -> None:
    from django.http import HttpResponse

    from guangcai.accounts import commands as accounts
    from guangcai.accounts import kiosk

    (member, _actor), *_ = neighbours(1)
    node = cast.nanyuan
    row = accounts.start_kiosk(node_id=node.pk, path=node.path, place=node.name, pin="4711", by=desk, now=now)
    device, given = Client(), kiosk.give_to_device(HttpResponse(), row)
    device.cookies[kiosk.COOKIE] = given.cookies[kiosk.COOKIE].value
    pad = reverse("activities:pad")
    assert member.name not in device.get(pad).content.decode()
    assert member.name in device.get(pad, {"tail": "0000"}).content.decode()
    assert member.name not in device.get(pad, {"tail": "9999"}).content.decode()
    typed = {"member": str(member.pk), "shift": str(running.pk)}
    assert device.post(pad, typed).status_code == 200
    assert device.post(pad, typed | {"member": str(cast.police_member.pk)}).status_code == 404
    row = Attendance.objects.get()
    assert (row.method, row.member, row.recorded_by) == ("pad", member, cast.desk.pk)
    assert Client().get(pad).status_code == 302


def test_a_branch_may_hold_a_small_activity(cast: Cast, signed_in: SignIn, now: datetime) -> None:
    """A91: mobile members meet in small numbers; the list is filtered by who holds it."""
    by = Actor.system()
    words = {"name": "流动党员党支部", "level": PartyLevel.MOBILE_BRANCH, "founded_on": now.date()}
    branch = add_party_organisation(**words, node=cast.street, by=by, now=now)
    elsewhere = add_party_organisation(**words | {"name": "邻街支部"}, node=cast.other_street, by=by, now=now)
    browser = signed_in(cast.desk)
    typed = {"community": cast.nanyuan.pk, "title": "夜读会", "place": "活动站", "content": "读一篇", "kind": "study"}
    typed |= {"id": str(new_id()), "held_by": elsewhere.pk}
    assert browser.post(reverse("activities:new"), typed).status_code == 422
    assert browser.post(reverse("activities:new"), typed | {"held_by": branch.pk}).status_code == 302
    activity = Activity.objects.get()
    times = {"day": "2026-11-28", "start_time": "19:00", "end_time": "20:00", "places": "9", "id": str(new_id())}
    assert browser.post(reverse("activities:shift_new", args=[activity.pk]), times).status_code == 302
    assert branch.name in browser.get(reverse("activities:activity", args=[activity.pk])).content.decode()
    assert browser.get(reverse("activities:list"), {"held_by": branch.pk}).context["listing"].total == 1
    activity.shifts.update(
        activity=commands.add_activity(
            community=cast.nanyuan, text=commands.ActivityText(title="大扫除"), by=cast.actor("desk"), now=now
        )
    )
    assert browser.get(reverse("activities:list"), {"held_by": branch.pk}).context["listing"].total == 0

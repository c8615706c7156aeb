"""Mobile members (A91, A92): registered once a direction, in contact every half year, ended for good."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate
from python_calamine import CalamineWorkbook

from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.members import commands, queries
from guangcai.members.commands import Placement
from guangcai.members.enums import ContactWay, MobileDirection, MobileEnd
from guangcai.members.models import Member, MobileContact, MobileRegistration
from guangcai.orgs.commands import add_party_organisation
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.models import PartyOrganisation
from tests.cast import Cast

SignedIn = Callable[[Any], Client]
AWAY, CAME = MobileDirection.OUTGOING, MobileDirection.INCOMING
YEAR_AGO = timedelta(days=365)


@pytest.fixture
def branch(cast: Cast, now: datetime) -> PartyOrganisation:
    return add_party_organisation(
        name="东风街道流动党支部",
        level=PartyLevel.MOBILE_BRANCH,
        founded_on=date(2020, 7, 1),
        node=cast.street,
        by=Actor.system(),
        now=now,
    )


def register(
    cast: Cast, now: datetime, *, days: int = 365, direction: MobileDirection = AWAY, **more: Any
) -> MobileRegistration:
    """The teacher of 南园, away in 深圳 since so many days."""
    given = {"member": cast.teacher_member, "elsewhere": "深圳务工", "by": cast.actor("desk"), **more}
    given.setdefault("since", localdate(now) - timedelta(days=days))
    return commands.register_mobile(direction=direction, now=now, **given)


def another(cast: Cast, now: datetime, number: int) -> Member:
    placed = Placement(community=cast.nanyuan)
    phone = f"139000007{number:02d}"
    return commands.add_member(name="王小明", phone=phone, placed=placed, by=cast.actor("desk"), now=now)


def test_registered_with_everything_the_desk_said(cast: Cast, branch: PartyOrganisation, now: datetime) -> None:
    since = localdate(now) - timedelta(days=10)
    row = register(cast, now, since=since, expected_until=since + relativedelta(months=6), branch=branch)
    row = MobileRegistration.objects.get(pk=row.pk)
    assert (row.member, row.direction, row.since) == (cast.teacher_member, "outgoing", since)
    assert (row.elsewhere, row.branch, row.community) == ("深圳务工", branch, cast.nanyuan)
    line = AuditEvent.objects.get(tag="members:mobile:register")
    assert (line.subject_id, line.details["direction"]) == (str(row.pk), "outgoing")


def test_where_he_is_lies_sealed_in_the_table(cast: Cast, now: datetime) -> None:
    register(cast, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT elsewhere FROM members_mobileregistration")
        stored = bytes(cursor.fetchone()[0])
    assert "深圳".encode() not in stored


def test_the_same_again_is_one_registration(cast: Cast, now: datetime) -> None:
    assert register(cast, now) == register(cast, now)
    assert AuditEvent.objects.filter(tag="members:mobile:register").count() == 1


def test_another_of_the_same_direction_waits_for_the_end_of_the_first(cast: Cast, now: datetime) -> None:
    first = register(cast, now)
    with pytest.raises(RuleBroken) as refusal:
        register(cast, now, days=20)
    assert refusal.value.code == "mobile_registered"
    assert register(cast, now, days=20, direction=CAME).direction == "incoming"
    commands.end_mobile(registration=first, reason=MobileEnd.CAME_BACK, by=cast.actor("desk"), now=now)
    assert register(cast, now, days=20).pk != first.pk


def test_the_table_itself_refuses_two_open_ones(cast: Cast, now: datetime) -> None:
    row = register(cast, now)
    row.pk, row._state.adding, row.since = None, True, row.since - YEAR_AGO
    with pytest.raises(IntegrityError, match="mobile_one_open"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (timedelta(days=1), None, "since_future"),
        (timedelta(0), relativedelta(months=6, days=-1), "mobile_too_short"),
        (timedelta(0), relativedelta(months=6), None),
        (-YEAR_AGO, None, None),
    ],
)
def test_half_a_year_makes_a_mobile_member(cast: Cast, now: datetime, since: Any, until: Any, code: str | None) -> None:
    begins = localdate(now) + since
    expected = begins + until if until else None
    if code is None:
        assert register(cast, now, since=begins, expected_until=expected).since == begins
        return
    with pytest.raises(RuleBroken) as refusal:
        register(cast, now, since=begins, expected_until=expected)
    assert refusal.value.code == code


def test_only_a_mobile_branch_takes_him_in(cast: Cast, branch: PartyOrganisation, now: datetime) -> None:
    PartyOrganisation.objects.filter(pk=branch.pk).update(level=PartyLevel.BRANCH)
    branch.refresh_from_db()
    with pytest.raises(RuleBroken, match="流动") as refusal:
        register(cast, now, branch=branch)
    assert refusal.value.field == "branch"


@pytest.mark.parametrize("who", ["overseer", "desk_next_door", "member", "liaison"])
def test_only_the_own_desk_registers(cast: Cast, now: datetime, who: str) -> None:
    with pytest.raises((Forbidden, OutOfScope)):
        register(cast, now, by=cast.actor(who))
    assert not MobileRegistration.objects.exists()


def test_a_contact_is_a_row_and_takes_him_off_the_hidden_list(cast: Cast, desk: Actor, now: datetime) -> None:
    row, today = register(cast, now), localdate(now)
    assert queries.count_overdue(desk, on=today) == 1
    assert queries.hidden_members(desk, on=today).filter(pk=cast.teacher_member.pk).exists()
    for _time in range(2):
        commands.note_contact(registration=row, on=today, way=ContactWay.PHONE, by=desk, now=now)
    assert MobileContact.objects.count() == AuditEvent.objects.filter(tag="members:mobile:contact").count() == 1
    assert queries.count_overdue(desk, on=today) == 0
    assert not queries.hidden_members(desk, on=today).filter(pk=cast.teacher_member.pk).exists()
    commands.note_contact(registration=row, on=today, way=ContactWay.MESSAGE, by=desk, now=now)
    assert MobileContact.objects.count() == 2


def test_contact_is_due_half_a_year_after_the_last(cast: Cast, desk: Actor, now: datetime) -> None:
    row, today = register(cast, now), localdate(now)
    commands.note_contact(registration=row, on=today, way=ContactWay.PHONE, by=desk, now=now)
    last = today + relativedelta(months=6)
    assert [queries.count_overdue(desk, on=day) for day in (last, last + timedelta(days=1))] == [0, 1]


def test_who_came_here_owes_no_contact(cast: Cast, desk: Actor, now: datetime) -> None:
    register(cast, now, direction=CAME)
    assert queries.count_overdue(desk, on=localdate(now)) == 0


@pytest.mark.parametrize(("days", "code"), [(1, "on_future"), (-366, "on_before_since")])
def test_a_contact_lies_between_the_beginning_and_today(cast: Cast, now: datetime, days: int, code: str) -> None:
    row, on = register(cast, now), localdate(now) + timedelta(days=days)
    with pytest.raises(RuleBroken) as refusal:
        commands.note_contact(registration=row, on=on, way=ContactWay.PHONE, by=cast.actor("desk"), now=now)
    assert (refusal.value.field, refusal.value.code) == ("on", code)


def test_ended_stays_ended(cast: Cast, desk: Actor, now: datetime) -> None:
    row = register(cast, now)
    commands.end_mobile(registration=row, reason=MobileEnd.TRANSFERRED, by=desk, now=now)
    commands.end_mobile(registration=row, reason=MobileEnd.CAME_BACK, by=desk, now=now)
    row.refresh_from_db()
    assert (row.end_reason, row.ended_on, row.ended_by) == ("transferred", localdate(now), desk.user_id)
    assert AuditEvent.objects.filter(tag="members:mobile:end").count() == 1
    with pytest.raises(Conflict):
        commands.note_contact(registration=row, on=localdate(now), way=ContactWay.PHONE, by=desk, now=now)


def test_a_merge_leaves_one_in_force(cast: Cast, desk: Actor, now: datetime) -> None:
    kept, gone = another(cast, now, 1), another(cast, now, 2)
    rows = [register(cast, now, member=member) for member in (kept, gone)]
    register(cast, now, member=gone, direction=CAME)
    commands.merge_members(kept=kept, gone=gone, by=desk, now=now)
    held = MobileRegistration.objects.filter(member=kept)
    assert {row.direction for row in held.open()} == {"outgoing", "incoming"}
    assert held.get(ended_on=None, direction="outgoing") == rows[0]
    assert held.get(end_reason="merged") == rows[1]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_the_person_page_to_the_end(cast: Cast, signed_in: SignedIn) -> None:
    browser, today = signed_in(cast.desk), localdate()
    page = cast.teacher_member.get_absolute_url()
    assert f"{page}mobile/" in text(browser.get(page))
    assert "不在这里办理" in text(browser.get(f"{page}mobile/"))
    said = {"direction": "outgoing", "since": today - YEAR_AGO, "elsewhere": "深圳务工"}
    assert browser.post(f"{page}mobile/", said).status_code == 302
    row = MobileRegistration.objects.get()
    shown = text(browser.get(page))
    assert "深圳务工" in shown
    assert f"/members/mobile/{row.pk}/contacts/" in shown
    assert "已超期" in text(browser.get("/members/mobile/"))
    assert "半年未联系的流动党员" in text(browser.get("/"))
    said = {"on": today, "way": "phone"}
    assert browser.post(f"/members/mobile/{row.pk}/contacts/", said).status_code == 302
    assert "已超期" not in text(browser.get("/members/mobile/", {"direction": "outgoing"})).split("<tbody>")[1]
    said = {"on": today, "end_reason": "came_back"}
    assert browser.post(f"/members/mobile/{row.pk}/ending/", said).status_code == 302
    assert "不再是流动党员" in text(browser.get(page))
    listed = [text(browser.get("/members/mobile/", query)) for query in ({}, {"ended": "yes"})]
    assert ["深圳务工" in page for page in listed] == [False, True]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"direction": "incoming"}, False),
        ({"contact": "overdue"}, True),
        ({"q": "lxl"}, True),
        ({"q": "赵海峰"}, False),
        ({"ended": "yes"}, False),
    ],
)
def test_filters_narrow_the_list(
    cast: Cast, signed_in: SignedIn, now: datetime, query: dict[str, str], found: bool
) -> None:
    register(cast, now)
    assert ("深圳务工" in text(signed_in(cast.desk).get("/members/mobile/", query))) is found


def test_the_branch_is_a_filter(cast: Cast, signed_in: SignedIn, branch: PartyOrganisation, now: datetime) -> None:
    register(cast, now, branch=branch)
    register(cast, now, member=another(cast, now, 1), elsewhere="哈尔滨")
    shown = text(signed_in(cast.desk).get("/members/mobile/", {"branch": branch.pk}))
    assert ("深圳务工" in shown, "哈尔滨" in shown) == (True, False)


@pytest.mark.parametrize(("who", "status"), [("desk_next_door", 404), ("overseer", 403), ("member", 404)])
@pytest.mark.parametrize("address", ["mobile/{row}/contacts/", "mobile/{row}/ending/", "{member}/mobile/"])
def test_next_door_sees_nothing_and_oversight_changes_nothing(
    cast: Cast, signed_in: SignedIn, now: datetime, who: str, status: int, address: str
) -> None:
    row = register(cast, now)
    url = "/members/" + address.format(row=row.pk, member=row.member_id)
    # A member sees his own registration and may not change it.
    status = 403 if who == "member" and "row" in address else status
    assert {signed_in(cast.users[who]).get(url).status_code, signed_in(cast.users[who]).post(url).status_code} == {
        status
    }


def test_the_list_is_read_only_for_the_street_and_empty_next_door(
    cast: Cast, signed_in: SignedIn, now: datetime
) -> None:
    row = register(cast, now)
    assert f"{row.pk}/contacts/" in text(signed_in(cast.desk).get("/members/mobile/"))
    shown = text(signed_in(cast.overseer).get("/members/mobile/"))
    assert ("深圳务工" in shown, f"{row.pk}/contacts/" in shown) == (True, False)
    assert "深圳务工" not in text(signed_in(cast.desk_next_door).get("/members/mobile/"))
    for who in ("member", "liaison", "auditor"):
        assert signed_in(cast.users[who]).get("/members/mobile/").status_code == 403


def test_a_short_stay_is_refused_in_words(cast: Cast, signed_in: SignedIn) -> None:
    today = localdate()
    said = {"direction": "incoming", "since": today, "expected_until": today + timedelta(days=60), "elsewhere": "厂"}
    answer = signed_in(cast.desk).post(f"{cast.teacher_member.get_absolute_url()}mobile/", said)
    assert (answer.status_code, "不足半年" in text(answer)) == (422, True)


def test_the_export_is_the_list_and_is_written_down(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    register(cast, now)
    answer = signed_in(cast.desk).post("/members/mobile/export/")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert any("林晓岚" in row and "深圳务工" in row for row in rows)
    line = AuditEvent.objects.get(tag="members:roster:export")
    assert (line.details["rows"], line.details["what"]) == (1, "mobile")


def test_three_rows_cost_what_one_costs(cast: Cast, signed_in: SignedIn, now: datetime, queries: Any) -> None:
    browser, counts = signed_in(cast.desk), []
    register(cast, now)
    browser.get("/members/mobile/")
    for number in (1, 2):
        with queries() as seen:
            browser.get("/members/mobile/")
        counts.append(len(seen))
        for more in range(2):
            register(cast, now, member=another(cast, now, 10 * number + more))
    assert counts[0] == counts[1]


def test_the_table_itself_refuses_a_short_stay(cast: Cast, now: datetime) -> None:
    row = register(cast, now)
    for months, is_kept in ((6, True), (5, False)):
        row.expected_until = row.since + relativedelta(months=months)
        if is_kept:
            row.save()
            continue
        with pytest.raises(IntegrityError, match="mobile_half_a_year"), transaction.atomic():
            row.save()


def test_who_leaves_the_roster_is_mobile_no_longer(cast: Cast, desk: Actor, now: datetime) -> None:
    row = register(cast, now)
    commands.end_member(member=row.member, reason="转出", by=desk, now=now)
    row.refresh_from_db()
    assert (row.ended_on, row.end_reason) == (localdate(now), MobileEnd.LEFT_ROSTER)
    assert AuditEvent.objects.filter(tag="members:mobile:end").count() == 1

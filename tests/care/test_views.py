"""The screens of care through a browser: who gets in, what each does, what it refuses; scripts are off."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from python_calamine import CalamineWorkbook

from guangcai.care import commands
from guangcai.care.enums import PairingKind, RiskTier
from guangcai.care.models import Household, Pairing, Visit, VisitKind
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.core.phones import national
from guangcai.ledger.models import ServiceEntry
from guangcai.orgs.roles import Role
from tests.care.conftest import MARK, child, draft, need, seen
from tests.cast import Cast, grant
from tests.guards.sweep import unpacked

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def as_(cast: Cast) -> Any:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name])
        return client

    return sign_in


def page(client: Client, name: str, /, *args: Any, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(f"care:{name}", args=args), query)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def send(client: Client, name: str, /, *args: Any, status: int = 302, **fields: Any) -> str:
    answer = client.post(reverse(f"care:{name}", args=args), fields)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:3000])
    return answer.content.decode()


def test_the_desk_writes_one_down_and_asks_a_member(as_: Any, cast: Cast, neighbours: Any, now: datetime) -> None:
    desk, ((member, _actor),) = as_("desk"), neighbours(1)
    page(desk, "new")
    fields = {"label": "甲-01", "category": "elder_alone", "tier": "high", "name": f"{MARK}姓名", "id": new_id()}
    fields |= {"phone": "13911112222", "notes": f"{MARK}备注"}
    send(desk, "new", **fields)
    send(desk, "new", **fields)
    row = Household.objects.get()
    send(desk, "new", **(fields | {"id": new_id()}), status=422)
    said = page(desk, "household", row.pk)
    assert MARK not in said
    assert MARK not in page(desk, "list")
    send(desk, "opening", row.pk)
    said = page(desk, "household", row.pk)
    assert f"{MARK}备注" in said
    assert "13911112222" in said
    ask = {"member": member.pk, "kind": "contact", "id": new_id()}
    assert "consent" in send(desk, "pairings", row.pk, **ask, status=422)
    page(desk, "consent", row.pk)
    send(desk, "consent", row.pk, said_by="self", how="上门", given_on=localdate(now))
    assert member.name in page(desk, "people", row.pk, q=member.name)
    send(desk, "pairings", row.pk, **ask)
    pairing = Pairing.objects.get()
    assert pairing.member == member
    mine = as_("nu0")
    assert row.label not in page(mine, "mine")
    page(mine, "household", row.pk, status=404)
    send(mine, "tenure", pairing.pk)
    assert row.label in page(mine, "mine")
    assert MARK not in page(mine, "household", row.pk)
    send(mine, "opening", row.pk)
    assert MARK in page(mine, "household", row.pk)
    assert AuditEvent.objects.filter(tag="care:household:open").count() == 2


def test_a_visit_takes_five_taps(as_: Any, make_household: Any, neighbours: Any, pair: Any, now: datetime) -> None:
    """My households > Visited it > what > what is needed > time > done: what else is sent stands in the form."""
    ((member, actor),), row = neighbours(1), make_household(at=now - 3 * DAY, tier=RiskTier.HIGH)
    pair(row, member, actor, at=now - 3 * DAY)
    commands.record_visit(household=row, draft=seen(visited_on=localdate(now) - DAY), by=actor, now=now - DAY)
    client = as_("nu0")
    said = page(client, "visits", row.pk)
    assert "上门探访" in said
    hidden = dict(re.findall(r'name="(id|visited_on)"[^>]*value="([^"]+)"', said)) | {"kind": ""}
    kinds = re.findall(r'name="kind" value="(\d+)"', said)
    assert hidden["visited_on"] == localdate(now).isoformat()
    hidden["kind"] = kinds[0]
    send(client, "visits", row.pk, **hidden, needs=[need("repair").pk], minutes="30")
    send(client, "visits", row.pk, **hidden, needs=[need("repair").pk], minutes="30")
    assert Visit.objects.filter(visited_on=localdate(now)).count() == 1
    assert ServiceEntry.objects.get().minutes == 30
    assert "11月27日" in page(client, "mine")
    wrong = hidden | {"id": str(new_id()), "visited_on": (localdate(now) + DAY).isoformat()}
    assert "gc-field-error" in send(client, "visits", row.pk, **wrong, status=422)


def test_a_child_is_visited_through_the_guardian(
    as_: Any, make_household: Any, neighbours: Any, pair: Any, now: datetime
) -> None:
    ((member, actor),), row = neighbours(1), make_household(draft=child("C1"))
    pair(row, member, actor)
    client = as_("nu0")
    send(client, "opening", row.pk)
    said = page(client, "household", row.pk)
    assert "13911113333" in said
    assert "13911112222" not in said
    visit = {"kind": VisitKind.objects.get(code="visit").pk, "visited_on": localdate(now), "id": new_id()}
    send(client, "visits", row.pk, **visit, status=422)
    send(client, "visits", row.pk, **visit, with_guardian="on")


def test_next_door_and_readers(as_: Any, cast: Cast, make_household: Any, neighbours: Any, pair: Any) -> None:
    row, ((member, actor), _other) = make_household(), neighbours(2)
    pairing = pair(row, member, actor)
    strangers = ("desk_next_door", "nu1", "member", "overseer", "administrator", "liaison", "auditor", "system")
    for name in strangers:
        client = as_(name)
        for view in ("household", "edit", "tier", "consent", "end", "people", "visits", "plans"):
            page(client, view, row.pk, status=404)
        for view in ("opening", "alerts", "pairings"):
            send(client, view, row.pk, status=404)
        for view in ("tenure", "pairing_end"):
            page(client, view, pairing.pk, status=404)
        for view in ("confirmation", "hand_over"):
            send(client, view, pairing.pk, status=404)
    mine = as_("nu0")
    for view in ("edit", "tier", "consent", "end", "people", "plans"):
        page(mine, view, row.pk, status=403)
    send(mine, "hand_over", pairing.pk, status=403)
    send(mine, "export", status=404)


def test_an_overseer_opens_one_with_a_reason(as_: Any, cast: Cast, make_household: Any, now: datetime) -> None:
    row = make_household("甲-01")
    make_household("甲-02")
    client = as_("overseer")
    said = page(client, "figures")
    assert "&lt;5" in said
    assert "甲-01" not in said
    ask = {"community": cast.nanyuan.pk, "label": "甲-01"}
    send(client, "figures", **ask, reason="", status=422)
    send(client, "figures", **ask, reason="看", status=422)
    send(client, "figures", **(ask | {"label": "Z9"}), reason="核对走访记录", status=422)
    page(client, "household", row.pk, status=404)
    send(client, "figures", **ask, reason="核对走访记录")
    assert f"{MARK}备注" in page(client, "household", row.pk)
    page(client, "edit", row.pk, status=403)
    send(client, "alerts", row.pk, status=403)
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        page(client, "household", row.pk, status=404)
    send(as_("overseer_next_door"), "figures", **ask, reason="核对走访记录", status=422)
    assert "2" in page(as_("desk"), "figures")


def test_handing_over_ending_and_alerts(
    as_: Any, cast: Cast, make_household: Any, neighbours: Any, pair: Any, now: datetime
) -> None:
    row, ((member, actor), (other, _)) = make_household(), neighbours(2)
    pairing, desk = pair(row, member, actor), as_("desk")
    assert "gc-choices" not in page(desk, "people", row.pk, **{"from": str(pairing.pk), "q": other.name})
    send(desk, "hand_over", pairing.pk, member=member.pk, id=new_id(), status=422)
    send(desk, "hand_over", pairing.pk, member=other.pk, id=new_id())
    asked = Pairing.objects.live().get()
    page(desk, "tenure", asked.pk)
    send(desk, "tenure", asked.pk, status=422)
    send(desk, "tenure", asked.pk, asked="电话里同意")
    send(desk, "alerts", row.pk)
    assert "care" in page(desk, "list", state="alert")
    page(desk, "pairing_end", asked.pk)
    send(desk, "pairing_end", asked.pk, reason="own_wish", status=422)
    send(desk, "pairing_end", asked.pk, reason="refused")
    page(desk, "tier", row.pk)
    send(desk, "tier", row.pk, tier="high", why="出院")
    page(desk, "end", row.pk)
    send(desk, "end", row.pk, reason="moved")
    assert Household.objects.get().end_reason == "moved"
    page(desk, "visits", row.pk, status=302)


def test_plans_and_corrections(as_: Any, make_household: Any, neighbours: Any, pair: Any, now: datetime) -> None:
    row, ((member, actor),) = make_household(), neighbours(1)
    pair(row, member, actor)
    desk = as_("desk")
    page(desk, "plans", row.pk)
    send(desk, "plans", row.pk, member=member.pk, times="周六", what="", effect="有饭吃", id=new_id())
    plan = row.plans.get()
    send(desk, "plan_start", plan.pk, status=422)
    send(desk, "plans", row.pk, member=member.pk, times="周六", what="送餐", effect="有饭吃", id=new_id())
    plan = row.plans.exclude(pk=plan.pk).get()
    send(desk, "plan_start", plan.pk)
    page(desk, "plan_check", plan.pk)
    send(desk, "plan_check", plan.pk, status=422)
    send(desk, "plan_check", plan.pk, outcome="reached", said_by="recipient")
    visit = commands.record_visit(household=row, draft=seen(visited_on=localdate(now)), by=actor, now=now)
    mine = as_("nu0")
    page(mine, "correction", visit.pk)
    send(mine, "correction", visit.pk, kind=visit.kind_id, visited_on=localdate(now), note="改", id=new_id())
    assert Visit.objects.standing().count() == 1
    page(mine, "correction", visit.pk, status=302)


def test_the_personal_card(as_: Any, neighbours: Any, now: datetime) -> None:
    neighbours(1)
    client = as_("nu0")
    said = page(client, "card")
    assert all(word in said for word in ("联络员", "居民楼", "困难户", "金点子", "社区事"))
    kind = re.findall(r'name="kind" value="(\d+)"', said)[3]
    send(client, "card", kind=kind, note="加装扶手", done_on=localdate(now), id=new_id())
    send(client, "card", kind=kind, note="", done_on=localdate(now), id=new_id(), status=422)
    assert "加装扶手" in page(client, "card")


def test_the_export_holds_no_name(as_: Any, make_household: Any, neighbours: Any, pair: Any) -> None:
    row, ((member, actor),) = make_household("甲-01"), neighbours(1)
    pair(row, member, actor)
    answer = as_("desk").post(reverse("care:export") + "?tier=general")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert (rows[1][0], rows[1][5]) == ("甲-01", member.name)
    assert MARK not in str(rows)
    assert AuditEvent.objects.get(tag="care:household:export").details["rows"] == 1


def test_each_community_of_an_export_has_its_line(as_: Any, cast: Cast, make_household: Any, now: datetime) -> None:
    """So that an auditor of any of them reads of it, also of the second community of a worker."""
    for label in ("甲-01", "甲-02"):
        make_household(label)
    grant(cast.users["desk"], Role.DESK_WORKER, node=cast.gongyuan)
    next_door, general = cast.actor("desk_next_door"), RiskTier.GENERAL
    commands.add_household(community=cast.gongyuan, draft=draft("乙-01"), tier=general, by=next_door, now=now)
    as_("desk").post(reverse("care:export"))
    told = AuditEvent.objects.filter(tag="care:household:export")
    assert {event.path: event.details["rows"] for event in told} == {cast.nanyuan.path: 2, cast.gongyuan.path: 1}
    answer = as_("desk").post(reverse("care:export") + "?q=没有")
    assert answer.status_code == 200
    assert told.all().count() == 3


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("late", ["L1"]),
        ("alert", ["N1"]),
        ("unpaired", ["U1", "U2", "U3"]),
        ("invited", ["I1"]),
        ("no_consent", ["U3"]),
        ("moved", ["L1"]),
        ("ended", []),
    ],
)
def test_filters(
    state: str,
    labels: list[str],
    as_: Any,
    cast: Cast,
    make_household: Any,
    neighbours: Any,
    pair: Any,
    desk: Any,
    now: datetime,
) -> None:
    (member, actor), (away, away_actor) = neighbours(2)
    early = now - 40 * DAY
    pair(make_household("L1", tier=RiskTier.KEY, at=early), away, away_actor, at=early)
    pair(make_household("G1", tier=RiskTier.GENERAL, at=early), member, actor, at=early)
    recent = make_household("N1", tier=RiskTier.HIGH)
    pair(recent, member, actor)
    commands.raise_alert(household=recent, by=desk, now=now)
    commands.offer_pairing(household=make_household("I1"), member=member, kind=PairingKind.CONTACT, by=desk, now=now)
    make_household("U1")
    make_household("U2", tier=RiskTier.HIGH)
    make_household("U3", consent=False)
    type(away).objects.filter(pk=away.pk).update(community=cast.gongyuan, path=cast.gongyuan.path)
    said = page(as_("desk"), "list", state=state)
    assert re.findall(r'<th scope="row"><a [^>]*>(\w+)</a>', said) == labels


def test_lists_ask_a_fixed_number_of_questions(
    as_: Any, make_household: Any, neighbours: Any, pair: Any, queries: Any
) -> None:
    ((member, actor),) = neighbours(1)
    clients = {"list": as_("desk"), "mine": as_("nu0"), "figures": as_("overseer")}

    def asked() -> dict[str, int]:
        found = {}
        for name, client in clients.items():
            with queries() as sent:
                page(client, name)
            found[name] = len(sent)
        return found

    pair(make_household(), member, actor)
    page(clients["list"], "list")
    one = asked()
    for _ in range(2):
        pair(make_household(), member, actor)
    assert asked() == one


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_cards_on_paper(kind: str, as_: Any, make_household: Any, neighbours: Any, pair: Any) -> None:
    """The contact card tells nothing of the household; the condition card is printed of an opened record alone."""
    row, ((member, actor), _other) = make_household(), neighbours(2)
    pairing, desk = pair(row, member, actor), as_("desk")
    address = reverse("care:contact_card", args=[pairing.pk])
    for client in (desk, as_("nu0")):
        answer = client.post(address, {"kind": kind})
        assert answer.status_code == 200
        assert answer.content[:4] == (b"PK\x03\x04" if kind == "docx" else b"%PDF")
    if kind == "docx":
        plain = unpacked(desk.post(address, {"kind": kind}).content)
        assert member.name in plain
        assert national(member.phone) not in plain
        assert MARK not in plain
        assert national(member.phone) in unpacked(desk.post(address, {"kind": kind, "with_phone": "on"}).content)
    assert as_("nu1").post(address, {"kind": kind}).status_code == 404
    card = reverse("care:household_card", args=[row.pk])
    assert desk.post(card, {"kind": kind}).status_code == 302
    send(desk, "opening", row.pk)
    answer = desk.post(card, {"kind": kind})
    assert answer.status_code == 200
    if kind == "docx":
        assert MARK in unpacked(answer.content)
    assert as_("nu0").post(card, {"kind": kind}).status_code == 403
    papers = AuditEvent.objects.filter(tag="care:household:print").values_list("details__paper", flat=True)
    assert papers.filter(details__paper="household_card").count() == 1

"""The screens of mediation through a browser: who gets in, what each does, what it refuses; scripts are off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from guangcai.cases.commands import AskerDraft, CaseDraft, raise_case
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Category, Item
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.mediation import commands
from guangcai.mediation.models import CauseKind, Mediation, Mediator, Party, StepNote
from guangcai.orgs.roles import Role
from tests.cast import SINCE, Cast, grant
from tests.guards.sweep import unpacked
from tests.mediation.conftest import MARK, Open, agreed, broken, heard

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OUTSIDERS = ("overseer", "desk_next_door", "member", "member_next_door", "liaison", "administrator", "auditor")


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast.users[name])
        return client

    return sign_in


def page(client: Client, name: str, /, *args: Any, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(f"mediation:{name}", args=args), query)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def send(client: Client, name: str, /, *args: Any, status: int = 302, **fields: Any) -> str:
    answer = client.post(reverse(f"mediation:{name}", args=args), fields)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:3000])
    return answer.content.decode()


def test_from_the_counter_to_the_last_visit(
    as_: Any, cast: Cast, mediator: Mediator, own: Actor, now: datetime
) -> None:
    desk, elder = as_("desk"), as_("peacemaker")
    page(desk, "new")
    cause, case = CauseKind.objects.get(code="noise"), new_id()
    fields = {"id": new_id(), "cause": cause.pk, "mediators": [mediator.pk], "note": f"{MARK}起因", "from_id": case}
    people = {"first_name": f"{MARK}甲", "first_phone": "13911114401", "second_name": f"{MARK}乙"}
    assert "姓名" in send(desk, "new", status=422, **fields, first_name=f"{MARK}甲")
    assert f"{MARK}甲" in send(desk, "new", status=422, **fields, **people | {"second_phone": "12"})
    send(desk, "new", **fields, **people)
    row = Mediation.objects.get()
    assert (row.from_kind, row.from_id) == ("case", case)
    assert str(case) in page(desk, "new", **{"from": str(case)})

    assert row.number in page(desk, "list")
    assert row.number in page(elder, "mine")
    start = localtime(now - timedelta(minutes=60))
    parties = [str(one.pk) for one in row.parties.all()]
    session = {"id": new_id(), "day": start.date(), "start_time": f"{start:%H:%M}", "minutes": 60}
    session |= {"parties": parties, "mediators": [str(mediator.pk)], "note": f"{MARK}说了"}
    page(elder, "sessions", row.pk)
    assert "请勾选" in send(elder, "sessions", row.pk, status=422, **session | {"parties": []})
    send(elder, "sessions", row.pk, **session)
    said = {"id": new_id(), "items": f"{MARK}十点后不拉琴", "signed_on": localdate(now), "signed_how": "paper"}
    page(elder, "agreement", row.pk)
    send(elder, "agreement", row.pk, status=422, **said | {"items": " "})
    send(elder, "agreement", row.pk, **said)
    send(elder, "agreement", row.pk, **said)
    send(elder, "agreement", row.pk, status=409, **said | {"id": new_id()})
    send(elder, "visits", row.pk, status=422, id=new_id(), note="好")
    send(elder, "visits", row.pk, id=new_id(), holds="yes", note=f"{MARK}没再吵")
    send(desk, "visits", row.pk, id=new_id(), holds="no", note=f"{MARK}又吵了")
    row.refresh_from_db()
    assert row.state == "open"
    assert "指引" in send(desk, "end", row.pk, status=422, id=new_id(), how="not_agreed", note="谈不拢")
    send(desk, "end", row.pk, id=new_id(), how="not_agreed", other_way="court", note="谈不拢")
    send(elder, "reopening", row.pk, status=403, id=new_id(), note="再来")
    send(desk, "reopening", row.pk, id=new_id(), note="再来")
    assert broken() == []


def test_outsiders_get_404_and_nothing_tells_who_quarrels(
    as_: Any, cast: Cast, opened: Open, own: Actor, now: datetime
) -> None:
    row = agreed(opened(), by=own, now=now)
    one_matter = ("matter", "opening", "paper", "assignment", "parties", "sessions", "agreement", "visits", "end")
    step = row.steps.get(kind="heard")
    for who in OUTSIDERS:
        client = as_(who)
        page(client, "correction", row.pk, step.pk, status=404)
        send(client, "correction", row.pk, step.pk, status=404)
        for name in (*one_matter, "reopening"):
            page(client, name, row.pk, status=404)
            if name != "matter":
                send(client, name, row.pk, status=404)
        for address in (reverse("mediation:list"), reverse("mediation:mine"), "/"):
            assert row.number not in client.get(address, follow=True).content.decode()
    for who in ("desk", "peacemaker"):
        client = as_(who)
        shown = page(client, "matter", row.pk) + client.get("/", follow=True).content.decode()
        shown += page(client, "list") if who == "desk" else page(client, "mine")
        assert MARK not in shown
    page(as_("peacemaker"), "assignment", row.pk, status=403)
    page(as_("desk_next_door"), "mediator_end", Mediator.objects.get().pk, status=404)


def test_whoever_is_complained_of_sees_nothing_even_as_mediator_and_desk(
    as_: Any, cast: Cast, opened: Open, mediator: Mediator, own: Actor, desk: Actor, now: datetime
) -> None:
    """A worker of the desk who mediates elsewhere turns out to be a party here: no list, no page, no correction."""
    row, other = agreed(opened(), by=desk, now=now), opened()
    grant(cast.users["peacemaker"], Role.DESK_WORKER, node=cast.nanyuan)
    assert row.number in page(as_("peacemaker"), "list")
    Party.objects.filter(mediation=row, side="second").update(member=mediator.member)
    client, step = as_("peacemaker"), row.steps.get(kind="heard")
    for name in ("list", "mine"):
        shown = page(client, name)
        assert other.number in shown
        assert row.number not in shown
    for name, args in (("matter", ()), ("sessions", ()), ("correction", (step.pk,)), ("paper", ()), ("opening", ())):
        page(client, name, row.pk, *args, status=404)
    assert row.number not in client.get("/", follow=True).content.decode()
    assert set(Mediation.objects.visible_to(cast.actor("peacemaker"))) == {other}
    for key in OUTSIDERS:
        rows = Mediation.objects.visible_to(cast.actor(key))
        assert not rows.exists()
        assert not rows.in_area_of(cast.actor(key)).exists()


def test_a_session_written_wrongly_is_said_again(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    row, client = agreed(opened(), by=own, now=now), as_("peacemaker")
    step, start = row.steps.get(kind="heard"), localtime(now - 2 * DAY)
    shown = page(client, "correction", row.pk, step.pk)
    assert MARK not in shown
    said = {"id": new_id(), "day": start.date(), "start_time": "08:30", "minutes": 45, "slip": "time"}
    said |= {"parties": [str(one.pk) for one in row.parties.all()], "note": "", "place": ""}
    said["mediators"] = [str(one.mediator_id) for one in step.session.mediators.all()]
    assert "哪里写错" in send(client, "correction", row.pk, step.pk, status=422, **said | {"slip": ""})
    assert "请勾选" in send(client, "correction", row.pk, step.pk, status=422, **said | {"parties": []})
    send(client, "correction", row.pk, step.pk, status=422, **said | {"slip": "finding"})
    send(client, "correction", row.pk, step.pk, **said)
    send(client, "correction", row.pk, step.pk, **said)
    send(client, "correction", row.pk, step.pk, status=409, **said | {"minutes": 50})
    send(client, "correction", row.pk, step.pk, status=409, **said | {"id": new_id(), "minutes": 50})
    page(client, "correction", row.pk, step.pk, status=302)
    shown = page(client, "matter", row.pk)
    assert "已更正，不再算数" in shown
    assert "日期或时间写错" in shown
    assert "孙和记录" in shown
    # Nothing sealed was shown by it.
    assert MARK not in shown
    assert broken() == []


def test_agreements_and_visits_are_said_again(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    row, client = agreed(opened(), by=own, now=now), as_("peacemaker")
    signed = row.steps.get(kind="agreed")
    # Opened words stand in the form.
    send(client, "opening", row.pk, what=StepNote.objects.get(step=signed).pk, reason="核对协议内容")
    assert f"{MARK}十点后不拉琴" in page(client, "correction", row.pk, signed.pk)
    words = {
        "id": new_id(),
        "items": "九点后不拉琴",
        "signed_on": localdate(now),
        "signed_how": "paper",
        "slip": "words",
    }
    send(client, "correction", row.pk, signed.pk, **words)
    send(client, "visits", row.pk, id=new_id(), holds="no", note="又吵")
    visit = row.steps.get(kind="broken")
    send(as_("desk"), "correction", row.pk, visit.pk, id=new_id(), holds="yes", note="", slip="finding")
    row.refresh_from_db()
    assert row.state == "agreed"
    # What the desk wrote the mediator does not rewrite; the first step is no session.
    page(client, "correction", row.pk, row.steps.get(corrects=visit).pk, status=403)
    page(client, "correction", row.pk, row.steps.get(number=1).pk, status=404)
    page(client, "correction", opened().pk, signed.pk, status=404)
    assert broken() == []


def test_a_request_of_the_second_community_becomes_a_mediation_there(
    as_: Any, cast: Cast, desk: Actor, now: datetime
) -> None:
    """The link from a request names its community: the form does not fall back on the worker's first one."""
    grant(cast.users["desk"], Role.DESK_WORKER, node=cast.gongyuan)
    category = Category.objects.create(code="quarrel", name="邻里纠纷")
    item = Item.objects.create(category=category, code="noise", name="噪音", since=SINCE)
    draft = CaseDraft(
        community=cast.gongyuan, item=item, what="楼上半夜拖桌椅", channel=CaseChannel.DESK,
        asker=AskerDraft(name="张三", phone="13922223333"),
    )  # fmt: skip
    case = raise_case(draft=draft, by=cast.actor("desk_next_door"), now=now)
    client = as_("desk")
    shown = client.get(case.get_absolute_url()).content.decode()
    address = f"{reverse('mediation:new')}?community={cast.gongyuan.code}&from={case.pk}"
    assert address.replace("&", "&amp;") in shown
    assert cast.gongyuan.name in client.get(address).content.decode()


def test_each_word_is_opened_by_itself(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    row, client = heard(opened(), by=own, now=now), as_("desk")
    first = row.parties.get(side="first")
    words = StepNote.objects.get(step__mediation=row, step__kind="heard")
    assert "理由" in send(client, "opening", row.pk, status=422, what=first.pk, reason="")
    send(client, "opening", row.pk, what=first.pk, reason="通知调解时间")
    shown = page(client, "matter", row.pk)
    assert f"{MARK}甲" in shown
    assert not any(word in shown for word in (f"{MARK}乙", f"{MARK}说了", f"{MARK}起因"))
    send(client, "opening", row.pk, what=words.pk, reason="了解上次情况")
    shown = page(client, "matter", row.pk)
    assert f"{MARK}说了" in shown
    assert f"{MARK}起因" not in shown
    # A colleague opens for himself.
    assert MARK not in page(as_("desk_colleague"), "matter", row.pk)
    send(client, "opening", row.pk, status=404, what=new_id(), reason="了解上次情况")
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        assert MARK not in page(client, "matter", row.pk)


def test_opened_words_stay_words(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    """The sweep of hostile words does not open what is sealed: here it is opened."""
    hostile = "<script>alert(1)</script>"
    row, client = heard(opened(), by=own, now=now), as_("desk")
    first, words = row.parties.get(side="first"), StepNote.objects.get(step__mediation=row, step__kind="heard")
    first.name, words.note, words.place = f"甲{hostile}", f"说{hostile}", f"在{hostile}"
    first.save()
    words.save()
    for what in (first, words):
        send(client, "opening", row.pk, what=what.pk, reason="了解情况")
    shown = page(client, "matter", row.pk)
    assert hostile not in shown
    for beginning in "甲说在":
        assert f"{beginning}&lt;script&gt;" in shown, beginning


def test_the_agreement_is_printed_with_a_reason(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    client = as_("peacemaker")
    page(client, "paper", row.pk)
    send(client, "paper", row.pk, status=422, kind="docx", reason="")
    assert not AuditEvent.objects.filter(tag="mediation:matter:print").exists()
    answer = client.post(reverse("mediation:paper", args=[row.pk]), {"kind": "docx", "reason": "双方签字用"})
    told = unpacked(answer.content)
    for words in (f"{MARK}甲", f"{MARK}乙", f"{MARK}十点后不拉琴", "孙和", row.number):
        assert words in told
    answer = client.post(reverse("mediation:paper", args=[row.pk]), {"kind": "pdf", "reason": "双方签字用"})
    assert answer.content[:5] == b"%PDF-"
    assert AuditEvent.objects.filter(tag="mediation:matter:print").count() == 2
    page(client, "paper", opened().pk, status=302)


def test_mediators_come_and_go(as_: Any, cast: Cast, mediator: Mediator, opened: Open) -> None:
    client = as_("desk")
    page(client, "mediator_new")
    assert "姓名" in send(client, "mediator_new", status=422, id=new_id())
    send(client, "mediator_new", id=new_id(), name="周大爷", phone="13911114499")
    send(client, "mediator_new", id=new_id(), member=cast.teacher_member.pk)
    send(client, "mediator_new", status=422, id=new_id(), member=cast.police_member.pk)
    assert {"周大爷", "林晓岚"} <= {one.name for one in Mediator.objects.all()}
    assert "周大爷" in page(client, "mediators")
    row, elder = opened(), Mediator.objects.get(name="周大爷")
    send(client, "assignment", row.pk, status=422)
    send(client, "assignment", row.pk, mediators=[elder.pk])
    page(as_("peacemaker"), "matter", row.pk, status=404)
    page(client, "mediator_end", elder.pk)
    send(client, "mediator_end", elder.pk)
    page(client, "mediator_end", elder.pk, status=302)
    page(as_("member"), "mediators", status=403)
    send(client, "parties", row.pk, status=422, id=new_id(), side="first", name="")
    send(client, "parties", row.pk, id=new_id(), side="first", name=f"{MARK}丙")
    assert row.parties.count() == 3


@pytest.mark.parametrize(("who", "name"), [("desk", "list"), ("peacemaker", "mine"), ("desk", "mediators")])
def test_lists_ask_as_much_for_three_as_for_one(
    as_: Any, cast: Cast, opened: Open, desk: Actor, own: Actor, now: datetime, who: str, name: str, queries: Any
) -> None:
    opened()
    client, counts = as_(who), []
    page(client, name)
    for _ in range(2):
        with queries() as asked:
            page(client, name)
        counts.append(len(asked))
        agreed(opened(), by=own, now=now - 2 * DAY)
        opened()
        for elder in ("甲大爷", "乙大爷"):
            draft = commands.MediatorDraft(name=f"{elder}{len(counts)}")
            commands.add_mediator(node=cast.nanyuan, draft=draft, by=desk, now=now)
    assert counts[0] == counts[1]


def test_one_matter_asks_as_much_after_many_steps(
    as_: Any, opened: Open, own: Actor, now: datetime, queries: Any
) -> None:
    row, client, counts = heard(opened(), by=own, now=now - DAY), as_("desk"), []
    page(client, "matter", row.pk)
    for number in range(2):
        with queries() as asked:
            page(client, "matter", row.pk)
        counts.append(len(asked))
        heard(row, by=own, now=now - timedelta(hours=4 * (2 - number)))
    assert counts[0] == counts[1]


def test_homes_tell_what_is_due(as_: Any, opened: Open, own: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    waiting = opened()
    with time_machine.travel(now + 8 * DAY, tick=False):
        home = as_("desk").get("/", follow=True).content.decode()
        assert "state=due" in home
        assert "state=open" in home
        phone = as_("peacemaker").get("/", follow=True).content.decode()
        assert row.number in phone
        assert waiting.number in phone
        assert MARK not in home + phone
        shown = page(as_("desk"), "list", state="due")
        assert row.number in shown
        assert waiting.number not in shown

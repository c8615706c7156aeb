"""The desk's and the street's screens: they do it; next door finds nothing; who may only look is told so."""

import csv
import io
from datetime import timedelta
from urllib.parse import quote

import pytest
import python_calamine
import time_machine
from django.urls import reverse

from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import draw_sample, raise_objection
from guangcai.ledger.enums import EntryOrigin, Refusal
from guangcai.ledger.models import Certificate, EntryDecline, Objection, Posting, SampleCheck, ServiceEntry
from tests.conftest import NOW
from tests.ledger.scenes import SATURDAY, confirmed, recorded


@pytest.fixture(autouse=True)
def _clock():
    """Views ask the clock: it shows the time of the tests."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(cast, signed_in):
    return signed_in(cast.desk)


@pytest.fixture
def secretary(cast, signed_in):
    return signed_in(cast.secretary)


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_the_list_shows_ones_own_area(cast, signed_in, desk):
    confirmed(cast)
    recorded(cast, by="desk_next_door", community=cast.gongyuan, member=cast.police_member, activity_name="公园巡逻")
    html = page(desk.get(reverse("ledger:entries")))
    assert "林晓岚" in html
    assert "公园巡逻" not in html
    assert "公园巡逻" in page(signed_in(cast.overseer).get(reverse("ledger:entries")))
    for who in ("overseer_next_door", "liaison", "auditor"):
        assert "林晓岚" not in page(signed_in(cast.users[who]).get(reverse("ledger:entries")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=林晓", True),
        ("q=linxl", False),
        ("q=lxl", True),
        ("q=0101", True),
        ("q=周末", True),
        ("q=赵", False),
        ("state=waiting", True),
        ("state=confirmed", False),
        ("mark=late", False),
        ("mark=back_fill", False),
        ("mark=office_hours", False),
        ("since=2026-11-14&until=2026-11-14", True),
        ("since=2026-11-15", False),
        ("since=rubbish", True),
    ],
)
def test_the_list_is_searched_and_filtered(cast, desk, query, found):
    entry = recorded(cast)
    html = page(desk.get(f"{reverse('ledger:entries')}?{quote(query, safe='=&')}"))
    assert (f"entry-{entry.pk}" in html) == found


def test_the_list_takes_the_same_statements_for_1_and_3_rows(cast, desk, queries):
    recorded(cast)
    with queries() as one:
        page(desk.get(reverse("ledger:entries")))
    for n in (3, 6):
        confirmed(cast, starts_at=SATURDAY + timedelta(hours=n))
    with queries() as three:
        page(desk.get(reverse("ledger:entries")))
    assert len(one) == len(three)


PAYLOADS = ["=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1+1", '=cmd|"/c calc"!A0', ";=1+1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_holds_the_seven_fields_and_no_formula(cast, desk, kind):
    for n, payload in enumerate(PAYLOADS):
        recorded(
            cast,
            starts_at=SATURDAY - timedelta(days=n),
            activity_name=payload,
            content=payload,
            place=payload,
            lead_name=payload,
        )
    answer = desk.post(f"{reverse('ledger:entries_export')}?sort=day", {"kind": kind})
    assert answer.status_code == 200
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        rows = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert b"<f>" not in answer.content
    assert len(rows) == len(PAYLOADS) + 1
    assert len(rows[0]) == 14
    assert rows[1][0] == "林晓岚"
    for row in rows[1:]:
        for cell in (row[6], row[8], row[9], row[12]):
            assert kind == "xlsx" or not str(cell).lstrip("\ufeff \t").startswith(("=", "+", "-", "@", "＝"))
    assert rows[1][10] in ("2.00", 2.0)
    line = AuditEvent.objects.get(tag="ledger:entry:export")
    assert (line.actor_id, line.details["rows"]) == (cast.desk.pk, len(PAYLOADS))


def test_the_export_holds_exactly_what_is_shown(cast, desk):
    recorded(cast)
    confirmed(cast, starts_at=SATURDAY + timedelta(hours=3), activity_name="送药上门")
    answer = desk.post(f"{reverse('ledger:entries_export')}?state=confirmed", {"kind": "csv"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[6] for row in rows[1:]] == ["送药上门"]
    assert desk.get(reverse("ledger:entries_export")).status_code == 405


def test_confirmations_all_ticked_exceptions_and_what_is_left(cast, secretary):
    good, bad, later = (recorded(cast, starts_at=SATURDAY + timedelta(hours=n)) for n in (0, 3, 6))
    html = page(secretary.get(reverse("ledger:confirmations")))
    assert html.count(" checked") == 3
    answer = secretary.post(
        reverse("ledger:confirmations"),
        {"ids": [good.pk.hex, bad.pk.hex], f"reason-{bad.pk.hex}": "没有到场"},
        follow=True,
    )
    page(answer)
    assert Posting.objects.get().entry_id == good.pk
    assert EntryDecline.objects.values_list("entry_id", "reason").get() == (bad.pk, "没有到场")
    assert ServiceEntry.objects.waiting().get() == later
    again = secretary.post(reverse("ledger:confirmations"), {"ids": [good.pk.hex]}, follow=True)
    assert "不再等待确认" in page(again)
    assert Posting.objects.count() == 1


def test_nothing_ticked_is_refused_on_the_list(cast, secretary):
    entry = recorded(cast)
    for typed in ({}, {f"reason-{entry.pk.hex}": "  "}):
        html = page(secretary.post(reverse("ledger:confirmations"), typed), 422)
        assert "没有勾选" in html
        assert entry.pk.hex in html


def test_confirmations_say_why_not(cast, desk, signed_in):
    entry = recorded(cast)
    html = page(desk.get(reverse("ledger:confirmations")))
    assert "disabled" in html
    answer = desk.post(reverse("ledger:confirmations"), {"ids": [entry.pk.hex]}, follow=True)
    assert "林晓岚" in page(answer)
    assert not Posting.objects.exists()
    next_door = signed_in(cast.desk_next_door)
    assert "林晓岚" not in page(next_door.get(reverse("ledger:confirmations")))
    next_door.post(reverse("ledger:confirmations"), {"ids": [entry.pk.hex]})
    assert not Posting.objects.exists()


def test_confirmations_take_the_same_statements_for_1_and_3_rows(cast, secretary, queries):
    recorded(cast)
    with queries() as one:
        page(secretary.get(reverse("ledger:confirmations")))
    for n in (3, 6):
        recorded(cast, starts_at=SATURDAY + timedelta(hours=n), activity_name=f"活动{n}")
    with queries() as three:
        page(secretary.get(reverse("ledger:confirmations")))
    assert len(one) == len(three)


@pytest.mark.parametrize("who", ["member", "overseer", "auditor", "liaison"])
def test_confirmations_are_for_those_who_confirm(cast, signed_in, who):
    assert signed_in(cast.users[who]).get(reverse("ledger:confirmations")).status_code in (403, 404)


def test_one_entry_with_its_history(cast, secretary, signed_in):
    entry = confirmed(cast)
    url = reverse("ledger:entry", args=[entry.pk])
    html = page(secretary.get(url))
    assert "南园社工" in html  # who recorded
    assert reverse("ledger:entry_reversal", args=[entry.pk]) in html
    own = page(signed_in(cast.member).get(url))
    assert "南园社工" not in own
    assert reverse("ledger:entry_reversal", args=[entry.pk]) not in own
    for who in ("desk_next_door", "member_next_door", "overseer_next_door", "liaison", "auditor"):
        assert signed_in(cast.users[who]).get(url).status_code == 404


def test_unusual_entries_are_marked(cast, desk):
    entry = recorded(
        cast, starts_at=SATURDAY - timedelta(days=15), origin=EntryOrigin.BACK_FILL, reason="当天停电，纸质登记"
    )
    html = page(desk.get(reverse("ledger:entry", args=[entry.pk])))
    assert html.count("#flag") == 3
    assert "当天停电，纸质登记" in html


@pytest.mark.parametrize(("name", "who"), [("entry_reversal", "secretary"), ("entry_decline", "secretary")])
def test_reasons_are_asked_for(cast, signed_in, name, who):
    entry = confirmed(cast) if name == "entry_reversal" else recorded(cast)
    url = reverse(f"ledger:{name}", args=[entry.pk])
    browser = signed_in(cast.users[who])
    page(browser.get(url))
    page(browser.post(url, {"reason": ""}), 422)
    assert browser.post(url, {"reason": "录错了人"}).status_code == 302
    row = ServiceEntry.objects.with_state().get(pk=entry.pk)
    assert row.state == ("reversed" if name == "entry_reversal" else "declined")
    assert signed_in(cast.overseer).post(url, {"reason": "录错了人"}).status_code == 403
    assert signed_in(cast.desk_next_door).post(url, {"reason": "录错了人"}).status_code == 404


def test_a_refused_reversal_is_told_on_the_form(cast, secretary):
    entry = confirmed(cast, by="secretary", checker="desk")
    page(secretary.post(reverse("ledger:entry_reversal", args=[entry.pk]), {"reason": "录错了人"}), 422)


def test_one_entry_is_confirmed_from_its_page(cast, secretary, signed_in):
    entry = recorded(cast)
    url = reverse("ledger:entry_confirmation", args=[entry.pk])
    assert signed_in(cast.desk_next_door).post(url).status_code == 404
    assert signed_in(cast.overseer).post(url).status_code == 403
    assert secretary.get(url).status_code == 405
    assert secretary.post(url).status_code == 302
    assert Posting.objects.get().entry_id == entry.pk
    assert secretary.post(url).status_code == 302


def test_one_entry_that_cannot_be_confirmed_says_why_on_its_page(cast, desk):
    entry = recorded(cast)
    html = page(desk.post(reverse("ledger:entry_confirmation", args=[entry.pk])), 422)
    assert str(Refusal.OWN_RECORD.label) in html
    assert not Posting.objects.exists()


def test_what_is_done_is_not_offered_again(cast, secretary, signed_in):
    entry = recorded(cast)
    shown, pages = reverse("ledger:entry", args=[entry.pk]), ("entry_reversal", "entry_decline", "entry_objections")
    reversal, declined, objection = (reverse(f"ledger:{name}", args=[entry.pk]) for name in pages)
    assert secretary.get(reversal).headers.get("Location") == shown
    assert secretary.get(declined).status_code == 200
    secretary.post(reverse("ledger:entry_confirmation", args=[entry.pk]))
    assert secretary.get(declined).headers.get("Location") == shown
    assert secretary.get(reversal).status_code == 200
    member = signed_in(cast.member)
    assert member.post(objection, {"id": str(new_id()), "text": "少算一次"}).status_code == 302
    assert member.get(objection).headers.get("Location") == shown


def _form(cast, **changes):
    values = {
        "id": str(new_id()),
        "community": cast.nanyuan.pk,
        "activity_name": "送药上门",
        "kind": ServiceEntry._meta.get_field("kind").related_model.objects.get(code="convenience").pk,
        "day": "2026-11-14",
        "begins": "09:00",
        "ends": "11:00",
        "minutes": "1:30",
        "content": "为独居老人送药",
        "place": "3号楼",
        "lead_name": "王桂芬",
        "reason": "当天停电，纸质登记",
        "deeds": "on",
    }
    return {**values, **changes}


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_calendar_reaches_is_refused_in_words(cast, desk, day):
    url = reverse("ledger:member_back_fills", args=[cast.teacher_member.pk])
    html = page(desk.post(url, _form(cast, day=day, begins="22:00", ends="01:00")), 422)
    assert "年份" in html


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13"])
def test_a_month_that_no_calendar_reaches_is_this_one(cast, signed_in, month):
    overseer = signed_in(cast.overseer)
    for name in ("plausibility", "samples"):
        assert overseer.get(reverse(f"ledger:{name}"), {"month": month}).context["month"].year == NOW.year
    assert overseer.post(reverse("ledger:samples"), {"month": month}).status_code == 302


def test_back_filling(cast, desk, signed_in):
    page(desk.get(reverse("ledger:back_fills")))
    assert "林晓岚" in page(desk.get(f"{reverse('ledger:back_fills')}?q=lxl"))
    assert "赵海峰" not in page(desk.get(reverse("ledger:back_fills"), {"q": "赵"}))
    url = reverse("ledger:member_back_fills", args=[cast.teacher_member.pk])
    assert "公园社区" not in page(desk.get(url))
    form = _form(cast)
    for _ in range(2):
        assert desk.post(url, form).status_code == 302
    entry = ServiceEntry.objects.get()
    assert (str(entry.pk), entry.minutes, entry.deeds, entry.origin) == (form["id"], 90, 1, "back_fill")
    assert desk.post(url, {**form, "minutes": "1:00"}).status_code == 409
    assert signed_in(cast.desk_next_door).get(url).status_code == 404
    assert signed_in(cast.overseer).get(url).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, ""),
        ({"minutes": "3:00"}, "3.00"),
        ({"minutes": "一个半小时吧"}, "一个半小时吧"),
        ({"day": "2026-11-21"}, ""),
        ({"community": "999999"}, ""),
    ],
)
def test_back_filling_keeps_what_was_typed(cast, desk, changes, words):
    url = reverse("ledger:member_back_fills", args=[cast.teacher_member.pk])
    html = page(desk.post(url, _form(cast, **changes)), 422)
    assert "为独居老人送药" in html
    assert words in html
    assert not ServiceEntry.objects.exists()


def _objection(cast, entry):
    return raise_objection(id=new_id(), entry=entry, text="我待到十一点半", by=cast.actor("member"), now=cast.now)


def test_objections_are_answered(cast, desk, secretary, signed_in):
    objection = _objection(cast, confirmed(cast))
    assert "我待到十一点半" in page(desk.get(reverse("ledger:objections")))
    assert "我待到十一点半" not in page(signed_in(cast.desk_next_door).get(reverse("ledger:objections")))
    url = reverse("ledger:objection", args=[objection.pk])
    html = page(secretary.get(url))
    assert 'value="09:00"' in html
    page(secretary.post(url, {"outcome": "corrected", "answer": "核对了"}), 422)
    corrected = {"outcome": "corrected", "answer": "核对了", "day": "2026-11-14", "begins": "09:00", "ends": "11:30"}
    assert secretary.post(url, corrected).status_code == 302
    assert sorted(ServiceEntry.objects.values_list("minutes", flat=True)) == [-120, 120, 150]
    assert "核对了" in page(secretary.get(url))
    assert "核对了" not in page(desk.get(reverse("ledger:objections")))
    assert "我待到十一点半" in page(desk.get(f"{reverse('ledger:objections')}?state=answered"))
    assert signed_in(cast.desk_next_door).get(url).status_code == 404
    assert signed_in(cast.overseer).post(url, corrected).status_code == 403


def test_taking_out_and_keeping(cast, secretary):
    first = _objection(cast, confirmed(cast))
    assert (
        secretary.post(
            reverse("ledger:objection", args=[first.pk]), {"outcome": "taken_out", "answer": "没有此事"}
        ).status_code
        == 302
    )
    second = _objection(cast, confirmed(cast))
    assert (
        secretary.post(
            reverse("ledger:objection", args=[second.pk]), {"outcome": "kept", "answer": "没有错"}
        ).status_code
        == 302
    )
    assert list(Objection.objects.order_by("raised_at", "pk").values_list("outcome", flat=True)) == [
        "corrected",
        "kept",
    ]


def test_the_street_sees_what_stands_out(cast, signed_in):
    confirmed(cast, starts_at=SATURDAY + timedelta(hours=13))
    overseer = signed_in(cast.overseer)
    assert "林晓岚" in page(overseer.get(f"{reverse('ledger:plausibility')}?month=2026-11"))
    assert "林晓岚" not in page(overseer.get(f"{reverse('ledger:plausibility')}?month=2026-10"))
    page(overseer.get(f"{reverse('ledger:plausibility')}?month=rubbish"))
    assert "林晓岚" not in page(
        signed_in(cast.overseer_next_door).get(f"{reverse('ledger:plausibility')}?month=2026-11")
    )
    for who in ("desk", "member", "liaison", "auditor"):
        assert signed_in(cast.users[who]).get(reverse("ledger:plausibility")).status_code in (403, 404)


def test_the_street_draws_and_checks(cast, signed_in):
    confirmed(cast)
    overseer = signed_in(cast.overseer)
    page(overseer.get(f"{reverse('ledger:samples')}?month=2026-11"))
    answer = overseer.post(reverse("ledger:samples"), {"month": "2026-11"}, follow=True)
    assert "林晓岚" in page(answer)
    check = SampleCheck.objects.get()
    url = reverse("ledger:sample", args=[check.pk])
    page(overseer.get(url))
    page(overseer.post(url, {"result": "false", "note": ""}), 422)
    page(overseer.post(url, {"result": "rubbish"}), 422)
    assert overseer.post(url, {"result": "false", "note": "本人说没去"}).status_code == 302
    check.refresh_from_db()
    assert (check.result, check.note) == ("false", "本人说没去")
    assert "本人说没去" in page(overseer.get(url))
    for who in ("desk", "secretary", "overseer_next_door", "member"):
        assert signed_in(cast.users[who]).get(url).status_code == 404
        assert signed_in(cast.users[who]).get(reverse("ledger:samples")).status_code in (200, 403, 404)
    assert signed_in(cast.secretary).post(reverse("ledger:samples"), {"month": "2026-11"}).status_code in (403, 404)


def test_samples_take_the_same_statements_for_1_and_3_rows(cast, signed_in, queries):
    overseer = signed_in(cast.overseer)
    counts = []
    for n in range(3):
        confirmed(cast, starts_at=SATURDAY - timedelta(days=n))
        SampleCheck.objects.all().delete()
        for entry in ServiceEntry.objects.filter(reverses=None):
            SampleCheck.objects.create(
                entry=entry,
                community=cast.nanyuan,
                path=cast.nanyuan.path,
                district_code="210802",
                drawn_on=cast.now.date(),
            )
        with queries() as seen:
            page(overseer.get(f"{reverse('ledger:samples')}?month=2026-11"))
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_certificates_are_issued_at_the_desk(cast, desk, signed_in):
    confirmed(cast)
    url = reverse("ledger:member_certificates", args=[cast.teacher_member.pk])
    key = str(new_id())
    page(desk.get(url))
    period = {"id": key, "since": "2026-11-01", "until": "2026-11-20"}
    assert "周末清洁" in page(desk.get(url, period))
    for _ in range(2):
        assert desk.post(url, period).status_code == 302
    certificate = Certificate.objects.get()
    assert str(certificate.pk) == key
    page(desk.post(url, {**period, "id": str(new_id()), "since": "2026-11-19"}), 422)
    page(desk.post(url, {**period, "since": ""}), 422)
    assert certificate.number in page(desk.get(reverse("ledger:certificates")))
    assert certificate.number in page(desk.get(f"{reverse('ledger:certificates')}?q=lxl"))
    assert certificate.number not in page(signed_in(cast.desk_next_door).get(reverse("ledger:certificates")))
    assert signed_in(cast.desk_next_door).get(url).status_code == 404
    assert signed_in(cast.overseer).get(url).status_code == 403


def test_draw_for_a_month_without_service(cast):
    assert draw_sample(path=cast.street.path, month=SATURDAY.date(), by=cast.actor("overseer"), now=cast.now) == []

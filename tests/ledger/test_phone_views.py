"""The member's own screens, papers, and the page where anybody checks a certificate."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from guangcai.core.ids import new_id
from guangcai.ledger.commands import issue_certificate
from guangcai.ledger.commands import reverse as reverse_entry
from guangcai.ledger.models import Objection
from guangcai.members.models import Member
from tests.conftest import NOW
from tests.ledger.scenes import SATURDAY, confirmed, recorded


@pytest.fixture(autouse=True)
def _clock():
    """Views ask the clock: it shows the time of the tests."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def phone(cast, signed_in):
    return signed_in(cast.member)


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_my_record_of_the_year(cast, phone, signed_in):
    confirmed(cast, deeds=1, minutes=150)
    recorded(cast, starts_at=SATURDAY + timedelta(hours=3))
    html = page(phone.get(f"{reverse('ledger:mine')}?year=2026"))
    assert "2.50" in html
    assert "/ 16" in html
    assert reverse("ledger:booklet", args=[cast.teacher_member.pk]) in html
    assert "0.00" in page(phone.get(f"{reverse('ledger:mine')}?year=2025"))
    for year in ("rubbish", "1e400", "9" * 5000, "٢٠٢٦", "0001"):
        page(phone.get(reverse("ledger:mine"), {"year": year}))
        page(phone.get(reverse("ledger:my_entries"), {"year": year}))
    assert signed_in(cast.desk).get(reverse("ledger:mine")).status_code == 404
    assert signed_in(cast.desk).get(reverse("ledger:my_entries")).status_code == 404


def test_my_entries_and_objecting(cast, phone, signed_in):
    entry = confirmed(cast)
    html = page(phone.get(reverse("ledger:my_entries")))
    url = reverse("ledger:entry_objections", args=[entry.pk])
    assert url in html
    page(phone.get(url))
    page(phone.post(url, {"id": str(new_id()), "text": ""}), 422)
    form = {"id": str(new_id()), "text": "我待到十一点半"}
    for _ in range(2):
        assert phone.post(url, form).status_code == 302
    assert Objection.objects.get().text == "我待到十一点半"
    page(phone.post(url, {"id": str(new_id()), "text": "再说一遍"}), 422)
    assert url not in page(phone.get(reverse("ledger:my_entries")))
    assert "我待到十一点半" in page(phone.get(reverse("ledger:entry", args=[entry.pk])))
    assert signed_in(cast.member_next_door).get(url).status_code == 404
    assert signed_in(cast.overseer).post(url, form).status_code == 403


def test_my_entries_take_the_same_statements_for_1_and_3_rows(cast, phone, queries):
    confirmed(cast)
    with queries() as one:
        page(phone.get(reverse("ledger:my_entries")))
    for n in (3, 6):
        confirmed(cast, starts_at=SATURDAY + timedelta(hours=n))
    with queries() as three:
        page(phone.get(reverse("ledger:my_entries")))
    assert len(one) == len(three)


@pytest.mark.parametrize(
    ("member_type", "title"),
    [
        ("branch", "支部党员参与社区活动情况登记证"),
        ("in_service", "在职党员参与社区活动情况登记证"),
        ("laid_off_or_mobile", "下岗、流动党员参与社区活动情况登记证"),
    ],
)
def test_the_booklet_by_member_type(cast, phone, member_type, title):
    Member.objects.filter(pk=cast.teacher_member.pk).update(member_type=member_type)
    confirmed(cast, deeds=1)
    undone = confirmed(cast, starts_at=SATURDAY + timedelta(hours=3), activity_name="录错的活动")
    reverse_entry(entry=undone, reason="录错了", by=cast.actor("secretary"), now=cast.now)
    html = page(phone.get(f"{reverse('ledger:booklet', args=[cast.teacher_member.pk])}?year=2026"))
    assert title in html
    assert "周末清洁" in html
    assert "录错的活动" not in html


def test_who_reads_a_booklet(cast, signed_in):
    url = reverse("ledger:booklet", args=[cast.teacher_member.pk])
    for who in ("desk", "overseer", "member"):
        page(signed_in(cast.users[who]).get(url))
    for who in ("desk_next_door", "member_next_door", "overseer_next_door", "liaison", "auditor"):
        assert signed_in(cast.users[who]).get(url).status_code == 404


def _texts(docx):
    return zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()


def test_booklet_papers(cast, phone):
    confirmed(cast)
    paper = phone.get(reverse("ledger:booklet_paper", args=[cast.teacher_member.pk, 2026, "docx"]))
    assert "周末清洁" in _texts(paper.content)
    paper = phone.get(reverse("ledger:booklet_paper", args=[cast.teacher_member.pk, 2026, "pdf"]))
    assert paper.content.startswith(b"%PDF")
    for year, kind in [(2026, "exe"), (1999, "pdf"), (2999, "pdf")]:
        assert phone.get(reverse("ledger:booklet_paper", args=[cast.teacher_member.pk, year, kind])).status_code == 404


@pytest.fixture
def certificate(cast):
    confirmed(cast)
    return issue_certificate(
        id=new_id(),
        member=cast.teacher_member,
        community=cast.nanyuan,
        since=date(2026, 11, 1),
        until=date(2026, 11, 20),
        by=cast.actor("desk"),
        now=cast.now,
    )


def test_the_certificate_on_screen_and_paper(cast, phone, signed_in, certificate):
    url = reverse("ledger:certificate", args=[certificate.pk])
    html = page(phone.get(url))
    assert certificate.number in html
    assert "南园社区" in html
    assert certificate.number in page(phone.get(reverse("ledger:mine")))
    word = phone.get(reverse("ledger:certificate_paper", args=[certificate.pk, "docx"]))
    text = _texts(word.content)
    assert all(part in text for part in (certificate.number, "林晓岚", "南园社区", "2.00", "周末清洁"))
    pdf = phone.get(reverse("ledger:certificate_paper", args=[certificate.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert phone.get(reverse("ledger:certificate_paper", args=[certificate.pk, "exe"])).status_code == 404
    for who in ("desk_next_door", "member_next_door", "liaison"):
        assert signed_in(cast.users[who]).get(url).status_code == 404


def check(client, number, initial, status=200):
    return page(client.post(reverse("ledger:verification"), {"number": number, "initial_of_name": initial}), status)


def test_anybody_checks_a_certificate(cast, client, certificate):
    html = page(client.get(reverse("ledger:verification_of", args=[certificate.number])))
    assert f'value="{certificate.number}"' in html
    html = check(client, certificate.number, "L")
    assert "林**" in html
    assert "林晓岚" not in html
    assert "周末清洁" in html


def test_a_wrong_surname_and_an_unknown_number_look_the_same(client, certificate):
    def plain(html, number):
        return re.sub(r'value="[A-Za-z0-9]{64}"|X-CSRFToken": "[A-Za-z0-9]+"', "", html.replace(number, ""))

    unknown = "210802001002-2026-00099"
    wrong = check(client, certificate.number, "赵")
    missing = check(client, unknown, "赵")
    assert plain(wrong, certificate.number) == plain(missing, unknown)
    check(client, "", "", 422)


def test_a_reversed_line_shows(cast, client, certificate):
    entry = certificate.lines.get().entry
    reverse_entry(entry=entry, reason="录错了", by=cast.actor("secretary"), now=cast.now)
    html = check(client, certificate.number, "林")
    assert "gc-bad" in html
    assert "0.00" in html


@pytest.mark.parametrize("number", ["210802001002-2026-00001", "nothing"])
def test_guessing_is_stopped_for_known_and_unknown_numbers(client, certificate, number):
    for _ in range(10):
        check(client, number, "x")
    check(client, number, "林", 429)

"""Hostile words that leave the house other than as a page: calendars, workbooks, papers, the exchange.

They come in as residents and desks type them, through the forms and the exchange; what the commands would refuse is
written into the row, past the rules. Pages are read in a browser by tests/browser/test_xss.py and test_xss_typed.py.
"""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from guangcai.accounts.models import RateWindow
from guangcai.api import commands as feeds
from guangcai.api.models import FeedKind
from guangcai.cases.models import Case, Category, Item
from guangcai.core.ids import new_id
from guangcai.councils import commands as councils
from guangcai.councils import papers
from guangcai.councils.enums import Side
from guangcai.councils.models import AgreementItem
from guangcai.places import commands as places
from guangcai.places.models import Booking, SharedResource
from tests.cast import SINCE, Cast
from tests.places.conftest import SLOTS, hall, wanted

SignIn = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
CORPUS: list[str] = json.loads((Path(__file__).parents[1] / "corpus" / "xss.json").read_text("utf-8"))
# A cell that begins so is computed by a spreadsheet that opens it.
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", " =1+1", "\uff1d1+1", "\uff0b1+1", "\uff20SUM(1)",
    "=cmd|'/C calc'!A0", '=HYPERLINK("https://x.example","y")', '=IMPORTXML("https://x.example","//a")',
    "-2+3+cmd|'/C calc'!A0", "%0A=1+1", "=DDE(\"cmd\";\"/C calc\";\"1\")", "x;=1+1", "x\t=1+1",
]  # fmt: skip
# A line that a calendar would take for one of its own.
LINES = [
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y", "x\nATTACH:https://x.example", "x\rBEGIN:VALARM\rEND:VALARM",
    "x\\nDTSTART:19700101", "x;y,z:a\\", "x\u2028ORGANIZER:mailto:x@x.example", "x" * 150,
]  # fmt: skip


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def lamp(db: None) -> Item:
    category = Category.objects.create(code="repair", name="水电维修")
    return Item.objects.create(category=category, code="lamp", name="楼道灯", since=SINCE)


def asked(cast: Cast, item: Item, what: str) -> Case:
    """A resident asks through the public form, without an account."""
    said = {"id": str(new_id()), "what": what, "phone": "13922223333", "name": what[:20], "place_note": what[:40]}
    RateWindow.objects.all().delete()
    answer = Client().post(reverse("cases:public_ask", args=[cast.nanyuan.code, item.pk]), said)
    assert answer.status_code == 302, what
    return Case.objects.get(pk=said["id"])


def computed(content: bytes) -> list[str]:
    """Parts of a workbook in which something is computed, linked or fetched."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = {name: book.read(name).decode() for name in book.namelist() if "sheets/" in name}
        parts = [name for name in book.namelist() if "externalLink" in name or "connections" in name]
    assert sheets
    return parts + [name for name, text in sheets.items() if "<f>" in text or "<f " in text or "<hyperlink" in text]


@pytest.mark.parametrize("words", FORMULAS)
def test_a_formula_typed_by_a_resident_is_words_in_the_desks_workbook(
    cast: Cast, lamp: Item, signed_in: SignIn, words: str
) -> None:
    case = asked(cast, lamp, words)
    content = signed_in(cast.desk).post(reverse("cases:export")).content
    assert computed(content) == []
    cells = [cell for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
             for cell in row]  # fmt: skip
    assert any(isinstance(cell, str) and cell.lstrip("'") == case.what for cell in cells), cells


@pytest.mark.parametrize(
    "some", [pytest.param(CORPUS[::9], id="some"), pytest.param(CORPUS, marks=pytest.mark.nightly)]
)
def test_hostile_words_typed_by_a_resident_are_told_to_programs_as_words(
    cast: Cast, lamp: Item, some: list[str]
) -> None:
    """JSON that no browser takes for a page, XML that is one document; the words are the item's, which are told."""
    for words in some:
        asked(cast, lamp, words)
        Item.objects.filter(pk=lamp.pk).update(name=words[:40])
        told = Client().get("/open311/v2/services.json", headers={"accept": "text/html"})
        assert told.headers["Content-Type"].startswith("application/json")
        assert told.headers["X-Content-Type-Options"] == "nosniff"
        assert told.json()[0]["service_name"] == words[:40]
        document = Client().get("/open311/v2/services.xml")
        assert document.headers["Content-Type"].startswith(("text/xml", "application/xml"))
        assert [one.text for one in ElementTree.fromstring(document.content).iter("service_name")] == [words[:40]]
        for form in ("json", "xml"):
            # What was asked for is named in the refusal, and is no page either.
            refusal = Client().get(f"/open311/v2/services/x.{form}", {"jurisdiction_id": words})
            assert 400 <= refusal.status_code < 500
            assert "html" not in refusal.headers["Content-Type"]
            assert refusal.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "some", [pytest.param([*LINES, *CORPUS[::15]], id="some"), pytest.param(CORPUS, marks=pytest.mark.nightly)]
)
def test_a_calendar_holds_one_event_with_the_very_words(cast: Cast, now: datetime, some: list[str]) -> None:
    by = cast.actor("desk")
    row = places.add_resource(community=cast.nanyuan, work_unit=None, content=hall(slots=SLOTS), by=by, now=now)
    places.ask(resource=row, community=cast.nanyuan, wanted=wanted(), by=by, now=now)
    _link, secret = feeds.add_link(user=cast.desk, kind=FeedKind.OWN, node=None, by=by, now=now)
    for words in some:
        SharedResource.objects.update(name=words[:60], place=words[:120])
        Booking.objects.update(purpose=words[:200])
        answer = Client().get(reverse("feeds:feed", args=[secret]))
        assert answer.headers["Content-Type"].startswith("text/calendar")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        calendar = Calendar.from_ical(answer.content)
        (event,) = calendar.walk("VEVENT")
        assert {name.lower() for name in event} == {"uid", "dtstamp", "summary", "dtstart", "dtend", "location"}, words
        assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
        assert plain(str(event["summary"])) == plain(words[:200])


def plain(words: str) -> str:
    """Line ends of every kind are one: RFC 5545 knows one."""
    return "".join(words.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ACTIVE = ("fldSimple", "instrText", "fldChar", "hyperlink", "object", "altChunk")


def drawn(content: bytes) -> tuple[str, dict[str, int], list[str]]:
    """The words of a Word paper, how often it computes, links or takes in something, and its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as paper:
        names = sorted(paper.namelist())
        trees = [ElementTree.fromstring(paper.read(name)) for name in names if name.endswith((".xml", ".rels"))]
    words = "".join(text.text or "" for tree in trees for text in tree.iter(f"{W}t"))
    counts = {name: sum(1 for tree in trees for _one in tree.iter(W + name)) for name in ACTIVE}
    return words, counts, names


@pytest.mark.parametrize(
    "some", [pytest.param(CORPUS[::9], id="some"), pytest.param(CORPUS, marks=pytest.mark.nightly)]
)
def test_a_paper_holds_the_very_words_and_nothing_that_acts(cast: Cast, now: datetime, some: list[str]) -> None:
    sides = [Side.COMMUNITY, *[Side.UNIT] * 9]
    items = tuple(councils.ItemDraft(side, f"事项{at}", 1, "次") for at, side in enumerate(sides))
    day = timezone.localdate(now)
    draft = councils.AgreementDraft(cast.units["school"], day, day.replace(year=day.year + 1), items)
    row = councils.draw_up_agreement(community=cast.nanyuan, draft=draft, by=cast.actor("desk"), now=now)
    _words, acts, parts = drawn(papers.agreement_docx(row))
    hostile = ["{{ 7*7 }}q", "{% raise %}q", "{%p if x %}", *some]
    for start in range(0, len(hostile), 10):
        ten = hostile[start : start + 10]
        for item, words in zip(AgreementItem.objects.order_by("pk"), ten, strict=False):
            AgreementItem.objects.filter(pk=item.pk).update(text=words[:60])
        row.refresh_from_db()
        said, now_acts, now_parts = drawn(papers.agreement_docx(row))
        assert (now_acts, now_parts) == (acts, parts)
        for words in ten:
            assert squeezed(words[:60]) in squeezed(said), words


def squeezed(words: str) -> str:
    """Without white space and signs that XML cannot hold."""
    return "".join(sign for sign in words if sign.isprintable() and not sign.isspace())

"""The exchange dialect, walked by a client that knows nothing but the specification of Open311 GeoReport v2."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from guangcai.accounts.commands import add_token
from guangcai.cases import commands
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Case, CasePhoto, Category, Item
from tests.cases.open311_client import ENDPOINT, Georeport
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
MARK = "金丝雀"
PHONE = "13922226666"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def lamp(db: None) -> Item:
    category = Category.objects.create(code="repair", name="水电维修")
    fields = [
        {"label": "哪一层", "kind": "choice", "required": True, "choices": ["一层", "二层"]},
        {"label": "几盏", "kind": "number", "required": False},
    ]
    return Item.objects.create(
        category=category, code="lamp", name="楼道灯", fields=fields, body="社区服务站", since=SINCE
    )


@pytest.fixture
def key(cast: Cast, now: datetime) -> str:
    return add_token(user=cast.desk, label="12345", by=cast.actor("desk"), now=now)[1]


@pytest.fixture(params=["json", "xml"])
def caller(request: Any, key: str, lamp: Item) -> Georeport:
    return Georeport(Client(), key, request.param, "210802")


def sent(cast: Cast, **other: str) -> dict[str, str]:
    said = {"service_code": "lamp", "description": f"{MARK}三楼的灯不亮", "address_id": cast.nanyuan.code}
    return said | {"phone": PHONE, "last_name": f"{MARK}王", "attribute[q1]": "一层", "attribute[q2]": "2"} | other


def test_the_whole_walk(cast: Cast, caller: Georeport, now: datetime) -> None:
    status, services = caller.get("services")
    assert status == 200
    assert [(one["service_code"], one["metadata"], one["type"]) for one in services] == [("lamp", "true", "realtime")]
    status, definition = caller.get("services/lamp")
    first, second = definition["attributes"]
    assert (first["code"], first["datatype"], str(first["required"]).lower()) == ("q1", "singlevaluelist", "true")
    assert [one["key"] for one in first["values"]] == ["一层", "二层"]
    assert (second["datatype"], str(second["order"])) == ("number", "2")

    status, (made,) = caller.post(**sent(cast))
    assert status == 200
    case = Case.objects.get(number=made["service_request_id"])
    assert (case.channel, case.community, case.answers[0]["answer"]) == ("exchange", cast.nanyuan, "一层")
    assert case.asker.phone == f"+86{PHONE}"

    status, (told,) = caller.get(f"requests/{case.number}")
    assert (told["status"], told["service_code"], told["address_id"]) == ("open", "lamp", cast.nanyuan.code)
    assert told["requested_datetime"] == now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["description"] == told["lat"] == told["media_url"] == ""
    assert MARK not in str(told)
    assert PHONE not in str(told)

    commands.close_case(case=case, code="withdrawn", note=f"{MARK}撤回", by=cast.actor("desk"), now=now)
    assert caller.get(f"requests/{case.number}")[1][0]["status"] == "closed"
    assert [len(caller.get("requests", status=state)[1]) for state in ("open", "closed", "open,closed")] == [0, 1, 1]


def test_a_token_of_one_s_own_is_one_request(cast: Cast, caller: Georeport) -> None:
    token = str(uuid4())
    first, second = caller.post(**sent(cast, token=token)), caller.post(**sent(cast, token=token))
    assert first == second
    assert Case.objects.count() == 1
    number = first[1][0]["service_request_id"]
    assert caller.get(f"tokens/{token}") == (200, [{"service_request_id": number, "token": token}])
    status, (error,) = caller.post(**sent(cast, token=token, description="别的"))
    assert (status, str(error["code"])) == (409, "409")
    assert caller.get(f"tokens/{uuid4()}")[0] == 404
    assert caller.get("tokens/none")[0] == 400


def test_requests_are_narrowed(cast: Cast, caller: Georeport, now: datetime) -> None:
    made = [caller.post(**sent(cast, description=f"第{n}件"))[1][0]["service_request_id"] for n in range(3)]

    def numbers(**query: str) -> set[str]:
        status, rows = caller.get("requests", **query)
        assert status == 200
        return {row["service_request_id"] for row in rows}

    assert numbers() == set(made)
    assert numbers(service_request_id=f"{made[0]}, {made[2]}") == {made[0], made[2]}
    assert numbers(service_code="lamp,other") == set(made)
    assert numbers(service_code="other") == set()
    hour = timedelta(hours=1)
    assert numbers(start_date=(now - hour).isoformat(), end_date=(now + hour).isoformat()) == set(made)
    assert numbers(end_date=(now - hour).isoformat()) == set()


def test_discovery_says_where_and_how(cast: Cast, caller: Georeport) -> None:
    status, found = caller.get("discovery")
    (endpoint,) = found["endpoints"]
    assert status == 200
    assert endpoint["specification"].endswith("GeoReport_v2")
    assert endpoint["url"].endswith("/open311/v2/")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert found["key_service"].endswith("/account/keys/")
    assert "address_id" in found["contact"]
    assert all(datetime.fromisoformat(one["changeset"]) for one in (found, endpoint))


def test_where_on_the_map_and_what_picture_are_not_kept(cast: Cast, caller: Georeport) -> None:
    """The place is named in words; a picture's address is neither kept nor asked for (docs/adr/0029)."""
    place = {"lat": "40.682", "long": "122.235", "media_url": "http://127.0.0.1/secret.jpg"}
    assert caller.post(**sent(cast, **place))[0] == 200
    row = Case.objects.get()
    kept = f"{row.__dict__}{row.asker.__dict__}{row.place_note}"
    assert not [text for text in place.values() if text in kept]
    assert not CasePhoto.objects.exists()


def test_without_a_phone_it_is_an_unnamed_request(cast: Cast, caller: Georeport) -> None:
    caller.post(**sent(cast, phone=""))
    case = Case.objects.get()
    assert (case.is_anonymous, case.asker.name) == (True, "")


def test_a_name_of_the_community_is_an_address(cast: Cast, caller: Georeport) -> None:
    assert caller.post(**sent(cast, address_id="", address_string=f"站前区{cast.nanyuan.name}3号楼"))[0] == 200
    assert Case.objects.get().community == cast.nanyuan
    status, (error,) = caller.post(**sent(cast, address_id="", lat="40.6", long="122.2"))
    assert status == 400
    assert error["description"]


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("description", "长" * 501),
        ("last_name", "长" * 61),
        ("attribute[q1]", "长" * 201),
        ("address_string", "长" * 121),
        ("address_id", "2" * 41),
        ("phone", "1" * 60),
        ("description", "\u3164\u200b"),
        ("phone", "139"),
    ],
)
def test_a_refusal_begins_with_the_argument_it_is_about(
    cast: Cast, caller: Georeport, argument: str, text: str
) -> None:
    """GeoReport v2 answers a refusal with a list of errors, each a code and a description."""
    status, (error,) = caller.post(**sent(cast, **{argument: text}))
    assert (status, sorted(error), str(error["code"])) == (400, ["code", "description"], "400")
    name, _colon, words = error["description"].partition(": ")
    assert name == argument.partition("[")[0]
    assert words
    assert not Case.objects.exists()


def test_what_complains_of_somebody_is_not_told(cast: Cast, caller: Georeport, lamp: Item, now: datetime) -> None:
    draft = commands.CaseDraft(
        item=lamp,
        community=cast.nanyuan,
        what="意见",
        channel=CaseChannel.PHONE,
        asker=commands.AskerDraft(phone=PHONE),
        answers={"哪一层": "一层"},
        about_member=cast.teacher_member,
    )
    case = commands.raise_case(draft=draft, by=cast.actor("desk"), now=now)
    assert caller.get("requests") == (200, [])
    assert caller.get(f"requests/{case.number}")[0] == 404
    # Nor is the key of a page a token.
    assert caller.get(f"tokens/{case.pk}")[0] == 404


def test_keys(cast: Cast, lamp: Item, key: str, now: datetime) -> None:
    for wrong in ("", "gc_x", "x" * 300):
        status, (error,) = Georeport(Client(), wrong).post(**sent(cast))
        assert (status, error["code"]) == (403, 403)
    # The cookie of somebody signed in is no key: another site could send it.
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.desk)
    assert Georeport(browser).post(**sent(cast))[0] == 403
    # A key reaches as far as its person.
    assert Georeport(Client(), key).post(**sent(cast, address_id=cast.gongyuan.code))[0] == 403
    assert not Case.objects.exists()


def test_jurisdictions_formats_and_methods(cast: Cast, lamp: Item) -> None:
    assert Georeport(Client(), jurisdiction="999999").get("services")[0] == 404
    assert Georeport(Client()).get("services")[0] == 200
    browser = Client()
    for method, path, status in (
        ("get", "services.yaml", 404),
        ("get", "nothing.xml", 404),
        ("get", "requests/26-999999.xml", 404),
        ("get", "services/none.json", 404),
        ("put", "requests.json", 405),
        ("post", "services.json", 405),
    ):
        answer = getattr(browser, method)(f"{ENDPOINT}/{path}")
        assert (path, answer.status_code) == (path, status)
        if path.endswith(".xml"):
            assert ElementTree.fromstring(answer.content).tag == "errors"


def test_the_list_sends_as_many_statements_for_three_as_for_one(
    cast: Cast, caller: Georeport, queries: Callable[[], Any]
) -> None:
    counts = []
    for _round in range(3):
        caller.post(**sent(cast))
        with queries() as seen:
            assert caller.get("requests")[0] == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1


# --- malformed ------------------------------------------------------------------------------------------------------

RUBBISH = [
    "",
    " ",
    "\x00",
    "x" * 5000,
    "'; drop table cases_case; --",
    "<script>alert(1)</script>",
    "]]>",
    "&xxe;",
    "\ufffe",
    "-1",
    "9" * 40,
    "NaN",
    "../../etc/passwd",
    "%00",
    "😀" * 300,
    "1' or '1'='1",
    "{{7*7}}",
    "\u202eabc",
    "null",
    "[]",
]


Sent = tuple[str, Callable[[], Any]]


@dataclass
class Sloppy:
    """Sends one thing wrong at a time, from a browser that lets a fault of ours through as a 500."""

    cast: Cast
    key: str
    browser: Client

    def post(self, body: Any, kind: str = FORM) -> Callable[[], Any]:
        return lambda: self.browser.post(f"{ENDPOINT}/requests.json", body, content_type=kind)

    def said(self, **other: str) -> Callable[[], Any]:
        return self.post(urlencode({"api_key": self.key} | sent(self.cast, **other)))

    def get(self, path: str, **query: str) -> Callable[[], Any]:
        return lambda: self.browser.get(f"{ENDPOINT}/{path}", query)

    def fields(self) -> Iterator[Sent]:
        for field in ("service_code", "address_id", "token", "attribute[q1]", "attribute[q2]", "attribute[zz]"):
            for text in RUBBISH:
                # Left out, these two are no mistake.
                if text.strip() or field not in ("token", "attribute[q2]"):
                    yield f"{field}={text[:20]!r}", self.said(**{field: text})

    def words(self) -> Iterator[Sent]:
        for text in RUBBISH:
            yield f"api_key={text[:20]!r}", self.post(urlencode(sent(self.cast) | {"api_key": text}))
        for text in filter(str.strip, RUBBISH):
            yield f"phone={text[:20]!r}", self.said(phone=text)
            yield f"jurisdiction_id={text[:20]!r}", self.get("requests.xml", jurisdiction_id=text)
            for name in ("start_date", "end_date", "status"):
                yield f"{name}={text[:20]!r}", self.get("requests.json", **{name: text})
        for text in ("", " ", "x" * 501, "\x00"):
            yield f"description={text[:20]!r}", self.said(description=text)

    def others(self) -> Iterator[Sent]:
        yield "address_string", self.said(address_id="", address_string="不存在的地方")
        yield "no location", self.said(address_id="")
        for since, until in (
            ("2026-11-20T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2025-01-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2026-11-20T00:00:00", ""),
            ("2026-02-30T00:00:00Z", ""),
            ("0001-01-01T00:00:00Z", ""),
        ):
            yield f"from {since} to {until}", self.get("requests.json", start_date=since, end_date=until)
        yield "too many", self.get("requests.json", service_code=",".join("x" * 2 for _ in range(101)))
        for body, kind in BODIES:
            yield f"{kind} {body[:10]!r}", self.post(body, kind)


BODIES = [
    (b"", FORM),
    (b"{", "application/json"),
    (b"\xff\xfe", FORM),
    (b"a=" + b"%ff" * 100, FORM),
    (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
    (b"rubbish", "multipart/form-data"),
    (b"<a/>", "text/xml"),
    (b"&".join(b"a=1" for _ in range(3000)), FORM),
]


def test_two_hundred_malformed_requests_are_refused_in_words(cast: Cast, lamp: Item, key: str) -> None:
    """Each with a 4xx in the dialect's own form, and nothing is written."""
    wrong, count, sloppy = [], 0, Sloppy(cast, key, Client(raise_request_exception=False))
    for what, send in chain(sloppy.fields(), sloppy.words(), sloppy.others()):
        answer, count = send(), count + 1
        body = answer.content.decode()
        is_spoken = body.startswith(("[{", "<?xml")) and "description" in body
        if not 400 <= answer.status_code < 500 or not is_spoken:
            wrong.append((what, answer.status_code, body[:80]))
    assert wrong == []
    assert count >= 200, count
    assert not Case.objects.exists()


def test_hostile_words_come_back_as_text(cast: Cast, caller: Georeport, lamp: Item) -> None:
    lamp.name = "<b>灯</b>&\x0b]]>"
    lamp.save()
    status, (service,) = caller.get("services")
    assert status == 200
    assert service["service_name"].replace("\x0b", "") == "<b>灯</b>&]]>"

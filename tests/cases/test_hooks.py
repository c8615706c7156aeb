"""Other systems hear of steps: signed, public fields only, again until taken; and no address leads into the house."""

import json
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from typing import Any

import pytest
from click.testing import CliRunner

from guangcai.cases import commands, hooks
from guangcai.cases.models import Case, Listener
from guangcai.cli.commands import listeners
from guangcai.core import notify, outward
from guangcai.core.actor import Actor
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.models import AuditEvent, Outbox
from tests.cases.conftest import MARK, Raise
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HOST = "hotline.example"
URL = f"https://{HOST}/calls?token=abc"
Taken = list[tuple[str, bytes, dict[str, str]]]


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.GUANGCAI_HOOK_HOSTS = frozenset({HOST})


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """What the other side took."""
    calls: Taken = []
    monkeypatch.setattr(outward, "post", lambda url, body, headers: calls.append((url, body, dict(headers))))
    return calls


@pytest.fixture
def listener(cast: Cast, now: datetime) -> Listener:
    row, _secret = commands.add_listener(node=cast.nanyuan, name="热线", url=URL, by=Actor.system(), now=now)
    return row


def test_a_step_is_told_signed_and_without_a_word_of_what_was_written(
    listener: Listener, taken: Taken, raised: Raise, now: datetime
) -> None:
    case = raised(f"{MARK}三楼的灯不亮")
    assert notify.deliver(now=now) == 1
    ((url, body, headers),) = taken
    told = json.loads(body)
    assert url == URL
    assert (told["service_request_id"], told["status"], told["service_code"]) == (case.number, "open", "lamp")
    assert told["id"] == str(Outbox.objects.get(channel="hook").pk)
    assert MARK not in body.decode()
    stamp, digest = (part.split("=", 1)[1] for part in headers[hooks.HEADER].split(","))
    assert digest == hmac(listener.secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()


def test_what_was_not_taken_is_sent_again_under_the_same_id(
    listener: Listener, raised: Raise, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised()
    seen: list[str] = []

    def refuse(url: str, body: bytes, headers: Any) -> None:
        seen.append(json.loads(body)["id"])
        if len(seen) < 3:
            raise outward.NotTaken("status 500")

    monkeypatch.setattr(outward, "post", refuse)
    assert [notify.deliver(now=now + timedelta(hours=hour)) for hour in range(4)] == [0, 0, 1, 0]
    assert len(set(seen)) == 1
    row = Outbox.objects.get(channel="hook")
    assert (row.attempts, row.last_error) == (3, "")


def test_a_step_that_is_rolled_back_is_not_told(listener: Listener, raised: Raise, now: datetime) -> None:
    with pytest.raises(RuleBroken):
        raised(" ")
    assert not Outbox.objects.filter(channel="hook").exists()


def test_only_cases_of_the_place_and_none_that_complains_of_somebody(
    cast: Cast, listener: Listener, raised: Raise, now: datetime
) -> None:
    raised("别处的", community=cast.gongyuan, by=Actor.system())
    raised("意见", about_member=cast.teacher_member)
    assert not Outbox.objects.filter(channel="hook").exists()


def test_ended_nothing_leaves_any_more(listener: Listener, taken: Taken, raised: Raise, now: datetime) -> None:
    raised()
    for _twice in range(2):
        commands.end_listener(listener=listener, by=Actor.system(), now=now)
    assert notify.deliver(now=now) == 0
    raised("又一件")
    assert taken == []
    assert Outbox.objects.filter(channel="hook").count() == 1
    assert AuditEvent.objects.filter(tag="cases:listener:change").count() == 2


def test_who_may_add_one(cast: Cast, listener: Listener, now: datetime) -> None:
    with pytest.raises(Forbidden):
        commands.add_listener(node=cast.nanyuan, name="别的", url=URL, by=cast.actor("desk"), now=now)
    with pytest.raises(Conflict):
        commands.add_listener(node=cast.nanyuan, name="热线", url=URL, by=Actor.system(), now=now)
    raw = str(Listener.objects.values_list().get())
    assert "token=abc" not in raw
    assert listener.secret not in raw


def test_added_listed_and_ended_in_the_shell(cast: Cast) -> None:
    run = lambda *words: CliRunner().invoke(listeners.command, words)  # noqa: E731
    assert "gch_" in run("热线", "--url", URL, "--node", cast.nanyuan.code).output
    assert "热线  南园" in run().output
    assert run("没有", "--end").exit_code == 1
    assert run("热线").exit_code == 2
    assert run("热线", "--end").exit_code == 0
    assert "热线" not in run().output


# --- no address leads into the house --------------------------------------------------------------------------------

HOSTS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "localhost.localdomain",
    "ip6-localhost",
    "127.0.0.1.nip.io",
    "metadata.google.internal",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "hotline.example.evil.test",
    "evil-hotline.example",
    "hotline.example%00.evil.test",
    "hotline.example\\.evil.test",
    "hotline.example@127.0.0.1",
    "user:pw@hotline.example",
    "hotline.example:22",
    "hotline.example:99999",
    "hotline.example:0",
    "hotline..example",
    ".hotline.example",
    "xn--hotline.example",
    "hotline.example%2eevil",
]
WHOLE = [
    "http://hotline.example/",
    "ftp://hotline.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "//hotline.example/",
    "https:///path",
    "https://",
    "",
    "javascript:alert(1)",
    "https://hotline.example/#x",
    "https://hotline.example/ x",
    "https://hotline.example/\r\nHost: 127.0.0.1",
    "https://hotline.example\t.evil.test/",
    "https://127.0.0.1\\@hotline.example/",
    "https://[::1",
    "https://hotline.example/" + "x" * 600,
]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every connection that is opened, to a loopback listener or to anywhere else."""
    opened: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            opened.append(address)
            raise OSError("no network in tests")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return opened


def test_no_hostile_address_is_called(connections: list[Any]) -> None:
    hostile = [f"https://{host}/calls" for host in HOSTS] + WHOLE
    assert len(hostile) >= 60
    let_in = []
    for url in hostile:
        try:
            outward.post(url, b"{}", {})
            let_in.append(url)
        except RuleBroken:
            pass
        except outward.NotTaken:
            let_in.append(url)
    assert let_in == []
    assert connections == []


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.31.255.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2001:0:808::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_into_the_house_is_not_called(
    address: str, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when only one of its addresses does, the first or the last."""
    for several in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
        found = [(_family(one), socket.SOCK_STREAM, 6, "", (one, 443)) for one in several]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, found=found, **_more: found)
        with pytest.raises(outward.NotTaken, match="private"):
            outward.post(URL, b"{}", {})
    assert connections == []


def _family(address: str) -> socket.AddressFamily:
    """As a name server's answer has it: without it no connection would be tried that could be seen here."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def test_the_name_is_asked_once_and_the_address_kept(connections: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time (rebinding) changes nothing."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    asked: list[str] = []

    def answer(host: str, *_args: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        address = host if host[0].isdigit() else next(answers)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(outward.NotTaken):
        outward.post(URL, b"{}", {})
    assert connections == [("93.184.215.14", 443)]
    assert asked.count(HOST) == 1


class Server:
    """The other end of one connection: reads a request, answers `reply`, keeps what was said."""

    def __init__(self, reply: bytes) -> None:
        self.reply, self.heard = reply, b""
        self.near, self.far = socket.socketpair()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while b"{}" not in self.heard:
            self.heard += self.far.recv(4096)
        self.far.sendall(self.reply)
        self.far.close()


@pytest.mark.parametrize(
    ("reply", "is_taken"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", False),
        (b"rubbish\r\n\r\n", False),
    ],
)
def test_a_2xx_is_taken_and_nothing_else(
    reply: bytes, is_taken: bool, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    server = Server(reply)
    monkeypatch.setattr(outward, "resolved", lambda host: "93.184.215.14")
    monkeypatch.setattr(outward._Pinned, "connect", lambda self: setattr(self, "sock", server.near))
    call: Callable[[], None] = lambda: outward.post(URL, b"{}", {hooks.HEADER: "t=1,v1=x"})  # noqa: E731
    if is_taken:
        call()
    else:
        with pytest.raises(outward.NotTaken):
            call()
    server.thread.join(5)
    assert server.heard.startswith(b"POST /calls?token=abc HTTP/1.1\r\nHost: hotline.example\r\n")


def test_without_listeners_a_step_costs_one_statement_more(raised: Raise, queries: Any) -> None:
    with queries() as seen:
        raised()
    asked = [one["sql"] for one in seen.captured_queries if "cases_listener" in one["sql"]]
    assert len(asked) == 1
    assert Case.objects.count() == 1

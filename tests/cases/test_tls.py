"""Calls to other systems speak TLS for real: with a server of this machine whose authority is trusted, and with one
that shows the certificate of somebody else."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from guangcai.cases import commands
from guangcai.core import notify, outward
from guangcai.core.actor import Actor
from guangcai.core.models import Outbox
from tests.cases.conftest import Raise
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
HOST = "hotline.example"
DAY = timedelta(days=1)


class Authority:
    """Issues certificates for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        name = self._name("Test authority")
        self.root = self._issue(name, name, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.trusted = folder / "authority.pem"
        self.trusted.write_bytes(self.root.public_bytes(Encoding.PEM))

    def server_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        found = self._issue(self._name(host), self.root.subject, key, names)
        file = self.folder / f"{host}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(secret + found.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _issue(self, subject: x509.Name, issuer: x509.Name, key: Any, extension: Any) -> x509.Certificate:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
        return made.add_extension(extension, critical=False).sign(self.key, hashes.SHA256())

    @staticmethod
    def _name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Behind(HTTPServer):
    """Shows the certificate of `context` to every caller; one who hangs up after it is let go."""

    context: ssl.SSLContext

    def get_request(self) -> tuple[socket.socket, Any]:
        plain, address = super().get_request()
        try:
            return self.context.wrap_socket(plain, server_side=True), address
        except OSError:
            plain.close()
            raise


class Hotline:
    """An https server on this machine. host: whose certificate it shows."""

    def __init__(self, authority: Authority) -> None:
        self.authority, self.heard = authority, list[dict[str, Any]]()
        heard = self.heard

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Not into the test's output."""

        self.server = Behind(("127.0.0.1", 0), Answer)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def show(self, host: str) -> None:
        self.server.context = self.authority.server_context(host)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def hotline(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hotline]:
    """Named HOST; its authority is the only one that is trusted."""
    settings.GUANGCAI_HOOK_HOSTS = frozenset({HOST})
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    server = Hotline(authority)
    port, real = server.server.server_port, socket.create_connection
    monkeypatch.setattr(outward, "resolved", lambda host: "127.0.0.1")
    monkeypatch.setattr(socket, "create_connection", lambda to, **more: real((to[0], port), **more))
    yield server
    server.close()


def test_a_call_is_delivered_once(cast: Cast, hotline: Hotline, raised: Raise, now: datetime) -> None:
    hotline.show(HOST)
    commands.add_listener(node=cast.nanyuan, name="热线", url=f"https://{HOST}/x", by=Actor.system(), now=now)
    case = raised()
    assert [notify.deliver(now=now), notify.deliver(now=now)] == [1, 0]
    assert [one["service_request_id"] for one in hotline.heard] == [case.number]


def test_the_certificate_of_somebody_else_is_refused_and_tried_again(
    cast: Cast, hotline: Hotline, raised: Raise, now: datetime
) -> None:
    hotline.show("other.example")
    commands.add_listener(node=cast.nanyuan, name="热线", url=f"https://{HOST}/x", by=Actor.system(), now=now)
    raised()
    assert [notify.deliver(now=now + timedelta(hours=hour)) for hour in range(2)] == [0, 0]
    row = Outbox.objects.get(channel="hook")
    assert hotline.heard == []
    assert row.attempts == 2
    assert row.last_error == "NotTaken"
    hotline.show(HOST)
    assert notify.deliver(now=now + timedelta(days=1)) == 1
    assert [one["id"] for one in hotline.heard] == [str(row.pk)]


def test_an_authority_nobody_trusts_is_refused(
    cast: Cast, hotline: Hotline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hotline.show(HOST)
    (tmp_path / "strange").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path / "strange").trusted))
    with pytest.raises(outward.NotTaken, match="SSLCertVerificationError"):
        outward.post(f"https://{HOST}/x", b"{}", {})
    assert hotline.heard == []

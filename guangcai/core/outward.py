"""Calls to addresses that somebody gave us: to the whole internet's servers that are named in the settings, and never
into our own house.

An address is https to a host of GUANGCAI_HOOK_HOSTS. Its name is resolved once; one private, loopback, link-local,
multicast or otherwise special address among the answers refuses it, and the connection goes to the address that was
looked at, so that a second answer of the name server changes nothing. No redirect is followed, five seconds, 64 KB.
Sources: V1.3.6, V13.2.4, V15.3.2.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken

SECONDS: Final = 5.0
MOST_READ: Final = 64 * 1024
LONGEST: Final = 500
PORT: Final = 443
# IPv6 addresses that stand for an IPv4 address which nobody looked at: NAT64, 6to4, Teredo, IPv4-compatible.
_CARRIERS: Final = ("64:ff9b:", "2002:", "2001:0:", "2001::", "::")


class NotTaken(Exception):
    """The other side did not take it, or it was not safe to offer: tried again later."""


@dataclass(frozen=True)
class Target:
    """An address that may be called: host in ASCII, path with its query."""

    host: str
    path: str


def check_address(url: str) -> Target:
    """The parts of an address that may be called. Raises RuleBroken(field="url") in words for any other."""
    plain = url.strip()
    is_plain = plain.isascii() and plain.isprintable() and " " not in plain and "\\" not in plain
    try:
        parts = urlsplit(plain)
        port = PORT if parts.port is None else parts.port
    except ValueError as broken:
        raise _refused() from broken
    has_user = parts.username is not None or parts.password is not None
    if not is_plain or len(plain) > LONGEST or parts.scheme != "https" or has_user or parts.fragment or port != PORT:
        raise _refused()
    host = (parts.hostname or "").rstrip(".").lower()
    if host not in settings.GUANGCAI_HOOK_HOSTS or not _is_name(host):
        words = _("“%(host)s” is not among the servers that may be called (GUANGCAI_HOOK_HOSTS).")
        raise RuleBroken(words % {"host": host[:80]}, field="url", code="host_unknown")
    return Target(host, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _refused() -> RuleBroken:
    words = _("Write an address such as https://server.example/path: https, no user name, no other port.")
    return RuleBroken(words, field="url", code="url_form")


def _is_name(host: str) -> bool:
    """A host with a letter at the end of it: no IP address in any of its writings (0x7f.1, 2130706433, [::1])."""
    labels = host.split(".")
    return len(labels) >= 2 and all(labels) and labels[-1].isalpha()


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open internet, in no disguise."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.compressed.startswith(_CARRIERS)):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolved(host: str) -> str:
    """One address of a host, after a look at all of them. Raises NotTaken when one lies in somebody's own network."""
    try:
        found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    except OSError as unknown:
        raise NotTaken("unresolved") from unknown
    addresses: Sequence[str] = [str(row[4][0]) for row in found]
    if not addresses or not all(is_public(one) for one in addresses):
        raise NotTaken("private")
    return addresses[0]


class _Pinned(HTTPSConnection):
    """Speaks TLS with `host` at the one address that was looked at."""

    def __init__(self, host: str, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, PORT, timeout=SECONDS, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, PORT), timeout=SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send `body` once. Raises NotTaken for anything but a 2xx; RuleBroken for an address that may not be called."""
    target = check_address(url)
    connection = _Pinned(target.host, resolved(target.host))
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(MOST_READ)
    except (OSError, HTTPException) as failure:
        raise NotTaken(type(failure).__name__) from failure
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"status {answer.status}")

"""Short messages: one interface, a back end that prints (trial) and one that calls a gateway over HTTP.

Notices of other rooms come here through core.notify's outbox. Sign-in codes do not: they belong in no table, and an
answer must take as long for a known phone as for an unknown one, so they are sent off the request, in a thread.
A code lost in a crash is asked for again by the person who waits for it.
"""

import json
import logging
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Protocol, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from guangcai.core.ids import new_id
from guangcai.core.notify import Letter
from guangcai.core.phones import mask

log = logging.getLogger(__name__)
SECONDS = 5
CODE_TEMPLATE = "sign_in_code"


class SmsBackend(Protocol):
    """Sends one letter or raises. May be called from several threads."""

    def send(self, letter: Letter) -> None: ...


class ConsoleSms:
    """Prints the message in the server's terminal, for trials: nobody's phone rings."""

    def send(self, letter: Letter) -> None:
        print(f"SMS {mask(letter.address)}: {letter.text}", file=sys.stderr, flush=True)


class HttpSms:
    """Posts the letter as JSON to GUANGCAI_SMS_URL with GUANGCAI_SMS_KEY as bearer; anything but 2xx is a failure.

    The body: id (send each once), phone (E.164), template and parameters (what gateways in China want), text.
    """

    def __init__(self) -> None:
        self.url, self.key = settings.GUANGCAI_SMS_URL, settings.GUANGCAI_SMS_KEY
        if urlsplit(self.url).scheme not in ("https", "http") or not self.key:
            raise ImproperlyConfigured("GUANGCAI_SMS_BACKEND=http needs GUANGCAI_SMS_URL and GUANGCAI_SMS_KEY.")

    def send(self, letter: Letter) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {self.key}"}
        content = {
            "id": str(letter.id),
            "phone": letter.address,
            "template": letter.template,
            "parameters": dict(letter.parameters),
            "text": letter.text,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        request = Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310 - scheme checked above
        with urlopen(request, timeout=SECONDS):  # noqa: S310 - raises for anything but success
            pass


BACKENDS = {"console": ConsoleSms, "http": HttpSms}


@cache
def backend() -> SmsBackend:
    """The back end the settings name: `console`, `http`, or the dotted path of a class."""
    name = settings.GUANGCAI_SMS_BACKEND
    return cast(SmsBackend, BACKENDS[name]() if name in BACKENDS else import_string(name)())


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="sms")


def send(letter: Letter) -> None:
    """Send one letter now; raises when the gateway does not take it. What core.notify calls."""
    backend().send(letter)


def send_soon(phone: str, *, template: str, parameters: dict[str, str], text: str) -> "Future[None]":
    """Hand one letter over and return at once. An empty `phone` goes the same way and reaches nobody."""
    letter = Letter(id=new_id(), address=phone, template=template, parameters=parameters, text=text)
    return _pool().submit(_send_quietly, letter)


def send_code(phone: str, *, code: str, text: str) -> "Future[None]":
    """Send a sign-in code."""
    return send_soon(phone, template=CODE_TEMPLATE, parameters={"code": code}, text=text)


def _send_quietly(letter: Letter) -> None:
    if not letter.address:
        return
    try:
        send(letter)
    except Exception as failure:
        # A third party's failure must not kill the thread. Ids only: the text holds a code.
        log.warning("sms %s (%s) not sent: %s", letter.id, letter.template, type(failure).__name__)

"""Asking every address as everybody, each time as if nobody had asked before.

One question runs in a savepoint that is rolled back, with the cookies the browser had before, so that no answer
depends on another. What it tried to write is noted from its statements: rolled back or not, an attempt counts.
"""

import io
import json
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.signals import template_rendered

WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|COPY|UPDATE(?=\s+\S+\s+(?:AS\s+\S+\s+)?SET))\s+\"?(\w+)"
)
# What the machinery of a request keeps: sessions, counted tries. None of it is a fact.
NOT_FACTS = re.compile(r"^(django_session|core_cache|usersessions_\w+|accounts_ratewindow)$")
# Commands ask for their own transaction; inside the guards' one each becomes a savepoint.
OF_THE_TEST = re.compile(r"(SAVEPOINT|RELEASE|ROLLBACK|SET CONSTRAINTS)")
TAGS = re.compile(r"<[^>]+>")
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ASKED_TO_SIGN_IN, BACK_TO_THE_KIOSK = "in", "kiosk"


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers, the body; the tables it tried to write; how many statements it sent, and which
    of them how often."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wrote: Mapping[str, int] = field(default_factory=dict)
    most_repeated: tuple[int, str] = (0, "")
    statements: int = 0

    @property
    def word(self) -> str:
        """The status as the reviewed table has it; "+" when something was written."""
        leads_to = self.headers.get("Location", "")
        word = str(self.status)
        if self.status == 302 and leads_to.startswith("/account/login/"):
            word = ASKED_TO_SIGN_IN
        elif self.status == 302 and leads_to == "/account/kiosk/":
            word = BACK_TO_THE_KIOSK
        return word + "+" if self.wrote else word

    @property
    def is_refusal(self) -> bool:
        return self.status >= 400 or self.word in (ASKED_TO_SIGN_IN, BACK_TO_THE_KIOSK)

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.headers.get("Content-Type", "").startswith("text/html")

    @property
    def text(self) -> str:
        """Everything a reader could get out of it: headers, the body, what is packed inside the body."""
        return "\n".join([*(unquote(value) for value in self.headers.values()), unpacked(self.body)])


def unpacked(body: bytes) -> str:
    """The body as text: workbooks and Word files taken apart, also without their tags; JSON without its escapes."""
    if body[:1] in (b"{", b"["):
        try:
            return json.dumps(json.loads(body), ensure_ascii=False)
        except ValueError:
            return body.decode("utf-8", "replace")
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        raw = "".join(packed.read(member).decode("utf-8", "replace") for member in packed.namelist())
    return raw + TAGS.sub("", raw)


def ask(browser: Client, method: str, path: str, body: Any = "", content_type: str = FORM, **headers: str) -> Answer:
    """One question whose traces are wiped out. `headers` as WSGI names them: HTTP_HX_REQUEST="true"."""
    cookies = copy(browser.cookies)
    try:
        with transaction.atomic():
            answer = ask_and_keep(browser, method, path, body, content_type, **headers)
            transaction.set_rollback(True)
    finally:
        browser.cookies = cookies
    return answer


def ask_and_keep(
    browser: Client, method: str, path: str, body: Any = "", content_type: str = FORM, **headers: str
) -> Answer:
    """One question whose traces stay, for what is asked next."""
    if isinstance(body, Mapping):
        body = urlencode(body, doseq=True)
    sent: Counter[str] = Counter()
    with connection.execute_wrapper(_counting(sent)):
        response = browser.generic(method, path, body, content_type=content_type, **headers)
        content = _content(response)
    wrote = Counter(table for sql in sent for table in WRITES.findall(sql) * sent[sql] if not NOT_FACTS.match(table))
    own = {sql: count for sql, count in sent.items() if not OF_THE_TEST.match(sql)}
    repeated = max(((count, sql) for sql, count in own.items()), default=(0, ""))
    statements = sum(own.values())
    return Answer(response.status_code, content, dict(response.headers), wrote, repeated, statements)


def _content(response: HttpResponseBase) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return bytes(content)


def _counting(sent: Counter[str]) -> Callable[..., Any]:
    def count(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        sent[str(sql)] += 1
        return execute(sql, params, many, context)

    return count


@contextmanager
def quick() -> Iterator[None]:
    """Thousands of refusals are expected here: no line in the log for each, no copy of every template's context."""
    receivers, template_rendered.receivers = template_rendered.receivers, []
    template_rendered.sender_receivers_cache.clear()
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        template_rendered.receivers = receivers
        template_rendered.sender_receivers_cache.clear()

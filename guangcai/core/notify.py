"""Messages that leave the house: short messages, work chat, mail. Best effort, at least once, never in the request.

A message is an Outbox row in the transaction of what it tells; delivery takes rows that are due. A crash between
sending and noting it sends again with the same id. Rooms say what a template says (`template`), how a person is
reached (`reached_by`) and, for short messages, through whom (`sent_by`).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from guangcai.core.enums import Channel
from guangcai.core.errors import Text
from guangcai.core.models import Outbox

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=30)
_BATCH = 100
# A channel that fails this often in a row is left alone until the next run.
_FAILURES_TO_STOP = 3


@dataclass(frozen=True)
class Letter:
    """What a sender gets. `id` lets a gateway leave out what it has sent; `text` is the template in words."""

    id: UUID
    address: str
    template: str
    parameters: Mapping[str, Any]
    text: str


class NotDelivered(Exception):
    """The other side did not take the letter; it is tried again later."""


Sender = Callable[[Letter], None]
Addresses = Callable[[UUID], str]

_templates: dict[str, Text] = {}
_addresses: dict[str, list[Addresses]] = {}
_senders: dict[str, Sender] = {}


def template(code: str, text: Text) -> None:
    """Declare what the template `code` says, "%(name)s" for parameters. Gateways in China know it by its code."""
    _templates[code] = text


def reached_by(channel: Channel, addresses: Addresses) -> None:
    """Declare how a recipient's id becomes an address on `channel`; "" when the person cannot be reached.

    Each room once, for the people it knows; the first who knows somebody tells.
    """
    known = _addresses.get(channel, [])
    if addresses not in known:
        _addresses[channel] = [*known, addresses]


def sent_by(channel: Channel, sender: Sender) -> None:
    """Declare what sends the letters of `channel`. A sender raises when the letter was not taken."""
    _senders[channel] = sender


def post(
    channel: Channel,
    template_code: str,
    *,
    recipient: UUID | None,
    now: datetime,
    send_after: datetime | None = None,
    **parameters: str | int | date,
) -> Outbox:
    """Put a message into the outbox of the running transaction; it leaves after the commit.

    Parameters are ids, dates, numbers and titles, never names or phones. A day or a moment is told in the language of
    the installation, whatever screen it was written on. Raises LookupError for a template that nobody declared.
    """
    if template_code not in _templates:
        raise LookupError(f"no message template is called {template_code}")
    row = Outbox.objects.create(
        channel=channel,
        recipient=recipient,
        template=template_code,
        parameters={name: _told(value) for name, value in parameters.items()},
        created_at=now,
        send_after=send_after or now,
    )
    transaction.on_commit(_wake, robust=True)
    return row


def try_again(channel: Channel, *, recipient: UUID, now: datetime) -> int:
    """Let what was given up for one recipient be due again, as if it had never been tried; returns how many."""
    given_up = Outbox.objects.filter(channel=channel, recipient=recipient, sent_at=None, given_up_at__isnull=False)
    count = given_up.update(given_up_at=None, attempts=0, send_after=now)
    transaction.on_commit(_wake, robust=True)
    return count


def _told(value: str | int | date) -> str | int:
    """A day as day, a moment as month, day and local time, as messages say them."""
    if not isinstance(value, date):
        return value
    with translation.override(settings.LANGUAGE_CODE):
        if not isinstance(value, datetime):
            return date_format(value, "DATE_FORMAT")
        moment = localtime(value)
        return f"{date_format(moment, 'MONTH_DAY_FORMAT')} {moment:%H:%M}"


def deliver(*, now: datetime) -> int:
    """Send what is due; the number sent. Several workers may run it at once: each takes its own rows."""
    sent, failures = 0, dict.fromkeys(Channel.values, 0)
    while rows := _take(now, [channel for channel, count in failures.items() if count < _FAILURES_TO_STOP]):
        for row in rows:
            if failures[row.channel] >= _FAILURES_TO_STOP:
                _put_back(row, now)
                continue
            reason = _send(row)
            failures[row.channel] = failures[row.channel] + 1 if reason else 0
            _note(row, reason, now)
            sent += not reason
    return sent


@transaction.atomic
def _take(now: datetime, channels: list[str]) -> list[Outbox]:
    """Rows that are due, already counted as tried: who dies while sending does not hold them back for ever."""
    due = Outbox.objects.filter(sent_at=None, given_up_at=None, send_after__lte=now, channel__in=channels)
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("send_after", "pk")[:_BATCH])
    for row in rows:
        wait = _FIRST_WAIT * 2**row.attempts
        Outbox.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, send_after=now + wait)
        row.attempts += 1
    return rows


def _put_back(row: Outbox, now: datetime) -> None:
    """Not tried after all: its channel has just failed others."""
    Outbox.objects.filter(pk=row.pk).update(attempts=F("attempts") - 1, send_after=now + _FIRST_WAIT)


def _send(row: Outbox) -> str:
    """Hand one letter over. "" when it was taken, else why not, in one word."""
    try:
        address = _address_of(row)
        if row.recipient and not address:
            return "no_address"
        with translation.override(settings.LANGUAGE_CODE):
            text = str(_templates[row.template]) % row.parameters
        _sender(row.channel)(Letter(row.pk, address, row.template, row.parameters, text))
    except Exception as failure:
        # A third party's failure, of any kind, must not stop the letters after this one.
        log.warning("message %s (%s) not sent: %s", row.pk, row.template, type(failure).__name__)
        return type(failure).__name__[:120]
    return ""


def _address_of(row: Outbox) -> str:
    person = row.recipient
    if person is None:
        return ""
    return next((found for known in _addresses.get(row.channel, []) if (found := known(person))), "")


def _note(row: Outbox, reason: str, now: datetime) -> None:
    changes: dict[str, Any] = {"last_error": reason}
    if not reason:
        changes["sent_at"] = now
    elif reason == "no_address" or row.attempts >= MOST_ATTEMPTS:
        changes["given_up_at"] = now
    Outbox.objects.filter(pk=row.pk).update(**changes)


def _sender(channel: str) -> Sender:
    if channel in _senders:
        return _senders[channel]
    urls = settings.MESSAGE_URLS.get(channel)
    return partial(_by_apprise, urls) if urls else _to_log


def _to_log(letter: Letter) -> None:
    """Without a gateway, as in a trial: the log says that a message has left, and nothing of its content."""
    log.warning("message %s (%s) left for the log, no gateway is set", letter.id, letter.template)


def _by_apprise(urls: list[str], letter: Letter) -> None:
    """To addresses from the settings alone (WeCom, DingTalk, Feishu, mail): a user's own URL never gets here."""
    import apprise  # lazy-cost: two hundred services

    robot = apprise.Apprise()
    if not robot.add([*urls]) or not robot.notify(body=letter.text):
        raise NotDelivered(letter.template)


def _wake() -> None:
    from guangcai.core import tasks  # cycle: tasks deliver the outbox

    tasks.wake_delivery()

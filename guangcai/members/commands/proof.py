"""Proof that a phone is in the hand of who types it: a code by short message, or the one on the invitation.

No account is made and nothing is said about the phone: a stranger's guess, a wrong code and an unknown phone get the
same answer, counted against the phone, so that a hall of 1,000 people behind one address keeps working.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from guangcai.accounts import sms
from guangcai.accounts.commands import take
from guangcai.accounts.rules import Limit
from guangcai.core.errors import RuleBroken
from guangcai.core.phones import is_mobile, normalise
from guangcai.core.text import narrow
from guangcai.members import keys
from guangcai.members.queries.door import invited
from guangcai.orgs.models import Node

CODES = Limit("members:door:codes", 6, timedelta(hours=1))
TRIES = Limit("members:door:tries", 10, timedelta(minutes=15))
HOLDS = timedelta(minutes=10)


@dataclass(frozen=True)
class SentCode:
    """What the browser's session keeps: no phone and no code in the clear."""

    phone_index: str
    code_hash: str
    sent_at: str


def send_code(*, phone: str, now: datetime) -> SentCode:
    """Send six digits to `phone`, whoever has it. Raises RuleBroken(field="phone") after six within an hour."""
    number = normalise(phone, field="phone")
    phone_index = keys.phone_key(number)
    if take(CODES, phone_index, now=now) > CODES.most:
        raise RuleBroken(
            _("Too many codes for this number. Try again in an hour, or ask the desk."), field="phone", code="limit"
        )
    code = f"{randbelow(1_000_000):06d}"
    text = _("Your code for reporting in: %(code)s. It holds for 10 minutes.") % {"code": code}
    sms.send_soon(number if is_mobile(number) else "", template="report_in", parameters={"code": code}, text=text)
    return SentCode(phone_index, _hash(phone_index, code), now.isoformat())


def check_code(*, sent: SentCode, code: str, community: Node, now: datetime) -> None:
    """Raises RuleBroken(field="code") unless `code` is the one sent, or the one on this person's invitation."""
    if take(TRIES, sent.phone_index, now=now) > TRIES.most:
        raise RuleBroken(_("Too many tries. Wait a quarter of an hour, or ask the desk."), field="code", code="limit")
    # Typed on a Chinese keyboard digits may be wide; signs outside ASCII are compared as bytes.
    code = narrow(code)
    is_fresh = now - datetime.fromisoformat(sent.sent_at) <= HOLDS
    by_message = is_fresh and hmac.compare_digest(_hash(sent.phone_index, code), sent.code_hash)
    printed = [keys.launch_code(key) for key in invited(sent.phone_index, community)]
    if not (by_message or any(hmac.compare_digest(code.encode(), one.encode()) for one in printed)):
        raise RuleBroken(_("This code does not fit, or it is too old."), field="code", code="code_wrong")


def _hash(phone_index: str, code: str) -> str:
    return salted_hmac("guangcai.members.proof", f"{phone_index}|{code}", algorithm="sha256").hexdigest()

"""How often, how long and in what form: the rules of signing in, without database or clock."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank


@dataclass(frozen=True)
class Limit:
    """At most `most` times within `window`, counted per subject (a phone, or a network address)."""

    name: str
    most: int
    window: timedelta


class Refusal(StrEnum):
    """Why a sign-in was refused, as the audit line says it."""

    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    CODE = "code"
    SECOND_FACTOR = "second_factor"
    LIMIT = "limit"


# On a launch morning 1,000 people stand behind one address and each tries a few times (issue: J1, 1,000 people).
# So an address may do much, one phone little. Nothing a stranger does to a phone locks the other way of signing in.
PASSWORD_TRIES_OF_PHONE: Final = Limit("password:phone", 10, timedelta(minutes=15))
PASSWORD_FAILURES_OF_ADDRESS: Final = Limit("password:address", 1500, timedelta(minutes=15))
CODES_OF_PHONE_PER_MINUTE: Final = Limit("code:phone:minute", 1, timedelta(seconds=50))
CODES_OF_PHONE_PER_HOUR: Final = Limit("code:phone:hour", 6, timedelta(hours=1))
CODES_OF_ADDRESS: Final = Limit("code:address", 3000, timedelta(hours=1))
KIOSK_PINS: Final = Limit("kiosk:pin", 10, timedelta(minutes=15))

TOKEN_PREFIX: Final = "gc_"  # noqa: S105 - what every key begins with, so that a leaked one is recognised
MOST_TOKENS: Final = 10


class KioskTime:
    """How long a kiosk waits (promise T11)."""

    IDLE: Final = timedelta(seconds=60)
    VISIT: Final = timedelta(minutes=5)
    DAY: Final = timedelta(hours=16)


def is_visit_over(*, started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Whether a visitor has left: a minute without a touch, or five minutes in all."""
    return now - seen_at > KioskTime.IDLE or now - started_at > KioskTime.VISIT


def seconds_left(*, started_at: datetime, now: datetime) -> int:
    """After how many seconds without a touch the page returns to its start by itself: 60, fewer near the end."""
    left = min(KioskTime.IDLE, started_at + KioskTime.VISIT - now)
    return max(1, int(left.total_seconds()))


def check_pin(pin: str) -> str:
    """A kiosk's PIN: four to six digits. Raises RuleBroken(field="pin")."""
    if not re.fullmatch(r"\d{4,6}", pin, re.ASCII):
        raise RuleBroken(_("A PIN has four to six digits."), field="pin", code="pin_form")
    if len(set(pin)) == 1:
        raise RuleBroken(_("Choose a PIN of different digits."), field="pin", code="pin_simple")
    return pin


def check_token_label(label: str, *, tokens_in_force: int) -> str:
    """What a key is for, at most 60 characters. Raises RuleBroken(field="label")."""
    label = label.strip()
    if is_blank(label):
        raise RuleBroken(_("Say what the key is for."), field="label", code="label_missing")
    if len(label) > 60:
        raise RuleBroken(_("At most 60 characters."), field="label", code="label_long")
    if tokens_in_force >= MOST_TOKENS:
        raise RuleBroken(
            _("You already have %(count)d keys. Revoke one that is not used.") % {"count": MOST_TOKENS},
            field="label",
            code="tokens_many",
        )
    return label


_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Lark", "Feishu"),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """A browser's self-description in words: "WeChat, Android". What it does not say is left out."""
    named = {"WeChat": pgettext("browser", "WeChat"), "DingTalk": pgettext("browser", "DingTalk")}
    named |= {"Feishu": pgettext("browser", "Feishu"), "Huawei Browser": pgettext("browser", "Huawei Browser")}
    named |= {"Mi Browser": pgettext("browser", "Mi Browser"), "QQ Browser": pgettext("browser", "QQ Browser")}
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    parts = [part for part in (named.get(browser, browser), system) if part]
    return " · ".join(parts) or pgettext("browser", "Unknown device")

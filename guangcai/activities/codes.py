"""The on-site code of a shift: an HMAC of the 30-second step, judged by the server's clock. Pure.

Somebody who photographs the screen can use the picture for at most a minute. A code relayed live by chat still works:
the head count beside the check-ins is the answer to that (promise T4).
"""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Final
from uuid import UUID

STEP_SECONDS: Final = 30
KEY_BYTES: Final = 32
SHORT_DIGITS: Final = 6
LONG_LETTERS: Final = 16
PRINTED: Final = "p"
# A code still shown by a slow screen, or read just before it changed.
STEPS_ACCEPTED: Final = 2


@dataclass(frozen=True)
class Shown:
    """What stands on the screen: digits to type, and the text that goes into the address."""

    digits: str
    text: str
    seconds_left: int


@dataclass(frozen=True)
class Reading:
    """What a code says: when it was shown (None for a printed one), and whether that is now."""

    shown_at: datetime | None
    is_current: bool
    is_printed: bool


def new_key() -> bytes:
    """A fresh secret for a shift."""
    return token_bytes(KEY_BYTES)


def step_of(at: datetime) -> int:
    """The number of the 30-second step an instant lies in, counted from 1970."""
    return int(at.timestamp()) // STEP_SECONDS


def shown_at(*, shift_id: UUID, key: bytes, now: datetime) -> Shown:
    """The code of this moment."""
    step = step_of(now)
    return Shown(
        digits=_digits(shift_id, key, step),
        text=_text(shift_id, key, step),
        seconds_left=STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS,
    )


def printed(*, shift_id: UUID, key: bytes) -> str:
    """The code on paper, for a place without a screen: the same all day, good in shift hours only, marked."""
    return f"{PRINTED}-{_sign(shift_id, key, PRINTED)}"


def read(code: str, *, shift_id: UUID, key: bytes, now: datetime) -> Reading | None:
    """What `code` says, or None when it was never shown for this shift.

    Six digits are read only while they are on the screen; the text form names its step, so that a phone that had no
    network can hand it in later. Accepted as current from the step's beginning until 60 seconds after it.
    """
    code = code.strip().lower()
    if not code.isascii():
        return None
    if code.isdigit():
        return _read_digits(code, shift_id, key, step_of(now))
    step_text, _dash, signature = code.partition("-")
    if step_text == PRINTED:
        right = hmac.compare_digest(signature, _sign(shift_id, key, PRINTED))
        return Reading(shown_at=None, is_current=True, is_printed=True) if right else None
    step = _step_in(step_text)
    if step is None or step > step_of(now) or not hmac.compare_digest(code, _text(shift_id, key, step)):
        return None
    return _reading(step, step_of(now))


def _read_digits(code: str, shift_id: UUID, key: bytes, current: int) -> Reading | None:
    for step in range(current, current - STEPS_ACCEPTED, -1):
        if hmac.compare_digest(code, _digits(shift_id, key, step)):
            return _reading(step, current)
    return None


def _reading(step: int, current: int) -> Reading:
    at = datetime.fromtimestamp(step * STEP_SECONDS, tz=UTC)
    return Reading(shown_at=at, is_current=current - step < STEPS_ACCEPTED, is_printed=False)


def _step_in(text: str) -> int | None:
    try:
        return int(text, 36) if text.isascii() and text.isalnum() and len(text) <= SHORT_DIGITS else None
    except ValueError:
        return None


def _text(shift_id: UUID, key: bytes, step: int) -> str:
    return f"{_base36(step)}-{_sign(shift_id, key, str(step))}"


def _sign(shift_id: UUID, key: bytes, message: str) -> str:
    return b32encode(_mac(shift_id, key, message)).decode().lower()[:LONG_LETTERS]


def _digits(shift_id: UUID, key: bytes, step: int) -> str:
    number = int.from_bytes(_mac(shift_id, key, f"digits:{step}")[:8]) % 10**SHORT_DIGITS
    return f"{number:0{SHORT_DIGITS}d}"


def _mac(shift_id: UUID, key: bytes, message: str) -> bytes:
    return hmac.digest(bytes(key), shift_id.bytes + message.encode(), sha256)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"

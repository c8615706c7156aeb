"""What holds for every commitment: pure checks, no database, no clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.commitments.enums import OF_COMMUNITY, OF_HOLDER, EndReason
from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.orgs.enums import ClaimOrder

LONGEST_NOTE = 200
SEED_BYTES = 32


# --- who goes first -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claimant:
    """One of several who want the same: when he said so, and how many commitments he holds already."""

    id: UUID
    offered_at: datetime
    held: int = 0


def in_order(claimants: Sequence[Claimant], *, order: ClaimOrder, seed: bytes = b"") -> list[UUID]:
    """Ids, first to last, by the rule that was announced; the order they are handed over in does not matter.

    seed: of the lot, unused otherwise. Whoever has it can work the order out again.
    """
    keys = {
        ClaimOrder.FIRST_COME: lambda one: (one.offered_at, one.id),
        ClaimOrder.LOT: lambda one: (lot_of(one.id, seed=seed), one.id),
        ClaimOrder.FEWEST_FIRST: lambda one: (one.held, one.offered_at, one.id),
    }
    return [one.id for one in sorted(claimants, key=keys[order])]


def lot_of(claim_id: UUID, *, seed: bytes) -> str:
    """The lot of a claim, as 64 hexadecimal digits: the lowest goes first."""
    return sha256(seed + claim_id.bytes).hexdigest()


def seal_of(seed: bytes) -> str:
    """What is published before anybody claims, so that the seed cannot be chosen afterwards."""
    return sha256(seed).hexdigest()


def is_sealed_seed(seed: bytes, *, seal: str) -> bool:
    return compare_digest(seal_of(seed), seal)


# --- steps ----------------------------------------------------------------------------------------------------------


def check_confirmer(*, member_id: UUID, by_member: UUID | None) -> None:
    """Nobody confirms what he himself takes on (maker is not checker)."""
    if member_id == by_member:
        raise RuleBroken(_("Somebody else has to confirm what you take on yourself."), code="own_commitment")


def check_live(*, ended_at: datetime | None) -> None:
    """Ended stays ended."""
    if ended_at is not None:
        raise RuleBroken(_("This has ended. Taking it on again is a new claim."), code="ended")


def check_take_up(*, confirmed_at: datetime | None) -> None:
    if confirmed_at is None:
        raise RuleBroken(_("The community has not confirmed this yet."), code="not_confirmed")


def check_asked(*, own: bool, asked: str) -> None:
    """Whoever takes something up for somebody else says how he asked for it."""
    if not own and is_blank(asked):
        raise RuleBroken(_("Say how the member asked for this."), field="asked", code="asked_missing")
    if len(asked) > LONGEST_NOTE:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(words, field="asked", code="asked_long")


def check_end(*, reason: str, note: str, by_holder: bool) -> None:
    """Raises RuleBroken for a reason of the other side, or a note too long. Both sides may end it at any time."""
    allowed: Collection[EndReason] = OF_HOLDER if by_holder else OF_COMMUNITY
    if reason not in allowed:
        raise RuleBroken(_("Choose one of the reasons."), field="reason", code="reason_unknown")
    if len(note) > LONGEST_NOTE:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(words, field="note", code="note_long")


# --- the work -------------------------------------------------------------------------------------------------------


def check_work(*, held_since: date | None, ended_on: date | None, served_on: date, content: str) -> None:
    """Work counts on the days on which it was held."""
    if held_since is None:
        raise RuleBroken(_("Take it up first: then work can be written down."), code="not_held")
    if served_on < held_since:
        words = _("It is held since %(day)s: earlier work is back-filled by the desk.") % {"day": held_since}
        raise RuleBroken(words, field="day", code="before_held")
    if ended_on is not None and served_on > ended_on:
        raise RuleBroken(_("It had ended by that day."), field="day", code="after_end")
    if is_blank(content):
        raise RuleBroken(_("Say what was done."), field="content", code="content_missing")

"""The life of a quarrel and what each step asks: pure, no database, no clock (docs/adr/0028).

Every state has a way to an end; an agreement that does not hold opens the same matter again; no end is for ever.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.text import is_blank
from guangcai.mediation.enums import MediationState, OtherWay, PartySide, StepKind
from guangcai.orgs.policies import MediationVisits

LONGEST_NOTE: Final = 1000
LONGEST_ITEM: Final = 200
MOST_ITEMS: Final = 12
LONGEST_PLACE: Final = 60
LONGEST_NAME: Final = 60
MOST_MEDIATORS: Final = 2
MOST_PARTIES: Final = 8
SHORTEST_SESSION: Final = 5
LONGEST_SESSION: Final = 480
# A session is written down while it is in memory.
OLDEST_SESSION: Final = timedelta(days=60)
# Counted from the end of a matter.
RETENTION: Final = timedelta(days=2 * 365 + 1)

S, K = MediationState, StepKind
# The whole life on one screen. A step that is not named here cannot be taken.
MOVES: Final[Mapping[MediationState | None, Mapping[StepKind, MediationState]]] = {
    None: {K.OPENED: S.OPEN},
    S.OPEN: {K.HEARD: S.HEARD, K.NOT_AGREED: S.NOT_AGREED, K.WITHDRAWN: S.WITHDRAWN},
    S.HEARD: {
        K.HEARD: S.HEARD,
        K.AGREED: S.AGREED,
        K.NOT_AGREED: S.NOT_AGREED,
        K.WITHDRAWN: S.WITHDRAWN,
    },
    S.AGREED: {K.VISITED: S.AGREED, K.HOLDS: S.HOLDING, K.BROKEN: S.OPEN},
    # Months later it may begin anew: still the same two sides, still the same number.
    S.HOLDING: {K.BROKEN: S.OPEN},
    S.NOT_AGREED: {K.REOPENED: S.OPEN},
    S.WITHDRAWN: {K.REOPENED: S.OPEN},
}


def next_state(state: MediationState | None, kind: StepKind) -> MediationState:
    """The state after a step. Raises Conflict when the state does not allow it: somebody was first."""
    found = MOVES[state].get(kind)
    if found is None:
        raise Conflict(_("This is not possible now. Load the page and look what has happened."), code="step_not_now")
    return found


# --- visits after an agreement --------------------------------------------------------------------------------------


def visit_step(*, visits: int, holds: bool) -> StepKind:
    """Which step a visit is. visits: those since the agreement that found it holding."""
    if not holds:
        return K.BROKEN
    return K.HOLDS if visits else K.VISITED


def due_on(signed_on: date, *, visits: int, rule: MediationVisits) -> date:
    """The day of the next visit after an agreement signed that day. Source: A23."""
    return signed_on + timedelta(days=rule.second_days if visits else rule.first_days)


# --- what is asked --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Whoever stands in a matter, as far as he can be told from another one."""

    member: UUID | None
    phone: str = ""

    def is_same(self, other: "Person") -> bool:
        same_member = self.member is not None and self.member == other.member
        return same_member or (bool(self.phone) and self.phone == other.phone)


def check_impartial(mediators: Collection[Person], parties: Collection[Person], *, field: str) -> None:
    """Raises RuleBroken(field) when somebody would mediate his own quarrel."""
    if any(one.is_same(other) for one in mediators for other in parties):
        words = _("One of the mediators is a party to this quarrel: choose somebody else.")
        raise RuleBroken(words, field=field, code="mediator_is_party")


def check_mediators(chosen: int) -> None:
    if not 1 <= chosen <= MOST_MEDIATORS:
        raise RuleBroken(_("Choose one or two mediators."), field="mediators", code="mediators_number")


def check_parties(sides: Sequence[str]) -> None:
    """A quarrel has two sides, and few enough people to sit at one table."""
    if set(sides) != set(PartySide):
        missing = _("Write down at least one person of each side.")
        raise RuleBroken(missing, field="second_name", code="sides_missing")
    if len(sides) > MOST_PARTIES:
        words = _("At most %(number)d people in one matter.") % {"number": MOST_PARTIES}
        raise RuleBroken(words, field="name", code="parties_many")


def check_name(name: str, *, field: str) -> None:
    if is_blank(name):
        raise RuleBroken(_("Write down the name."), field=field, code="name_missing")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(_("At most %(number)d characters.") % {"number": LONGEST_NAME}, field=field, code="name_long")


def check_note(note: str, *, field: str = "note") -> None:
    if is_blank(note):
        raise RuleBroken(_("Write it down in one or two sentences."), field=field, code="note_missing")
    if len(note) > LONGEST_NOTE:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NOTE}
        raise RuleBroken(words, field=field, code="note_long")


def check_session(*, starts_at: datetime, minutes: int, now: datetime) -> None:
    if starts_at + timedelta(minutes=minutes) > now:
        raise RuleBroken(_("The session has not ended yet: write it down afterwards."), field="day", code="day_ahead")
    if starts_at < now - OLDEST_SESSION:
        words = _("A session is written down within %(days)d days.") % {"days": OLDEST_SESSION.days}
        raise RuleBroken(words, field="day", code="day_old")
    if not SHORTEST_SESSION <= minutes <= LONGEST_SESSION:
        span = {"least": SHORTEST_SESSION, "most": LONGEST_SESSION}
        raise RuleBroken(
            _("A session takes %(least)d to %(most)d minutes.") % span, field="minutes", code="session_minutes"
        )


def check_presence(*, mediators: int, parties: int) -> None:
    if not mediators:
        raise RuleBroken(_("Tick which mediator was there."), field="mediators", code="nobody_mediated")
    if not parties:
        raise RuleBroken(pgettext_lazy("mediation", "Tick who was there."), field="parties", code="nobody_heard")


def items_of(text: str) -> list[str]:
    """What was agreed, one item a line. Raises RuleBroken(field="items")."""
    items = [line.strip() for line in text.splitlines() if not is_blank(line)]
    if not items:
        raise RuleBroken(_("Write down what both sides agreed, one item a line."), field="items", code="items_missing")
    if len(items) > MOST_ITEMS:
        words = _("At most %(number)d items: what matters, in few words.") % {"number": MOST_ITEMS}
        raise RuleBroken(words, field="items", code="items_many")
    if any(len(item) > LONGEST_ITEM for item in items):
        words = _("At most %(number)d characters an item.") % {"number": LONGEST_ITEM}
        raise RuleBroken(words, field="items", code="item_long")
    return items


def check_signed(signed_on: date, *, today: date) -> None:
    if signed_on > today:
        raise RuleBroken(_("This day has not come yet."), field="signed_on", code="day_ahead")
    if signed_on < today - OLDEST_SESSION:
        words = _("An agreement is written down within %(days)d days.") % {"days": OLDEST_SESSION.days}
        raise RuleBroken(words, field="signed_on", code="day_old")


def check_other_way(way: str) -> None:
    if way not in OtherWay.values:
        words = _("Say which way you showed them.")
        raise RuleBroken(words, field="other_way", code="other_way_missing")

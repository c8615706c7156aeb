"""What wishes allow: pure checks, no database, no clock. The whole life of a wish is the table MOVES."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.rules import Limit
from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.orgs.enums import ClaimOrder
from guangcai.wishes.enums import AT_FIRST_LOOK, LATER, WishEnd, WishState

LONGEST_SAID: Final = 500
LONGEST_NOTE: Final = 200
LONGEST_WHAT: Final = 300
LONGEST_HOW: Final = 60
MOST_PEOPLE: Final = 10
# Days after which a wish somebody took on, and nothing was heard of, stands on the list of the desk.
LONG_CLAIMED: Final = timedelta(days=14)
# A whole compound may sit behind one network address.
WISHES_OF_ADDRESS: Final = Limit("wish_address", most=20, window=timedelta(days=1))
WISHES_OF_COMMUNITY: Final = Limit("wish_community", most=200, window=timedelta(days=1))

S = WishState
MOVES: Final[Mapping[WishState, frozenset[WishState]]] = {
    S.COLLECTED: frozenset({S.VERIFIED, S.ENDED}),
    S.VERIFIED: frozenset({S.PUBLISHED, S.ENDED}),
    S.PUBLISHED: frozenset({S.CLAIMED, S.ENDED}),
    # Back to the wall when nobody is left who has taken it on.
    S.CLAIMED: frozenset({S.PUBLISHED, S.FULFILLED, S.ENDED}),
    # The wisher's word: come true, or not yet. The desk may only close what nobody can be asked about any more.
    S.FULFILLED: frozenset({S.CONFIRMED, S.CLAIMED, S.ENDED}),
    S.CONFIRMED: frozenset(),
    S.ENDED: frozenset(),
}


def check_move(old: WishState, new: WishState) -> None:
    if new not in MOVES[old]:
        words = _("This wish is “%(old)s”: it cannot become “%(new)s” now. Load the page again.")
        raise RuleBroken(words % {"old": old.label, "new": new.label}, code="no_such_move")


# --- collecting and looking at it first -----------------------------------------------------------------------------


def check_said(*, said: str, can_be_reached: bool, is_online: bool) -> None:
    if is_blank(said):
        raise RuleBroken(_("Say what is wished for."), field="said", code="said_missing")
    if len(said) > LONGEST_SAID:
        raise RuleBroken(_("At most %(n)d characters.") % {"n": LONGEST_SAID}, field="said", code="said_long")
    if is_online and not can_be_reached:
        words = _("Say how the community can reach you: nobody else sees it.")
        raise RuleBroken(words, field="phone", code="phone_missing")


def check_origin(*, is_taken: bool) -> None:
    if is_taken:
        raise RuleBroken(_("This need is on the list of wishes already."), code="origin_taken")


def check_not_flooding(*, of_address: int, of_community: int) -> None:
    """Raises RuleBroken when one network address, or all together in one community, sent too much today."""
    if of_address > WISHES_OF_ADDRESS.most or of_community > WISHES_OF_COMMUNITY.most:
        words = _("A lot has come from here today. Write again tomorrow, or tell the community desk.")
        raise RuleBroken(words, code="too_many")


def check_verified(*, title: str, words: str, people: int) -> None:
    if is_blank(title):
        raise RuleBroken(_("Give the wish a short name."), field="title", code="title_missing")
    if is_blank(words):
        raise RuleBroken(_("Write what everybody may read, without a name."), field="words", code="words_missing")
    if not 1 <= people <= MOST_PEOPLE:
        said = _("One to %(most)d members take on a wish together.") % {"most": MOST_PEOPLE}
        raise RuleBroken(said, field="people", code="people")


def check_end(*, reason: str, note: str, state: WishState) -> None:
    """A wish ends with a reason, and a sentence that the wisher is told."""
    allowed = AT_FIRST_LOOK if state in (S.COLLECTED, S.VERIFIED) else LATER
    if reason not in allowed:
        raise RuleBroken(_("Choose one of the reasons."), field="reason", code="reason_unknown")
    if reason == WishEnd.UNREACHABLE and state != S.FULFILLED:
        words = _("Only a wish that was fulfilled is closed because its wisher cannot be asked.")
        raise RuleBroken(words, field="reason", code="reason_early")
    if is_blank(note):
        raise RuleBroken(_("Say it to the wisher in a sentence."), field="note", code="note_missing")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken(_("At most %(n)d characters.") % {"n": LONGEST_NOTE}, field="note", code="note_long")


def check_own_hands(*, member_id: UUID | None, claimers: frozenset[UUID]) -> None:
    """Nobody decides on a wish he has taken on himself (maker is not checker)."""
    if member_id is not None and member_id in claimers:
        raise RuleBroken(_("You have taken this wish on yourself: a colleague does this."), code="own_wish")


# --- claiming -------------------------------------------------------------------------------------------------------


def collects(order: str) -> bool:
    """Whether claims are collected first: only first come is served at once."""
    return order != ClaimOrder.FIRST_COME


@dataclass(frozen=True)
class Hand:
    """What a claim is judged by, on the side of the member."""

    is_in_area: bool
    is_on_roster: bool = True
    has_claimed: bool = False


@dataclass(frozen=True)
class Standing:
    """What a claim is judged by, on the side of the wish. taken: members who have it or help with it; is_over:
    claims were collected until a moment that is past, and are not served yet."""

    state: WishState
    is_over: bool
    taken: int
    people: int


def check_claim(standing: Standing, hand: Hand) -> None:
    """Raises RuleBroken with a code of its own for every reason why a member cannot take a wish on."""
    if hand.has_claimed:
        raise RuleBroken(_("You have taken this wish on already."), code="already_claimed")
    if not hand.is_on_roster:
        raise RuleBroken(_("You are no longer on the roster of this community."), code="not_on_roster")
    if not hand.is_in_area:
        raise RuleBroken(_("This is for members who reported to another community."), code="other_area")
    if standing.state == S.CLAIMED and standing.taken < standing.people:
        words = _("Somebody has taken this wish on a moment ago: you can do it together with him.")
        raise RuleBroken(words, code="join_instead")
    if standing.state == S.CLAIMED:
        raise RuleBroken(_("Somebody was faster: this wish has just been taken on."), code="taken")
    if standing.state != S.PUBLISHED:
        raise RuleBroken(_("This wish no longer waits for anybody."), code="not_open")
    if standing.is_over:
        raise RuleBroken(
            _("Claims were taken until the day announced: the community gives it out now."), code="claims_over"
        )


def check_join(standing: Standing, hand: Hand) -> None:
    """The same for helping somebody who has it."""
    if hand.has_claimed:
        raise RuleBroken(_("You have taken this wish on already."), code="already_claimed")
    if not hand.is_on_roster:
        raise RuleBroken(_("You are no longer on the roster of this community."), code="not_on_roster")
    if not hand.is_in_area:
        raise RuleBroken(_("This is for members who reported to another community."), code="other_area")
    if standing.state != S.CLAIMED:
        raise RuleBroken(_("Nobody has this wish whom you could help."), code="nobody_to_join")
    if standing.taken >= standing.people:
        raise RuleBroken(_("Enough members do this together already."), code="enough")


def check_allot(*, is_collecting: bool, claims_until: datetime | None, now: datetime) -> None:
    if not is_collecting or claims_until is None:
        raise RuleBroken(_("There is nothing to give out: the wish goes to whoever comes."), code="nothing_to_allot")
    if now < claims_until:
        raise RuleBroken(_("Claims are still being taken."), code="still_collecting")


NOT_GIVEN: Final = _("The wish has not been given out yet: wait until claims are no longer collected.")
WISHER_ASKED: Final = _("The wisher is being asked whether it came true: wait for the answer.")


# --- what became of it ----------------------------------------------------------------------------------------------


def check_fulfilment(*, done_on: date, what: str, held_since: date | None, today: date) -> None:
    if held_since is None:
        raise RuleBroken(_("The community has not confirmed your claim yet."), code="not_held")
    if done_on > today:
        raise RuleBroken(_("This day has not come yet."), field="done_on", code="day_ahead")
    if done_on < held_since:
        words = _("You have the wish since %(day)s.") % {"day": held_since}
        raise RuleBroken(words, field="done_on", code="before_held")
    if is_blank(what):
        raise RuleBroken(_("Say in a few words what was done."), field="what", code="what_missing")
    if len(what) > LONGEST_WHAT:
        raise RuleBroken(_("At most %(n)d characters.") % {"n": LONGEST_WHAT}, field="what", code="what_long")


def check_consent(*, given_on: date, how: str, today: date) -> None:
    if given_on > today:
        raise RuleBroken(_("This day has not come yet."), field="given_on", code="day_ahead")
    if is_blank(how):
        raise RuleBroken(_("Say how the wisher agreed."), field="how", code="how_missing")


def check_second_reader(*, written_by: UUID | None, reader: UUID | None) -> None:
    if written_by is not None and written_by == reader:
        raise RuleBroken(_("Somebody else reads it before it is published."), code="second_reader")

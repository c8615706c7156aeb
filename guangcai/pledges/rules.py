"""What holds for pledges: pure checks, no database, no clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.pledges.enums import Finding, Measure, TemplateForm

LONGEST_NAME = 40
MOST_ITEMS = 12
# Who answers for a community with his word (the secretary, not the desk) keeps its checklist.
KEEPS_CHECKLIST = Permission.APPRAISAL_APPROVE
MOST_TIMES = 366
LONGEST_TEXT = 120
LONGEST_NOTE = 200
LONGEST_WORDS = 500
FIRST_YEAR, LAST_YEAR = 2000, 2099


# --- templates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """One item as typed: its text and what its fulfilment is drawn from."""

    text: str
    measure: Measure = Measure.NOTE
    kind_id: int | None = None


def check_template_name(name: str, *, taken: bool) -> None:
    """Raises RuleBroken(field="name") for no name, a long one, or one that another template has."""
    if is_blank(name):
        raise RuleBroken(_("Give it a name."), field="name", code="name_missing")
    if len(name) > LONGEST_NAME:
        words = _("At most %(number)d characters.") % {"number": LONGEST_NAME}
        raise RuleBroken(words, field="name", code="name_long")
    if taken:
        raise RuleBroken(_("There is a template of this name: write its items there."), field="name", code="name_taken")


def check_version(*, form: str, items: Sequence[Written], since_year: int) -> None:
    """Raises RuleBroken(field): a list has 1 to 12 different items; own words have none."""
    if not FIRST_YEAR <= since_year <= LAST_YEAR:
        words = _("Give a year between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise RuleBroken(words, field="since_year", code="year")
    if form == TemplateForm.WORDS:
        if items:
            raise RuleBroken(_("Here the member writes his own words."), field="items", code="own_words")
        return
    if not 1 <= len(items) <= MOST_ITEMS:
        words = _("Enter 1 to %(most)d items.") % {"most": MOST_ITEMS}
        raise RuleBroken(words, field="items", code="item_count")
    if len({one.text for one in items}) < len(items):
        raise RuleBroken(_("Two items say the same."), field="items", code="item_twice")
    for one in items:
        _check_text(one.text, field="items")
        if (one.measure == Measure.KIND) != (one.kind_id is not None):
            raise RuleBroken(_("Choose the kind of service that counts."), field="items", code="kind_missing")


@dataclass(frozen=True)
class Offered:
    """One version as it is weighed: whose, since when."""

    key: int
    path: str
    since_year: int
    number: int


def version_for(found: Iterable[Offered], *, path: str, year: int) -> int | None:
    """The version in force at `path` in `year`: of the nearest owner the newest that has begun. None without one."""
    fitting = [one for one in found if path.startswith(one.path) and one.since_year <= year]
    best = max(fitting, key=lambda one: (len(one.path), one.since_year, one.number), default=None)
    return best.key if best else None


# --- the pledge -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """One line as pledged. times: services wanted, 1 for what the member marks himself."""

    text: str
    measure: Measure = Measure.NOTE
    kind_id: int | None = None
    times: int = 1


def check_pledge(*, promises: Sequence[Promise], year: int, due_on: date, today: date) -> None:
    """Raises RuleBroken(field). A pledge is made in its year or before, and is due within its year."""
    if not promises:
        raise RuleBroken(_("Choose at least one thing you want to take on."), field="lines", code="nothing_chosen")
    if len(promises) > MOST_ITEMS:
        words = _("At most %(most)d things in one pledge.") % {"most": MOST_ITEMS}
        raise RuleBroken(words, field="lines", code="too_many")
    for one in promises:
        _check_text(one.text, field="lines")
        if not 1 <= one.times <= MOST_TIMES:
            words = _("Say how many times, 1 to %(most)d.") % {"most": MOST_TIMES}
            raise RuleBroken(words, field="times", code="times")
    if year not in (today.year, today.year + 1):
        raise RuleBroken(_("A pledge is made for this year or the next."), field="year", code="pledge_year")
    if due_on.year != year or due_on < today:
        words = _("Give a day between today and the end of %(year)d.") % {"year": year}
        raise RuleBroken(words, field="due_on", code="due")


def check_member(*, is_on_roster: bool, has_community: bool, has_pledged: bool) -> None:
    if not is_on_roster or not has_community:
        raise RuleBroken(_("Report in to a community first: a pledge is made there."), code="no_community")
    if has_pledged:
        raise RuleBroken(_("This pledge has been made for the year already."), code="already_pledged")


@dataclass(frozen=True)
class Served:
    """Confirmed service behind a line: how often, minutes, deeds."""

    times: int = 0
    minutes: int = 0
    deeds: int = 0


def is_line_fulfilled(*, measure: str, times: int, served: Served, is_marked: bool) -> bool:
    """Marked by the member, or served as often as pledged."""
    return is_marked if measure == Measure.NOTE else served.times >= times


def check_mark(*, measure: str, note: str, done_on: date, year: int, today: date, is_over: bool) -> None:
    """Raises RuleBroken(field): what is drawn from the ledger is never marked by hand."""
    if measure != Measure.NOTE:
        raise RuleBroken(_("This counts by itself from confirmed service."), code="drawn_from_ledger")
    if is_over:
        raise RuleBroken(_("This pledge is over."), code="pledge_over")
    check_done(note=note, done_on=done_on, year=year, today=today)


def check_done(*, note: str, done_on: date, year: int, today: date) -> None:
    if is_blank(note):
        raise RuleBroken(_("Say in a few words what was done."), field="note", code="note_missing")
    if len(note.strip()) > LONGEST_NOTE:
        raise RuleBroken(_("At most %(number)d characters.") % {"number": LONGEST_NOTE}, field="note", code="note_long")
    if done_on > today or done_on.year != year:
        words = _("Give a day of %(year)d, today at the latest.") % {"year": year}
        raise RuleBroken(words, field="done_on", code="done_on")


def check_open(*, is_reviewed: bool) -> None:
    if is_reviewed:
        raise RuleBroken(_("The community has reviewed this pledge: nothing changes any more."), code="reviewed")


# --- review ---------------------------------------------------------------------------------------------------------


def check_review(*, is_over: bool, is_fulfilled: bool, was_given_up: bool, finding: str, words: str) -> None:
    """Raises RuleBroken: reviewed is what is over, or fulfilled before; what is not fulfilled is said in words."""
    if was_given_up:
        raise RuleBroken(_("This pledge was ended early: there is nothing to review."), code="given_up")
    if not is_over and not is_fulfilled:
        raise RuleBroken(_("This pledge is still under way: review it after its day."), code="under_way")
    if finding != Finding.FULFILLED and is_blank(words):
        raise RuleBroken(_("Say what is still open: the member reads it."), field="words", code="words_missing")
    check_words(words, field="words")


def check_answer(*, answer: str, was_answered: bool) -> None:
    if was_answered:
        raise RuleBroken(_("You have answered already."), code="answered")
    if is_blank(answer):
        raise RuleBroken(_("Write your answer."), field="answer", code="answer_missing")
    check_words(answer, field="answer")


def check_words(text: str, *, field: str) -> None:
    if len(text.strip()) > LONGEST_WORDS:
        words = _("At most %(number)d characters.") % {"number": LONGEST_WORDS}
        raise RuleBroken(words, field=field, code="words_long")


def check_all_fulfilled(open_ones: Collection[object]) -> None:
    if open_ones:
        raise RuleBroken(
            _("Some of these are not fulfilled in every item: review them one by one."), code="not_all_fulfilled"
        )


def _check_text(text: str, *, field: str) -> None:
    if is_blank(text):
        raise RuleBroken(_("An item is empty."), field=field, code="item_empty")
    if len(text) > LONGEST_TEXT:
        words = _("An item has at most %(number)d characters.") % {"number": LONGEST_TEXT}
        raise RuleBroken(words, field=field, code="item_long")

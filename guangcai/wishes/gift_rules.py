"""What campaigns, receipts and aid allow: pure checks. Money is whole fen, goods are counted."""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.wishes.enums import GiftForm, GiverKind

LONGEST_REASON: Final = 200
MOST_FEN: Final = 10_000_000_00
MOST_GOODS: Final = 100_000
MOST_COUNTED: Final = 1_000_000
# Older than any programme that still counts: a slip of the year.
OLDEST_PROGRAMME: Final = timedelta(days=40 * 366)


def check_campaign(*, title: str, goal: str) -> None:
    if is_blank(title):
        raise RuleBroken(_("Give the campaign a name."), field="title", code="title_missing")
    if is_blank(goal):
        raise RuleBroken(_("Say what is collected for."), field="goal", code="goal_missing")


def check_result(result: str) -> None:
    if is_blank(result):
        raise RuleBroken(
            _("Say what became of it: everybody who gave reads it."), field="result", code="result_missing"
        )


def check_open(*, closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise RuleBroken(_("This campaign is closed."), code="campaign_closed")


def check_gift(form: str, *, fen: int | None, goods: str, quantity: int | None, measure: str) -> None:
    if form == GiftForm.MONEY:
        if fen is None or not 0 < fen <= MOST_FEN:
            raise RuleBroken(_("Give the sum in yuan, for example 1 or 20.50."), field="yuan", code="sum_missing")
        return
    if is_blank(goods):
        raise RuleBroken(_("Say what was given: for example books."), field="goods", code="goods_missing")
    if quantity is None or not 0 < quantity <= MOST_GOODS:
        raise RuleBroken(_("Say how many."), field="quantity", code="quantity_missing")
    if is_blank(measure):
        raise RuleBroken(_("Say in what it is counted."), field="measure", code="measure_missing")


def check_giver(kind: str, *, has_member: bool, name: str) -> None:
    if kind == GiverKind.MEMBER and not has_member:
        raise RuleBroken(_("Choose the member who gave."), field="member", code="member_missing")
    if kind != GiverKind.MEMBER and has_member:
        raise RuleBroken(_("Choose either a member or another giver."), field="giver_kind", code="giver_twice")
    if kind == GiverKind.NAMED and is_blank(name):
        raise RuleBroken(_("Write the name, or choose “without a name”."), field="giver_name", code="name_missing")


def check_day(day: date, *, today: date, opened_on: date, field: str = "given_on") -> None:
    if day > today:
        raise RuleBroken(_("This day has not come yet."), field=field, code="day_ahead")
    if day < opened_on:
        words = _("The campaign began on %(day)s.") % {"day": opened_on}
        raise RuleBroken(words, field=field, code="before_campaign")


def check_spending(*, fen: int, what: str) -> None:
    if not 0 < fen <= MOST_FEN:
        raise RuleBroken(_("Give the sum in yuan, for example 1 or 20.50."), field="yuan", code="sum_missing")
    if is_blank(what):
        raise RuleBroken(_("Say what it went to."), field="what", code="what_missing")


def check_covered(*, balance: int, is_money: bool) -> None:
    """What was spent was given before."""
    if is_money and balance < 0:
        words = _("More would be spent than was given: %(yuan)s yuan are missing.")
        raise RuleBroken(words % {"yuan": f"{-balance / 100:.2f}"}, field="yuan", code="not_covered")


def check_reversal(*, reason: str, is_reversal: bool) -> None:
    if is_reversal:
        raise RuleBroken(_("This row takes another one back already."), code="reversal_of_reversal")
    if is_blank(reason):
        raise RuleBroken(_("Say why it is taken back."), field="reason", code="reason_missing")


# --- aid ------------------------------------------------------------------------------------------------------------


def check_programme(*, title: str, run_by: str, since: date, today: date) -> None:
    if is_blank(title):
        raise RuleBroken(_("Give the programme a name."), field="title", code="title_missing")
    if is_blank(run_by):
        raise RuleBroken(_("Say who runs it."), field="run_by", code="run_by_missing")
    if since > today:
        raise RuleBroken(_("This day has not come yet."), field="since", code="day_ahead")
    if since < today - OLDEST_PROGRAMME:
        words = _("This is longer ago than a programme runs: look at the year.")
        raise RuleBroken(words, field="since", code="day_old")


def check_programme_end(*, ended_on: date, since: date, today: date, last: date | None) -> None:
    if not since <= ended_on <= today:
        words = _("The last day lies between %(since)s and today.") % {"since": since}
        raise RuleBroken(words, field="ended_on", code="end_range")
    if last is not None and ended_on < last:
        words = _("There is an outcome of %(day)s: the programme ends on that day at the earliest.") % {"day": last}
        raise RuleBroken(words, field="ended_on", code="outcome_later")


def check_outcome(*, count: int, on: date, source: str, since: date, ended_on: date | None, today: date) -> None:
    """A count on a day, with where it comes from."""
    if not 0 < count <= MOST_COUNTED:
        raise RuleBroken(_("Give a whole number from 1 on."), field="count", code="count")
    check_outcome_day(on, since=since, ended_on=ended_on, today=today)
    if is_blank(source):
        raise RuleBroken(_("Say where the number comes from."), field="source", code="source_missing")


def check_outcome_day(on: date, *, since: date, ended_on: date | None, today: date) -> None:
    if on > today:
        raise RuleBroken(_("This day has not come yet."), field="on", code="day_ahead")
    if on < since or (ended_on is not None and on > ended_on):
        raise RuleBroken(_("The programme did not run on that day."), field="on", code="outside_programme")


def check_correction(*, count: int, reason: str, is_corrected: bool) -> None:
    if is_corrected:
        raise RuleBroken(_("This number was corrected already: correct the newer one."), code="corrected")
    if not 0 <= count <= MOST_COUNTED:
        raise RuleBroken(_("Give the right number; 0 takes it back."), field="count", code="count")
    if is_blank(reason):
        raise RuleBroken(_("Say why the number was wrong."), field="reason", code="reason_missing")

"""Service time in whole minutes: how people write it, how a page shows it.

The ledger keeps integers only. Anything that is not exactly a whole number of minutes is refused, never rounded.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from guangcai.core import lexicon
from guangcai.core.errors import RuleBroken

MINUTES_PER_HOUR = 60
# A year of hours: above it is a typing error, whatever was meant.
MOST_MINUTES = 366 * 24 * MINUTES_PER_HOUR
# Full-width digits and signs to their plain forms.
NARROW = str.maketrans("０１２３４５６７８９：．－＋", "0123456789:.-+")

_CLOCK = re.compile(r"(\d{1,5}):([0-5]?\d)", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(\D*)", re.ASCII)
_MIXED = re.compile(r"(\d{1,5})(\D+)(\d{1,2})(\D+)", re.ASCII)
HOUR, MINUTE = "hour", "minute"


def hours(minutes: int) -> str:
    """Minutes as hours with two decimals: 150 -> "2.50", -20 -> "-0.33"."""
    sign = "-" if minutes < 0 else ""
    whole, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    cents = (rest * 100 + MINUTES_PER_HOUR // 2) // MINUTES_PER_HOUR
    return f"{sign}{whole}.{cents:02d}"


def clock(minutes: int) -> str:
    """Minutes as hours and minutes: 150 -> "2:30", -20 -> "-0:20"."""
    sign = "-" if minutes < 0 else ""
    whole, rest = divmod(abs(minutes), MINUTES_PER_HOUR)
    return f"{sign}{whole}:{rest:02d}"


def parse_minutes(text: str, *, most: int = MOST_MINUTES, field: str | None = None) -> int:
    """Whole minutes from "1:30", "1.5" (hours), "90 min", "2h", "1h30m" and the same with Chinese units.

    Raises RuleBroken(field) for words, signs, fractions of a minute and anything above `most` minutes.
    """
    plain = text.translate(NARROW).strip().lower().replace(" ", "")
    if plain.startswith("-"):
        raise RuleBroken(_("Time cannot be negative."), field=field, code="time_negative")
    minutes = _exact_minutes(plain)
    if minutes is None:
        raise RuleBroken(
            _("“%(text)s” is not a time. Write hours such as 1.5 or 1:30, or minutes such as 90 min.")
            % {"text": text.strip()[:20]},
            field=field,
            code="time_unreadable",
        )
    if minutes != minutes.to_integral_value():
        raise RuleBroken(_("Time is kept in whole minutes."), field=field, code="time_not_whole")
    if minutes > most:
        raise RuleBroken(
            _("At most %(hours)s hours can be given here.") % {"hours": hours(most)}, field=field, code="time_too_long"
        )
    return int(minutes)


def _exact_minutes(plain: str) -> Decimal | None:
    unit_of = lexicon.table("time_units")
    if match := _CLOCK.fullmatch(plain):
        return Decimal(match[1]) * MINUTES_PER_HOUR + Decimal(match[2])
    match = _MIXED.fullmatch(plain)
    if match and unit_of.get(match[2]) == HOUR and unit_of.get(match[4]) == MINUTE:
        return Decimal(match[1]) * MINUTES_PER_HOUR + Decimal(match[3])
    match = _AMOUNT.fullmatch(plain)
    unit = unit_of.get(match[2] or "h") if match else None
    if match is None or unit is None:
        return None
    return Decimal(match[1]) * (MINUTES_PER_HOUR if unit == HOUR else 1)

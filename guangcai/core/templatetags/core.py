"""`{% load core %}`: filters for minutes, dates and phones, icons, and every component of the house.

Filters take values of the domain and give what people read; components stand in components.py and fields.py.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from guangcai.core import phones, units
from guangcai.core.templatetags import components, fields

register = template.Library()
for part in (components, fields):
    register.tags.update(part.register.tags)


@register.filter
def hours(minutes: int) -> str:
    """Whole minutes as hours: 150 -> "2.50"."""
    return units.hours(minutes)


@register.filter
def mask_phone(phone: str) -> str:
    """ "+8613800138000" -> "138****8000"."""
    return phones.mask(phone)


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


def _month_day(value: date | datetime) -> str:
    return date_format(_local(value), pgettext("date format", "j M"))


@register.filter
def day(value: date | datetime | None) -> str:
    """The local day in the reader's language, with the year. "" for None."""
    return date_format(_local(value), "DATE_FORMAT") if value else ""


@register.filter
def day_short(value: date | datetime | None) -> str:
    """Month, day and weekday: for lists whose year is clear."""
    return f"{_month_day(value)} {date_format(_local(value), 'D')}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Month, day, hour and minute in local time."""
    return f"{_month_day(value)} {date_format(_local(value), 'H:i')}" if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """Hour and minute in local time."""
    return date_format(_local(value), "H:i") if value else ""


@register.filter
def percent(value: float) -> str:
    """A share of one as whole percent: 0.456 -> "46%"."""
    return f"{value * 100:.0f}%"

"""Fields that several forms share."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.units import clock, parse_minutes
from guangcai.core.workdays import SHANGHAI

# Days that people serve on: arithmetic with them cannot leave the calendar.
YEARS = range(1900, 2200)


def check_year(day: date) -> None:
    if day.year not in YEARS:
        raise ValidationError(_("Check the year."), code="year")


class DayField(forms.DateField):
    default_validators = [check_year]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class MinutesField(forms.CharField):
    """Whole minutes as people write them: 1:30, 1.5, 90 min."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_minutes(text)
        except RuleBroken as broken:
            raise ValidationError(str(broken.message)) from broken


class TimeSpanForm(forms.Form):
    """A day with begin, end and the time actually given. The end may lie after midnight."""

    day = DayField(label=_("Date"))
    begins = ClockField(label=_("Start"))
    ends = ClockField(label=_("End"))
    minutes = MinutesField(
        label=_("Time actually given"),
        required=False,
        help_text=_("Without rest, meals and travel, such as 1:30. Empty: from begin to end."),
    )
    deeds = forms.BooleanField(
        label=_("Counts as a deed"), required=False, help_text=_("A finished thing for a named person or place.")
    )

    def span(self) -> tuple[datetime, datetime, int]:
        """Begin, end and minutes of a valid form."""
        starts_at = _at(self.cleaned_data["day"], self.cleaned_data["begins"])
        ends_at = _at(self.cleaned_data["day"], self.cleaned_data["ends"])
        if ends_at <= starts_at:
            ends_at += timedelta(days=1)
        given = self.cleaned_data["minutes"]
        return starts_at, ends_at, (ends_at - starts_at) // timedelta(minutes=1) if given is None else given


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI)

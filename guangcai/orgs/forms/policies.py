"""Forms of rules: the fields of each follow its shape (orgs/policies.py). And of the calendar."""

from collections.abc import Callable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.forms.fields import DayField, HoursField

A_DAY, A_YEAR = 24 * 60, 366 * 24 * 60


def _number(label: Any, most: int) -> forms.Field:
    return forms.IntegerField(label=label, min_value=0, max_value=most)


def _time(label: Any) -> forms.Field:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


FIELDS: dict[PolicyKey, dict[str, Callable[[], forms.Field]]] = {
    PolicyKey.ANNUAL_DUTY: {
        "minutes": lambda: HoursField(label=_("Hours a year"), most=A_YEAR),
        "deeds": lambda: _number(_("Deeds a year"), 366),
    },
    PolicyKey.DAILY_LIMIT: {"minutes": lambda: HoursField(label=_("Hours a day"), most=A_DAY)},
    PolicyKey.RECORDING_DEADLINE: {"working_days": lambda: _number(_("Working days"), 250)},
    PolicyKey.LATE_ARRIVAL: {"hours": lambda: _number(pgettext_lazy("amount", "Hours"), 24 * 31)},
    PolicyKey.SAMPLE_SHARE: {"percent": lambda: _number(_("Percent"), 100)},
    PolicyKey.OFFICE_HOURS: {"start": lambda: _time(_("Opens")), "end": lambda: _time(_("Closes"))},
    PolicyKey.FEEDBACK_DEADLINE: {"working_days": lambda: _number(_("Working days"), 250)},
    PolicyKey.CANCEL_NOTICE: {"hours": lambda: _number(pgettext_lazy("amount", "Hours"), 24 * 31)},
}


class PolicyForm(forms.Form):
    since = DayField(label=_("In force from"))
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("The document that says so, with number and article.")
    )

    def __init__(self, *args: Any, key: PolicyKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        own = {name: make() for name, make in FIELDS[key].items()}
        self.fields = {**own, **self.fields}

    @property
    def value(self) -> dict[str, Any]:
        """The rule's value as it is stored."""
        chosen = {name: self.cleaned_data[name] for name in FIELDS[self.key]}
        return {name: one.strftime("%H:%M") if isinstance(one, time) else one for name, one in chosen.items()}


class WorkdayForm(forms.Form):
    day = DayField(label=_("Day"))
    state = forms.ChoiceField(
        label=_("This day is"),
        widget=forms.RadioSelect,
        choices=[("worked", _("worked")), ("free", _("free")), ("calendar", _("as in the calendar"))],
    )
    source = forms.CharField(label=_("Source"), max_length=120, required=False, help_text=_("The notice that says so."))

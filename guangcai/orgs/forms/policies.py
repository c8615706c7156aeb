"""Forms of rules: the fields of each follow its shape (orgs/policies.py). And of the calendar."""

from collections.abc import Callable
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.orgs.enums import ClaimOrder, PolicyKey
from guangcai.orgs.forms.fields import DayField, HoursField

A_DAY, A_YEAR = 24 * 60, 366 * 24 * 60


def _number(label: Any, most: int) -> forms.Field:
    return forms.IntegerField(label=label, min_value=0, max_value=most)


def _some(label: Any, most: int) -> forms.Field:
    return forms.IntegerField(label=label, min_value=1, max_value=most)


def _first(label: Any) -> forms.Field:
    """The first number that deserves a second look: never 0, or everything would."""
    return forms.IntegerField(label=label, min_value=1, max_value=10_000)


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
    PolicyKey.LIST_KEPT: {"days": lambda: _number(pgettext_lazy("amount", "Days"), 366)},
    PolicyKey.CLAIM_RULE: {
        "order": lambda: forms.ChoiceField(
            label=_("Who goes first"), choices=ClaimOrder.choices, widget=forms.RadioSelect
        ),
        "days": lambda: _number(_("Days claims are collected (first come, first served: 0)"), 60),
    },
    PolicyKey.ZONE_TERM: {
        "months": lambda: _some(_("Months"), 120),
        "remind_days": lambda: _number(_("Days before the end to ask for a renewal"), 366),
    },
    PolicyKey.HOUSEHOLD_LIMIT: {"households": lambda: _some(_("Households"), 50)},
    PolicyKey.VISIT_RHYTHM: {
        "high_days": lambda: _some(_("Days between visits: high risk"), 366),
        "key_days": lambda: _some(_("Days between visits: needing attention"), 366),
        "general_days": lambda: _some(_("Days between visits: general"), 366),
        "alert_hours": lambda: _some(_("Hours until a visit after a major change"), 24 * 31),
    },
    PolicyKey.SMALL_COUNT: {"below": lambda: _some(_("Counts below this one are not shown"), 100)},
    PolicyKey.MATCH_PLACE: {
        "stairwell": lambda: _number(_("Same stairwell"), 1000),
        "building": lambda: _number(_("Same building"), 1000),
        "compound": lambda: _number(_("Same compound"), 1000),
        "community": lambda: _number(_("Same community"), 1000),
        "elsewhere": lambda: _number(_("Elsewhere"), 1000),
    },
    PolicyKey.MATCH_FIT: {
        "without_skill": lambda: _number(_("Has not the skill wished for"), 1000),
        "without_certificate": lambda: _number(_("Has the skill without a certificate"), 1000),
        "without_time": lambda: _number(_("Is not free at the time wanted"), 1000),
        "time_unknown": lambda: _number(_("Has not said when he is free"), 1000),
        "per_commitment": lambda: _number(_("For each thing taken on already"), 1000),
        "per_hour_served": lambda: _number(_("For each hour of this year already served"), 1000),
        "hours_counted": lambda: _number(_("Hours counted at most"), 1000),
        "candidates": lambda: forms.IntegerField(label=_("Members compared for each need"), min_value=5, max_value=100),
        "commitments": lambda: _some(_("Most that one member is proposed for"), 50),
    },
    PolicyKey.CASE_TIME: {
        "response_hours": lambda: _some(_("Hours until the asker is spoken to"), 24 * 31),
        "solution_days": lambda: _some(_("Days until it is done"), 366),
        "notice_days": lambda: _some(_("Days over time before the street is told"), 366),
        "answer_days": lambda: _some(_("Days the asker may still say “not solved”"), 366),
    },
    PolicyKey.CASE_RATES: {
        "response": lambda: _number(_("Response rate, percent"), 100),
        "solution": lambda: _number(_("Solution rate, percent"), 100),
        "satisfaction": lambda: _number(_("Satisfaction rate, percent"), 100),
    },
    PolicyKey.MEDIATION_VISITS: {
        "first_days": lambda: _some(_("Days until the first visit"), 366),
        "second_days": lambda: _some(_("Days until the second visit"), 366),
    },
    PolicyKey.MEETING_RHYTHM: {
        "menu_days": lambda: _some(_("Days before the month for the activity menu"), 28),
        "survey_months": lambda: _some(_("Months between surveys"), 24),
        "joint_months": lambda: _some(_("Months between joint meetings"), 24),
        "committee_months": lambda: _some(_("Months between committee meetings"), 24),
        "hearing_months": lambda: _some(_("Months between appraisal meetings"), 24),
    },
    PolicyKey.LOOK_AT_TIMES: {
        "night_begins": lambda: _time(_("Night begins")),
        "night_ends": lambda: _time(_("Night ends")),
        "day_minutes": lambda: HoursField(label=_("More hours than this on a day"), most=A_DAY),
        "way_minutes": lambda: _number(_("Fewer minutes than this between two communities"), A_DAY),
        "days": lambda: _first(_("Days of service in a month")),
        "month_minutes": lambda: HoursField(label=_("Hours in a month"), most=31 * A_DAY),
        "office_times": lambda: _first(_("Times in office hours in a month (in-service members)")),
    },
    PolicyKey.LOOK_AT_TYPING: {
        "round_run": lambda: _first(_("Full hours in a row for one member")),
        "by_one": lambda: _first(_("Records typed in by one person in a month")),
        "late_batch": lambda: _first(_("Late records saved by one person within an hour")),
        "quick_minutes": lambda: _number(_("Confirmed sooner than this, in minutes"), A_DAY),
        "same_times": lambda: _first(_("People with the same times, typed in by one person")),
        "copies": lambda: _first(_("Records of one member with the same words and minutes")),
        "of_one": lambda: _first(_("Records typed in for one member in a month")),
        "unseen": lambda: _first(_("The same, for a member who was at no shift that month")),
        "at_once": lambda: _first(_("Records of one member saved within an hour")),
        "days_later": lambda: _first(_("Days from the service to the record")),
    },
    PolicyKey.LOOK_AT_CONTENT: {
        "words": lambda: forms.CharField(
            label=_("Words of what is no service"), max_length=200, help_text=_("Separated by spaces.")
        ),
        "day_deeds": lambda: _first(_("Deeds of one member on a day")),
        "more_minutes": lambda: _first(_("Minutes more than the reversed record of that day")),
        "last_months": lambda: _number(_("Last months of the year to watch"), 12),
        "over_minutes": lambda: _number(_("Minutes above the yearly duty that still count as just reached"), A_YEAR),
    },
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

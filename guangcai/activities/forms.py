"""Forms of activities. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.accounts.models import User
from guangcai.activities import recurrence
from guangcai.activities.commands import ActivityText, Repeat
from guangcai.activities.enums import ActivityKind, CancelReason, HolidayRule, Weekday
from guangcai.activities.models import Activity, ActivityTemplate
from guangcai.core.errors import RuleBroken
from guangcai.core.matters import MatterField
from guangcai.members.models import Member, ServiceKind, SkillKind
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import PartyOrganisation

DAY_INPUT = {"type": "date"}
TIME_INPUT = {"type": "time"}
TEXT_FIELDS = (
    "title",
    "kind",
    "service_kind",
    "place",
    "content",
    "conditions",
    "sign_up_method",
    "risk_note",
    "guarantee",
    "minimum_age",
    "is_deed",
    "lead_name",
    "insurance_ref",
    "held_by",
)


class NoticeForm(forms.Form):
    """The notice: what, where, risk, guarantee, and what few activities need."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    community = CommunityField(label=_("Community"))
    title = forms.CharField(label=pgettext_lazy("activity", "What"), max_length=120)
    place = forms.CharField(
        label=pgettext_lazy("activity", "Where"), max_length=120, help_text=_("The exact address, so that nobody asks.")
    )
    content = forms.CharField(label=_("What will be done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    risk_note = forms.CharField(
        label=_("Risks"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What could happen. Nothing is published without this."),
    )
    guarantee = forms.CharField(
        label=_("What is provided"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    lead_name = forms.CharField(label=_("Who leads"), max_length=60, required=False)
    conditions = forms.CharField(label=_("Who can come"), max_length=300, required=False)
    sign_up_method = forms.CharField(label=_("How to sign up"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=ActivityKind.choices, help_text=_("Only service to the community gives hours.")
    )
    service_kind = forms.ModelChoiceField(
        label=_("Kind of service"), queryset=ServiceKind.objects.all(), required=False
    )
    is_deed = forms.BooleanField(
        label=_("Counts as a deed for everybody present"),
        required=False,
        help_text=_("It answers the need of a named person or place."),
    )
    minimum_age = forms.IntegerField(label=_("Youngest age"), min_value=1, max_value=80, required=False)
    skills = forms.ModelMultipleChoiceField(
        label=_("Skills asked for"),
        queryset=SkillKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    insurance_ref = forms.CharField(label=_("Insurance number"), max_length=80, required=False)
    held_by = forms.ModelChoiceField(
        label=_("Party organisation that holds it"),
        queryset=PartyOrganisation.objects.none(),
        required=False,
        empty_label=_("The community"),
    )

    def __init__(self, *args: Any, communities: Any, holders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_by"].queryset = holders  # type: ignore[attr-defined]
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        if communities.count() == 1:
            # Nothing is asked that the system knows.
            self.fields["community"].widget = forms.HiddenInput()
            self.fields["community"].initial = communities[0].pk

    def text(self) -> ActivityText:
        return ActivityText(**{name: self.cleaned_data[name] for name in TEXT_FIELDS})


class NewNoticeForm(NoticeForm):
    """The notice of an activity that does not stand yet: it also says what it is held for."""

    matter = MatterField()


def notice_initial(source: Activity | ActivityTemplate | None) -> dict[str, Any]:
    """What the form starts with: the template's or the activity's own words."""
    if source is None:
        return {
            "kind": ActivityKind.SERVICE,
            "conditions": _("No special conditions"),
            "sign_up_method": _("On the phone, or at the community desk"),
        }
    return {name: getattr(source, name) for name in TEXT_FIELDS if hasattr(source, name)}


class TimesForm(forms.Form):
    """One shift: a day, from when to when, how many."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"))
    start_time = forms.TimeField(label=_("Start"), widget=forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"))
    end_time = forms.TimeField(label=_("End"), widget=forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"))
    places = forms.IntegerField(label=_("How many people"), min_value=1, max_value=5000)

    def starts_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["start_time"]))

    def ends_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["end_time"]))


class SeriesForm(forms.Form):
    """A repeat rule in plain words."""

    WEEKLY, MONTHLY, EITHER = "weekly", "monthly", "either"
    HOW = (
        (WEEKLY, _("Every week on")),
        (MONTHLY, _("Every month on the days")),
        (EITHER, _("Saturday or Sunday: one of the two is enough")),
    )

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    how = forms.ChoiceField(label=_("How often"), choices=HOW, widget=forms.RadioSelect, initial=WEEKLY)
    weekdays = forms.MultipleChoiceField(
        label=_("Weekdays"),
        choices=Weekday.choices,
        error_messages={"required": _("Choose at least one weekday.")},
        help_text=_("Only for “every week”."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-if": WEEKLY}),
    )
    month_days = forms.CharField(
        label=_("Days of the month"),
        max_length=200,
        error_messages={"required": _("Days of the month lie between 1 and 31.")},
        initial="5, 15, 25",
        help_text=_("Only for “every month”, for example 5, 15, 25."),
        widget=forms.TextInput(attrs={"data-if": MONTHLY}),
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"))
    start_time = forms.TimeField(label=_("Start"), widget=forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"))
    end_time = forms.TimeField(label=_("End"), widget=forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"))
    places = forms.IntegerField(label=_("How many people each time"), min_value=1, max_value=5000)
    on_holiday = forms.ChoiceField(
        label=_("When it falls on a public holiday"), choices=HolidayRule.choices, initial=HolidayRule.SKIP
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rhythm in (("weekdays", self.WEEKLY), ("month_days", self.MONTHLY)):
            self.fields[name].required = not self.is_bound or self.data.get("how") == rhythm

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors.keys() & {"how", "weekdays", "month_days"}:
            try:
                cleaned["rule"] = self._rule(cleaned)
            except RuleBroken as broken:
                self.add_error(broken.field, str(broken.message))
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and end <= start:
            self.add_error("end_time", _("The end lies before the beginning."))
        return cleaned

    def _rule(self, cleaned: dict[str, Any]) -> str:
        how = cleaned.get("how")
        if how == self.MONTHLY:
            parts = re.findall(r"[^\W_]+", cleaned.get("month_days", ""))
            return recurrence.monthly(int(part) if part.isdecimal() else 0 for part in parts)
        if how == self.EITHER:
            return recurrence.weekly([Weekday.SATURDAY, Weekday.SUNDAY])
        return recurrence.weekly(cleaned.get("weekdays", []))

    def repeat(self) -> Repeat:
        cleaned = self.cleaned_data
        day = cleaned["starts_on"]
        length = datetime.combine(day, cleaned["end_time"]) - datetime.combine(day, cleaned["start_time"])
        return Repeat(
            rule=cleaned["rule"],
            starts_on=day,
            ends_on=cleaned["ends_on"],
            start_time=cleaned["start_time"],
            minutes=length // timedelta(minutes=1),
            places=cleaned["places"],
            on_holiday=HolidayRule(cleaned["on_holiday"]),
            either=cleaned["how"] == self.EITHER,
        )


class ExtensionForm(forms.Form):
    ends_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"))


class CancelForm(forms.Form):
    """Why something is called off: everybody who signed up reads it."""

    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason.choices)
    note = forms.CharField(
        label=_("Words for those who signed up"), max_length=200, required=False, help_text=_("They are sent as typed.")
    )


class ClosingForm(forms.Form):
    """The end of a shift: heads counted, and when it really ended."""

    head_count = forms.IntegerField(
        label=_("Heads counted on site"),
        min_value=0,
        max_value=5000,
        help_text=_("Counted by eye. It stands beside the check-ins."),
    )
    end_time = forms.TimeField(
        label=_("Really ended at"), widget=forms.TimeInput(attrs=TIME_INPUT, format="%H:%M"), required=False
    )

    def ended_at(self, shift_start: datetime) -> datetime | None:
        if self.cleaned_data["end_time"] is None:
            return None
        return timezone.make_aware(datetime.combine(localdate(shift_start), self.cleaned_data["end_time"]))


class OutcomeForm(forms.Form):
    """One line of what was achieved: what, how much, in which unit of measure (A41)."""

    name = forms.CharField(label=_("What came of it"), max_length=60, required=False)
    quantity = forms.IntegerField(label=_("Amount"), min_value=0, max_value=10_000_000, required=False)
    unit = forms.CharField(label=_("Unit of measure"), max_length=12, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [bool(cleaned.get("name")), cleaned.get("quantity") is not None, bool(cleaned.get("unit"))]
        if any(given) and not all(given):
            raise forms.ValidationError(_("Fill in what, how much and the unit of measure, or leave the line empty."))
        return cleaned


OutcomeFormSet = forms.formset_factory(OutcomeForm, extra=3, max_num=20)


class PaperForm(forms.Form):
    """A paper list typed later: why, who else was there, and who was present."""

    reason = forms.CharField(label=_("Why is it typed only now"), max_length=200)
    witness = forms.ModelChoiceField(
        label=_("Second person who was there"),
        queryset=User.objects.none(),
        help_text=_("A colleague who can vouch for the list."),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Present according to the list"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, witnesses: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["witness"].queryset = witnesses  # type: ignore[attr-defined]
        self.fields["members"].queryset = members  # type: ignore[attr-defined]

"""Objections and their answers, the street's checks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.ledger.commands import Correction
from guangcai.ledger.enums import ObjectionOutcome, SampleResult
from guangcai.ledger.forms.fields import TimeSpanForm, check_year


class ObjectionForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: I stayed until 11:30."),
    )


class AnswerForm(TimeSpanForm):
    """Keep it, correct it, or take it out: the last two write new records and leave the old one visible."""

    TAKEN_OUT = "taken_out"
    OUTCOMES = (
        (ObjectionOutcome.KEPT, _("The record is right: keep it")),
        (ObjectionOutcome.CORRECTED, _("Correct it as written below")),
        (TAKEN_OUT, _("It did not take place: take it out")),
    )
    outcome = forms.ChoiceField(label=_("What did you find?"), choices=OUTCOMES, widget=forms.RadioSelect)
    answer = forms.CharField(label=_("Answer to the member"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("outcome", "answer", "day", "begins", "ends", "minutes", "deeds")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        corrects = self.data.get("outcome") == ObjectionOutcome.CORRECTED
        for name in ("day", "begins", "ends", "minutes", "deeds"):
            self.fields[name].widget.attrs["data-if"] = ObjectionOutcome.CORRECTED.value
            self.fields[name].required = self.fields[name].required and (corrects or not self.is_bound)

    def correction(self) -> Correction | None:
        """What a valid form asks for; None to keep the record."""
        match self.cleaned_data["outcome"]:
            case ObjectionOutcome.KEPT:
                return None
            case ObjectionOutcome.CORRECTED:
                starts_at, ends_at, minutes = self.span()
                return Correction(starts_at, ends_at, minutes, int(self.cleaned_data["deeds"]))
            case _:
                return Correction(minutes=0)


class CheckForm(forms.Form):
    result = forms.ChoiceField(label=_("Result"), choices=SampleResult.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whom you asked and what they said. Needed unless it was found true."),
    )


class MonthForm(forms.Form):
    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        validators=[check_year],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )

"""What people type about feedback and appraisal: very little, the rest is computed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import Answer, ExemptionKind, Opinion

DAY = forms.DateInput(attrs={"type": "date"})


class AnswerForm(forms.Form):
    """What the work unit answers."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Answer.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is wrong"),
        required=False,
        max_length=300,
        help_text=_("Only when you dispute the sheet."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TextForm(forms.Form):
    """One text with its own label."""

    text = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: Any, required: bool = True, most: int = 300, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].required = required
        self.fields["text"].max_length = most  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    on = forms.DateField(label=_("Handed over on"), widget=DAY)


class OpinionForm(forms.Form):
    opinion = forms.ChoiceField(label=_("The community's opinion"), choices=Opinion.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("In words"), required=False, max_length=300)


class ExemptionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Reason"), choices=ExemptionKind.choices)
    since = forms.DateField(label=_("From"), widget=DAY)
    until = forms.DateField(
        label=_("Until"), required=False, widget=DAY, help_text=_("The first day on which the member owes again.")
    )


class DutyElsewhereForm(forms.Form):
    hours = forms.DecimalField(label=_("Hours"), min_value=0, max_value=8784, decimal_places=2, initial=0)
    deeds = forms.IntegerField(label=_("Deeds"), min_value=0, max_value=999, initial=0)
    proof = forms.CharField(label=_("Proof"), max_length=200, help_text=_("Who certified it, and its number."))

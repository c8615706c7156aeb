"""Forms of one or two questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.members.forms.person import DayInput
from guangcai.members.rules import REASON_LENGTH
from guangcai.orgs.models import Node


class ReasonForm(forms.Form):
    """Why a full phone number is needed."""

    reason = forms.CharField(
        max_length=REASON_LENGTH, label=_("What do you need the number for?"), help_text=_("It is written down.")
    )


class DeclineForm(forms.Form):
    """Why a slip goes back."""

    reason = forms.CharField(
        max_length=REASON_LENGTH,
        label=_("Reason"),
        help_text=_("Such as: lives in another community, phone number does not answer."),
    )


class ExportForm(forms.Form):
    """What a list is for: asked for only when it is long."""

    reason = forms.CharField(max_length=REASON_LENGTH, required=False, label=_("What is the list for?"))

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


class RegisterForm(forms.Form):
    """Whose register, as of which day."""

    community = forms.ModelChoiceField(queryset=Node.objects.none(), label=_("Community"), to_field_name="code")
    on = forms.DateField(label=_("As of"), widget=DayInput())

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities


class MergeForm(forms.Form):
    """Which of the two records stays."""

    kept = forms.ChoiceField(choices=[("first", ""), ("second", "")], widget=forms.HiddenInput)

"""Forms of rights."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.phones import normalise
from guangcai.orgs.forms.fields import DayField
from guangcai.orgs.roles import Role


class GrantForm(forms.Form):
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("Only for somebody who has no account yet: one is made with this phone."),
    )
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    since = DayField(label=_("From"), required=False, help_text=_("Empty: from today."))
    until = DayField(label=_("Until before"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.value, role.label) for role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["role"].initial = choices[0][0]

    def clean_phone(self) -> str:
        try:
            return normalise(self.cleaned_data["phone"])
        except RuleBroken as broken:
            raise ValidationError(str(broken)) from broken


class EndGrantForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)

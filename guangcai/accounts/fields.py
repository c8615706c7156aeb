"""The form field for a phone number: any notation in, one stored form out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.phones import normalise


class PhoneField(forms.CharField):
    """Cleans to E.164. Bare Chinese numbers, spaces, dashes, +86 and full-width digits are all fine."""

    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "autocapitalize": "off", "maxlength": "40"}
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalise(text)
        except RuleBroken as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

"""Asking for a certificate, and checking one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.ledger.forms.fields import DayField


class PeriodForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))


class VerificationForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the certificate"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    initial_of_name = forms.CharField(
        label=_("Surname"),
        max_length=4,
        help_text=_("Its first character, or the first letter of its pinyin."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

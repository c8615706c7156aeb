"""What a statistic is asked: place, dimensions, day or period (everything stands in the URL); whose papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.orgs.models import Node
from guangcai.reports.enums import FormCode, Part
from guangcai.reports.statistics import Statistic
from guangcai.reports.wording import DIMENSION_WORDS


class QuestionForm(forms.Form):
    """GET form of one statistic; `nodes` are the places the asker may count."""

    node = forms.ModelChoiceField(Node.objects.none(), label=_("Place"), required=False)
    by = forms.MultipleChoiceField(
        label=_("Broken down by"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    on = forms.DateField(label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, statistic: Statistic, nodes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["by"].choices = [(name, DIMENSION_WORDS[name]) for name in statistic.dimensions]  # type: ignore[attr-defined]
        if not statistic.has_period:
            del self.fields["since"], self.fields["until"]


class PlaceForm(forms.Form):
    """Which community, which year."""

    community = forms.ModelChoiceField(queryset=Node.objects.none(), label=_("Community"), to_field_name="code")
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2099)

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]


class PrintForm(PlaceForm):
    """The same, with the key of the print, and what it is for when it is much."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("What is the list for?"), max_length=200, required=False)


class FormSetForm(forms.Form):
    """Which forms make the set: three forms and one file, of those the program prints."""

    node = forms.ModelChoiceField(queryset=Node.objects.none(), label=pgettext_lazy("form", "For"))
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("For example the notice in which the set stands."),
    )

    def __init__(self, *args: Any, nodes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        for code in FormCode:
            self.fields[f"part-{code}"] = forms.ChoiceField(
                label=code.label, choices=[("", _("Not in the set")), *Part.choices], required=False
            )

    def chosen(self, part: Part) -> list[FormCode]:
        return [code for code in FormCode if self.cleaned_data.get(f"part-{code}") == part]

    def rows(self) -> list[Any]:
        return [self[f"part-{code}"] for code in FormCode]

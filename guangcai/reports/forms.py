"""What a statistic is asked: place, dimensions, day or period. Everything stands in the URL."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.orgs.models import Node
from guangcai.reports.statistics import DIMENSION_WORDS, Statistic


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

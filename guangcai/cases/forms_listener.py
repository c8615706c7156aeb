"""The form that adds another system."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.outward import LONGEST
from guangcai.orgs.models import Node


class ListenerForm(forms.Form):
    """Who is told, where, and of the requests of which place."""

    name = forms.CharField(label=pgettext_lazy("listener", "Name of the other system"), max_length=60)
    url = forms.CharField(
        label=pgettext_lazy("listener", "Address of its calls"),
        max_length=LONGEST,
        help_text=_("https://…, given by whoever runs that system."),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
    )
    node = forms.ModelChoiceField(
        label=pgettext_lazy("listener", "Requests of"), queryset=Node.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]

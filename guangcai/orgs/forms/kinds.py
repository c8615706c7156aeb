"""Forms of the lists the district keeps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.core.kinds import KindList
from guangcai.orgs.commands.kinds import LONGEST_NAME, LONGEST_SOURCE


class KindNameForm(forms.Form):
    """What a kind is called."""

    name = forms.CharField(label=pgettext_lazy("kind", "Name"), max_length=LONGEST_NAME)


class KindForm(KindNameForm):
    """A kind more: its name, and what its list asks besides."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    source = forms.CharField(
        label=_("Source"),
        max_length=LONGEST_SOURCE,
        required=False,
        help_text=_("The paper that names it, if there is one."),
    )
    field_order = ("id", "name")

    def __init__(self, *args: Any, kinds: KindList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields.pop("source")
        self.fields |= {**kinds.fields(), "source": source}

"""Forms of the lists the district keeps."""

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.core.kinds import KindList
from guangcai.orgs.commands.kinds import LONGEST_NAME


class KindNameForm(forms.Form):
    """What a kind is called."""

    name = forms.CharField(label=pgettext_lazy("kind", "Name"), max_length=LONGEST_NAME)


class KindForm(KindNameForm):
    """A kind more: its name, and what its list asks besides."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)

    def __init__(self, *args: Any, kinds: KindList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= kinds.fields()

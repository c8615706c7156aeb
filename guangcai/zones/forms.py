"""Forms of zones. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import Node
from guangcai.zones import rules
from guangcai.zones.commands import Paper
from guangcai.zones.enums import OF_THE_TREE, ZoneEnd, ZoneKind


def _offer(field: Any, communities: QuerySet[Node]) -> None:
    field.queryset = communities
    if len(communities) == 1:
        # Nothing is asked that the system knows.
        field.widget, field.initial = forms.HiddenInput(), communities[0].pk


class PlacesForm(forms.Form):
    """Which places of a community become zones: all that have none, by kind."""

    community = CommunityField(label=_("Community"))
    kinds = forms.MultipleChoiceField(
        label=_("A zone for every"), choices=(), widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, communities: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["community"], communities)
        self.fields["kinds"].choices = [(one.value, one.label) for one in OF_THE_TREE]  # type: ignore[attr-defined]
        self.fields["kinds"].error_messages["required"] = _("Tick at least one kind of place.")

    def chosen(self) -> list[ZoneKind]:
        return [ZoneKind(code) for code in self.cleaned_data["kinds"]]


class LotForm(forms.Form):
    """A zone that is no place of the tree."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    community = CommunityField(label=_("Community"))
    name = forms.CharField(
        label=pgettext_lazy("zone", "Name of the lot"),
        max_length=60,
        help_text=_("As people call it: the green before building 3, the car park at the north gate."),
    )

    def __init__(self, *args: Any, communities: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["community"], communities)


class DutiesForm(forms.Form):
    duties = forms.CharField(
        label=_("What is to be done in the zone"),
        max_length=rules.LONGEST_DUTIES,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SignatureForm(forms.Form):
    """The member signs on the screen."""

    name = forms.CharField(
        label=_("Sign with your name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PaperForm(forms.Form):
    """The desk notes a paper that was signed."""

    signed_on = forms.DateField(
        label=_("Date under the signature"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("How it was signed"),
        max_length=rules.LONGEST_NOTE,
        help_text=_("For example: signed at the counter, the original is kept in the file."),
    )

    def paper(self) -> Paper:
        return Paper(signed_on=self.cleaned_data["signed_on"], note=self.cleaned_data["note"])


class EndZoneForm(forms.Form):
    """Why it is no zone any more; whoever holds it is told."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ZoneEnd.choices)

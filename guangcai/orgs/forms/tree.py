"""Forms of the tree."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.actor import Actor
from guangcai.orgs.enums import CommunityType, Level
from guangcai.orgs.forms.fields import DayField, NodeField, for_actor
from guangcai.orgs.models import Node
from guangcai.orgs.rules import LOCAL_LEVELS


class NodeForm(forms.Form):
    level = forms.ChoiceField(label=_("Level"))
    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=80)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("The 12-digit division code. Below the community it may stay empty: the next number is taken."),
    )
    valid_from = DayField(label=_("In force from"), required=False)
    urban_rural_class = forms.CharField(label=_("Urban-rural class"), max_length=3, required=False)

    def __init__(self, *args: Any, parent: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = Level(parent.level)
        levels = [level for level in Level if level.rank > above.rank]
        if above.rank < Level.COMMUNITY.rank:
            levels = [level for level in levels if level not in LOCAL_LEVELS]
        self.fields["level"].choices = [(level.value, level.label) for level in levels]  # type: ignore[attr-defined]


class NameForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=80)


class MoveForm(forms.Form):
    parent = NodeField(label=_("New place above"), help_text=_("Type the name or the code."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["parent"])


class MergeForm(forms.Form):
    successor = NodeField(label=_("Merges into"), help_text=_("Type the name or the code."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["successor"])


class ProfileForm(forms.Form):
    community_type = forms.ChoiceField(label=_("Community type"), choices=CommunityType.choices)
    type_reason = forms.CharField(label=_("Why this type"), max_length=200, required=False)
    brand_name = forms.CharField(label=_("Brand"), max_length=60, required=False)
    brand_note = forms.CharField(
        label=_("What stands behind the brand"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Confirmation(forms.Form):
    """Nothing to fill in: only to say yes."""

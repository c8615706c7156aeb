"""Fields that several forms of the roster share."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.core.phones import normalise
from guangcai.core.scoping import under
from guangcai.core.text import clean
from guangcai.members.enums import DayPart
from guangcai.members.models import Member, ServiceKind
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.rules import LOCAL_LEVELS

# A longer list of suggestions costs a phone more than typing the name.
MOST_SUGGESTIONS = 300


class PhoneField(forms.CharField):
    """A phone in any notation, checked and stored in one form; "" when it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone"))
        kwargs.setdefault("max_length", 40)
        attributes = {"inputmode": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return normalise(text)
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class WorkUnitField(forms.CharField):
    """A unit by its name, short name or alias, with suggestions while typing. `cleaned_data` holds the WorkUnit, or
    None; a name nobody knows is an error unless `unknown_is_fine`, then the form reads it from `typed`."""

    def __init__(self, *, unknown_is_fine: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Work unit"))
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)
        self.unknown_is_fine = unknown_is_fine

    def clean(self, value: Any) -> WorkUnit | None:
        name = clean(str(super().clean(value)))
        if not name:
            return None
        units = WorkUnit.objects.filter(ended_on=None)
        found = units.filter(Q(name=name) | Q(short_name=name) | Q(aliases__contains=[name])).order_by("pk").first()
        if found is None and not self.unknown_is_fine:
            raise forms.ValidationError(_("No work unit has this name. Choose one from the list."))
        return found


def suggested_units(path: str) -> list[str]:
    """Names of units overseen at the places above and below `path`, for a datalist."""
    above = ["/" + "/".join(path.strip("/").split("/")[:end]) + "/" for end in range(1, path.count("/"))]
    units = WorkUnit.objects.filter(Q(path__in=above) | under("path", [path]), ended_on=None)
    return list(units.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTIONS])


def buildings_of(community: Node) -> "QuerySet[Node]":
    """Compounds, buildings and stairwells of a community, in the order of their codes."""
    below = Node.objects.filter(under("path", [community.path]), level__in=LOCAL_LEVELS, valid_to=None)
    return below.order_by("code")


@dataclass(frozen=True)
class Offer:
    """One kind of service on a form: its box, and under it the times that suit for this kind."""

    choice: BoundWidget
    times: BoundField


class IntentionsMixin(forms.Form):
    """Kinds of service, and for each the times that suit: tick what you like, then when, right under it."""

    kinds = forms.ModelMultipleChoiceField(
        queryset=ServiceKind.objects.none(),
        required=False,
        label=_("What would you like to help with?"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        to_field_name="code",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = ServiceKind.objects.all()
        self.fields["kinds"].queryset = offered
        for kind in offered:
            self.fields[times_of(kind.code)] = forms.MultipleChoiceField(
                choices=DayPart.choices,
                required=False,
                label=_("%(kind)s: when does it suit?") % {"kind": kind.name},
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            )

    @property
    def offers(self) -> list[Offer]:
        """Every kind with its times, in the order of the district's list."""
        return [Offer(box, self[times_of(str(box.data["value"]))]) for box in self["kinds"].subwidgets]

    def intentions(self) -> dict[ServiceKind, tuple[DayPart, ...]]:
        """Each chosen kind with its own times; times under a box that is not ticked count for nothing."""
        said = self.cleaned_data
        return {kind: tuple(DayPart(time) for time in said[times_of(kind.code)]) for kind in said["kinds"]}


def times_of(code: str) -> str:
    """The field that holds the times of one kind of service."""
    return f"times_{code}"


def intentions_of(member: Member) -> dict[str, Any]:
    """What the member offers on record, as initial values of the form. One query."""
    held = list(member.intentions.select_related("kind"))
    return {"kinds": [row.kind.code for row in held]} | {times_of(row.kind.code): row.times for row in held}

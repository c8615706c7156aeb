"""Forms of work units, Party organisations and office holders."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.actor import Actor
from guangcai.core.text import is_blank
from guangcai.orgs.enums import Level, OfficeSource, PartyLevel, PartyPresence, WorkUnitKind
from guangcai.orgs.forms.fields import DayField, NodeField, for_actor
from guangcai.orgs.models import PartyOrganisation, WorkUnit


class WorkUnitForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("unit", "Name"), max_length=120)
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=WorkUnitKind.choices)
    node = NodeField(label=_("Overseen at"), help_text=_("Usually the district. Type the name or the code."))
    aliases = forms.CharField(
        label=_("Other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Rosters are matched by them too."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["node"])

    def clean_aliases(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["aliases"].splitlines() if not is_blank(line)]


class ResidenceForm(forms.Form):
    community = NodeField(label=_("Community"), level=Level.COMMUNITY, help_text=_("Type the name or the code."))
    since = DayField(label=_("From"), required=False, help_text=_("Empty: from today."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["community"])


class PartyOrganisationForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("unit", "Name"), max_length=120)
    level = forms.ChoiceField(label=_("Level"), choices=PartyLevel.choices)
    parent = forms.ModelChoiceField(
        label=_("Organisation above"), queryset=PartyOrganisation.objects.none(), required=False
    )
    node = NodeField(label=_("Stands in the place"), required=False, help_text=_("Type the name or the code."))
    work_unit = forms.ModelChoiceField(
        label=_("Stands in the work unit"), queryset=WorkUnit.objects.none(), required=False
    )
    founded_on = DayField(label=_("Founded on"))

    def __init__(self, *args: Any, actor: Actor, parents: QuerySet[PartyOrganisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["node"])
        self.fields["parent"].queryset = parents.order_by("name")  # type: ignore[attr-defined]
        units = WorkUnit.objects.visible_to(actor).filter(ended_on=None).order_by("name")
        self.fields["work_unit"].queryset = units  # type: ignore[attr-defined]


class OfficeHolderForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    office = forms.CharField(label=_("Office"), max_length=60)
    source = forms.ChoiceField(label=_("Came to it by being"), choices=OfficeSource.choices)
    since = DayField(label=_("From"))
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False, min_value=1900, max_value=2100)
    education = forms.CharField(label=_("Education"), max_length=40, required=False)


class InstructorForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    since = DayField(label=_("From"))


class WorkUnitFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=WorkUnitKind.choices, empty_label=_("All"))
    presence = django_filters.ChoiceFilter(
        label=_("Party in new organisations"), choices=PartyPresence.choices, method="in_presence", empty_label=_("All")
    )

    class Meta:
        model = WorkUnit
        fields = ["kind"]

    def in_presence(self, units: Any, name: str, value: str) -> QuerySet[WorkUnit]:
        found: QuerySet[WorkUnit] = units.new_organisations(localdate()).filter(presence=value)
        return found


class PartyOrganisationFilter(django_filters.FilterSet):
    level = django_filters.ChoiceFilter(label=_("Level"), choices=PartyLevel.choices, empty_label=_("All"))

    class Meta:
        model = PartyOrganisation
        fields = ["level"]

"""Forms of the dated links: a new work unit, a Party relation, a home; and the end of a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.members.forms.fields import WorkUnitField, buildings_of, suggested_units
from guangcai.members.forms.person import NOT_SAID, DayInput
from guangcai.members.models import Member
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node, PartyOrganisation


class _Dated(forms.Form):
    since = forms.DateField(label=_("Since"), widget=DayInput())


class EmploymentForm(_Dated):
    """The new unit; the one before ends on the same day. Empty: he works nowhere from that day."""

    work_unit = WorkUnitField(required=False, help_text=_("Leave it empty when the member has left work."))
    field_order = ("work_unit", "since")

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["work_unit"].widget.attrs["list"] = "units"
        self.units = suggested_units(member.path)


class RelationForm(_Dated):
    """Where the formal Party relation is kept: by name, as organisations are known here."""

    party_organisation = forms.ModelChoiceField(
        queryset=PartyOrganisation.objects.none(), label=_("Party organisation")
    )
    field_order = ("party_organisation", "since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party_organisation"].queryset = PartyOrganisation.objects.filter(ended_on=None).order_by("name")


class HomeForm(_Dated):
    """The community he lives in now, and the building."""

    community = forms.ModelChoiceField(queryset=Node.objects.none(), label=_("Community"), to_field_name="code")
    building = forms.ModelChoiceField(
        queryset=Node.objects.none(), required=False, label=_("Building"), empty_label=NOT_SAID[1], to_field_name="code"
    )
    field_order = ("community", "building", "since")

    def __init__(self, *args: Any, actor: Any, permission: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communities = communities_of(actor, permission)
        self.fields["community"].queryset = communities
        only = list(communities[:2])
        if len(only) == 1:
            self.fields["community"].initial = only[0].code
            self.fields["building"].queryset = buildings_of(only[0])
        else:
            del self.fields["building"]


class EndForm(forms.Form):
    """Why a record leaves the roster."""

    reason = forms.CharField(
        max_length=120, label=_("Reason"), help_text=_("Such as: moved to another city, died, left the Party.")
    )

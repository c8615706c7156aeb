"""Report slips: at the door by phone, at the desk, and the proof that lets a phone be filled in beforehand."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.ids import new_id
from guangcai.members.forms.fields import IntentionsMixin, PhoneField, WorkUnitField, buildings_of, suggested_units
from guangcai.members.forms.person import NOT_SAID
from guangcai.members.models import Occupation
from guangcai.members.slips import SlipForm
from guangcai.orgs.models import Node


class DoorForm(IntentionsMixin):
    """What the person at the door fills in: under a minute, one screen after the other on a phone."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(max_length=60, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = PhoneField()
    work_unit = WorkUnitField(
        required=False, unknown_is_fine=True, help_text=_("Type a few characters and choose. Not there? Type the name.")
    )
    building = forms.ModelChoiceField(
        queryset=Node.objects.none(), required=False, label=_("Building"), empty_label=NOT_SAID[1], to_field_name="code"
    )
    occupation = forms.ModelChoiceField(
        queryset=Occupation.objects.none(),
        required=False,
        label=_("Occupation"),
        empty_label=NOT_SAID[1],
        to_field_name="code",
    )
    consent = forms.BooleanField(
        label=_("I have read the privacy notice and agree"),
        error_messages={"required": _("Read the privacy notice and agree to it.")},
    )
    wants_account = forms.BooleanField(required=False, label=_("I want to sign in with this phone and see my record"))

    field_order = ("id", "name", "phone", "work_unit", "building", "occupation", "kinds", "consent")

    def __init__(self, *args: Any, community: Node, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("id", new_id())
        super().__init__(*args, **kwargs)
        self.fields["occupation"].queryset = Occupation.objects.all()
        buildings = buildings_of(community)
        self.fields["building"].queryset = buildings
        if not buildings.exists():
            del self.fields["building"]
        self.fields["work_unit"].widget.attrs["list"] = "units"
        self.units = suggested_units(community.path)

    def slip(self, *, notice: str, now: datetime) -> SlipForm:
        """The filled-in slip; agreed to `notice` now, if the box is ticked."""
        said = self.cleaned_data
        unit, building = said["work_unit"], said.get("building")
        return SlipForm(
            name=said["name"],
            phone=said["phone"],
            occupation=said["occupation"].code if said["occupation"] else "",
            work_unit_id=unit.pk if unit else None,
            work_unit_name="" if unit else str(self.data.get(self.add_prefix("work_unit"), ""))[:120],
            building_id=building.pk if building else None,
            intentions={kind.code: tuple(times) for kind, times in self.intentions().items()},
            notice=notice if said["consent"] else "",
            consented_at=now if said["consent"] else None,
            wants_account=said["wants_account"],
        )


class DeskSlipForm(DoorForm):
    """The same slip written by the desk for somebody who stands there: elders, people without a phone."""

    phone = PhoneField(required=False)
    consent = forms.BooleanField(required=False, label=_("The member has heard the privacy notice and agrees"))

    def __init__(self, *args: Any, community: Node, **kwargs: Any) -> None:
        super().__init__(*args, community=community, **kwargs)
        del self.fields["wants_account"]

    def slip(self, *, notice: str, now: datetime) -> SlipForm:
        self.cleaned_data.setdefault("wants_account", False)
        return super().slip(notice=notice, now=now)


class PhoneForm(forms.Form):
    """Whose data shall be filled in: the number that a code is sent to."""

    phone = PhoneField(help_text=_("We send a code by short message. Nothing is shown without it."))


class CodeForm(forms.Form):
    """Six digits: from the short message, or printed on the invitation."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("Six-digit code"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

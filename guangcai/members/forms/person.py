"""The register's five groups as a form, and the part of it that a member mends himself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.ids import new_id
from guangcai.core.phones import mask
from guangcai.members.commands import SkillGiven
from guangcai.members.enums import Gender, MemberCategory, MemberType
from guangcai.members.forms.fields import (
    IntentionsMixin,
    PhoneField,
    WorkUnitField,
    buildings_of,
    intentions_of,
    suggested_units,
)
from guangcai.members.models import Member, Occupation, SkillKind
from guangcai.members.rules import FIELDS
from guangcai.orgs.models import Node

# Kept sealed, and shown only after a reason.
SEALED = ("phone", "address")
NOT_SAID = ("", _("Not said"))


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class MemberForm(IntentionsMixin):
    """All five groups. For a new record also the unit, the building and the consent."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(max_length=60, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    gender = forms.ChoiceField(choices=[NOT_SAID, *Gender.choices], required=False, label=_("Sex"))
    birth_date = forms.DateField(required=False, label=_("Date of birth"), widget=DayInput())
    joined_party_on = forms.DateField(required=False, label=_("Joined the Party on"), widget=DayInput())
    member_type = forms.ChoiceField(choices=MemberType.choices, label=_("Type"))
    category = forms.ChoiceField(choices=[NOT_SAID, *MemberCategory.choices], required=False, label=_("Category"))
    national_volunteer_no = forms.CharField(max_length=40, required=False, label=_("National volunteer number"))
    occupation = forms.ModelChoiceField(
        queryset=Occupation.objects.none(), required=False, label=_("Occupation"), empty_label=NOT_SAID[1]
    )
    job_title = forms.CharField(max_length=60, required=False, label=_("Post at work"))
    phone = PhoneField(required=False)
    address = forms.CharField(max_length=120, required=False, label=_("Address inside the building"))
    work_unit = WorkUnitField(required=False)
    building = forms.ModelChoiceField(
        queryset=Node.objects.none(), required=False, label=_("Building"), empty_label=NOT_SAID[1]
    )
    forget_contact = forms.BooleanField(required=False, label=_("Delete the phone and address on record"))
    has_consented = forms.BooleanField(required=False, label=_("The member has heard the privacy notice and agrees"))

    def __init__(self, *args: Any, member: Member | None = None, community: Node | None = None, **kwargs: Any) -> None:
        if member is not None:
            kwargs["initial"] = _initial(member)
        else:
            kwargs.setdefault("initial", {}).update(id=new_id(), member_type=MemberType.IN_SERVICE)
        super().__init__(*args, **kwargs)
        self.fields["occupation"].queryset = Occupation.objects.all()
        self.units: list[str] = []
        if member is not None:
            for name in ("id", "work_unit", "building", "has_consented"):
                del self.fields[name]
            keep_contact(self, member)
        elif community is not None:
            del self.fields["forget_contact"]
            self.fields["building"].queryset = buildings_of(community)
            self.fields["work_unit"].widget.attrs["list"] = "units"
            self.units = suggested_units(community.path)

    def changes(self) -> dict[str, Any]:
        """Columns of the register, as the commands take them."""
        said = {name: value for name, value in self.cleaned_data.items() if name in FIELDS}
        if "forget_contact" not in self.fields:
            return said
        if self.cleaned_data["forget_contact"]:
            return {**said, "phone": "", "address": ""}
        return {name: value for name, value in said.items() if value or name not in SEALED}


def keep_contact(form: forms.Form, member: Member) -> None:
    """Phone and address are not shown in a form that anybody at the desk opens: empty keeps what is on record."""
    form.fields["phone"].required = False
    if member.phone:
        form.fields["phone"].help_text = _("On record: %(phone)s. Leave it empty to keep it.") % {
            "phone": mask(member.phone)
        }
    if member.address:
        form.fields["address"].help_text = _("One is on record. Leave it empty to keep it.")


def _initial(member: Member) -> dict[str, Any]:
    fields = {name: getattr(member, name) for name in FIELDS if name not in SEALED}
    return {**fields, **intentions_of(member)}


class SkillForm(forms.Form):
    """One skill with its certificate; an empty line is no skill."""

    kind = forms.ModelChoiceField(queryset=SkillKind.objects.none(), required=False, label=_("Skill"))
    certificate = forms.CharField(max_length=80, required=False, label=_("Certificate"))
    expires_on = forms.DateField(required=False, label=_("Valid until"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = SkillKind.objects.all()

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        kind = said.get("kind")
        if kind and kind.needs_certificate and not said.get("certificate"):
            self.add_error("certificate", _("This skill needs a certificate."))
        if not kind and (said.get("certificate") or said.get("expires_on")):
            self.add_error("kind", _("Choose the skill."))
        return said


_SkillFormSet = forms.formset_factory(SkillForm, extra=2, max_num=40)


class SkillFormSet(_SkillFormSet):  # type: ignore[misc,valid-type]
    """The skills of one member, two empty lines below."""

    def __init__(self, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        held = member.skills.select_related("kind").order_by("kind__position") if member else []
        initial = [{"kind": row.kind, "certificate": row.certificate, "expires_on": row.expires_on} for row in held]
        super().__init__(*args, prefix="skills", initial=initial, **kwargs)


def skills_given(formset: SkillFormSet) -> list[SkillGiven]:
    """The filled lines of a valid formset."""
    lines = [form.cleaned_data for form in formset.forms if form.cleaned_data.get("kind")]
    return [SkillGiven(line["kind"], line["certificate"], line["expires_on"]) for line in lines]


class OwnForm(IntentionsMixin):
    """What a member mends himself: contact and what he would like to do."""

    phone = PhoneField()
    address = forms.CharField(max_length=120, required=False, label=_("Address inside the building"))
    job_title = forms.CharField(max_length=60, required=False, label=_("Post at work"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(member), **kwargs)
        keep_contact(self, member)

    def changes(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("phone", "address", "job_title")}
        return {name: value for name, value in said.items() if value or name not in SEALED}

"""Forms of the roster: parsing and words, never writing."""

from guangcai.members.forms.fields import intentions_of
from guangcai.members.forms.filters import MemberFilter
from guangcai.members.forms.links import EmploymentForm, EndForm, HomeForm, RelationForm
from guangcai.members.forms.person import MemberForm, OwnForm, SkillFormSet, skills_given
from guangcai.members.forms.report_in import CodeForm, DeskSlipForm, DoorForm, PhoneForm
from guangcai.members.forms.short import DeclineForm, ExportForm, MergeForm, ReasonForm, RegisterForm

__all__ = [
    "CodeForm",
    "DeclineForm",
    "DeskSlipForm",
    "DoorForm",
    "EmploymentForm",
    "EndForm",
    "ExportForm",
    "HomeForm",
    "MemberFilter",
    "MemberForm",
    "MergeForm",
    "OwnForm",
    "PhoneForm",
    "ReasonForm",
    "RegisterForm",
    "RelationForm",
    "SkillFormSet",
    "intentions_of",
    "skills_given",
]

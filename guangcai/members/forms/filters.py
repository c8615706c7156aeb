"""What a roster can be narrowed by; every filter lives in the URL."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guangcai.core.permissions import Permission
from guangcai.members.enums import MemberCategory, MemberType
from guangcai.members.models import Employment, Member, Occupation, ServiceKind, SkillKind
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node, WorkUnit

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _places(request: Any) -> "QuerySet[Node]":
    return communities_of(request.actor, Permission.ROSTER_VIEW) if request else Node.objects.none()


def _units(request: Any) -> "QuerySet[WorkUnit]":
    return WorkUnit.objects.visible_to(request.actor).filter(ended_on=None).order_by("name")


class MemberFilter(django_filters.FilterSet):
    """Community, unit, occupation, type, category, skill, intention, reported in, account."""

    community = django_filters.ModelChoiceFilter(
        queryset=_places, label=_("Community"), empty_label=_("All communities"), to_field_name="code"
    )
    unit = django_filters.ModelChoiceFilter(
        queryset=_units, label=_("Work unit"), empty_label=_("All work units"), method="of_unit"
    )
    occupation = django_filters.ModelChoiceFilter(
        queryset=Occupation.objects.all(), label=_("Occupation"), empty_label=_("All occupations"), to_field_name="code"
    )
    member_type = django_filters.ChoiceFilter(choices=MemberType.choices, label=_("Type"), empty_label=_("All types"))
    category = django_filters.ChoiceFilter(
        choices=MemberCategory.choices, label=_("Category"), empty_label=_("All categories")
    )
    skill = django_filters.ModelChoiceFilter(
        queryset=SkillKind.objects.all(),
        field_name="skills__kind",
        label=_("Skill"),
        empty_label=_("All skills"),
        to_field_name="code",
    )
    intention = django_filters.ModelChoiceFilter(
        queryset=ServiceKind.objects.all(),
        field_name="intentions__kind",
        label=_("Would help with"),
        empty_label=_("Any service"),
        to_field_name="code",
    )
    reported_in = django_filters.ChoiceFilter(
        choices=YES_NO, label=_("Reported in"), empty_label=_("Reported in or not"), method="with_residence"
    )
    account = django_filters.ChoiceFilter(
        choices=YES_NO, label=_("Account"), empty_label=_("With or without account"), method="with_account"
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def of_unit(self, members: Any, name: str, value: WorkUnit) -> Any:
        employed = Employment.objects.filter(work_unit=value, until=None)
        return members.filter(pk__in=employed.values("member"))

    def with_residence(self, members: Any, name: str, value: str) -> Any:
        return members.filter(community__isnull=value == "no")

    def with_account(self, members: Any, name: str, value: str) -> Any:
        return members.filter(has_account=value == "yes")

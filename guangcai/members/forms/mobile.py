"""Forms and filters of mobile members."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core.permissions import Permission
from guangcai.members.enums import ContactWay, MobileDirection, MobileEnd
from guangcai.members.forms.person import DayInput
from guangcai.members.models import Member, MobileRegistration
from guangcai.members.queries.mobile import mobile_branches, overdue
from guangcai.orgs.models import PartyOrganisation


class MobileForm(forms.Form):
    """Which way round, since when, until when, from or to where, and the mobile branch that takes him in."""

    direction = forms.ChoiceField(choices=MobileDirection.choices, label=_("Which way round"))
    since = forms.DateField(label=_("Since"), widget=DayInput())
    expected_until = forms.DateField(
        required=False,
        label=_("Expected until"),
        widget=DayInput(),
        help_text=_("Half a year or later; empty when nobody knows."),
    )
    elsewhere = forms.CharField(
        max_length=120,
        label=_("Home branch, or where to"),
        help_text=_("Such as: branch of a factory in another city; works in Shenzhen."),
    )
    branch = forms.ModelChoiceField(
        queryset=PartyOrganisation.objects.none(),
        required=False,
        label=_("Mobile branch"),
        empty_label=_("None"),
        help_text=_("The branch in whose life he takes part."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since": localdate()}, **kwargs)
        self.fields["branch"].queryset = mobile_branches([member.path])


class ContactForm(forms.Form):
    """When and how somebody was in contact."""

    on = forms.DateField(label=_("Date"), widget=DayInput())
    way = forms.ChoiceField(choices=ContactWay.choices, label=_("How"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": localdate()}, **kwargs)


class MobileEndForm(forms.Form):
    """Why and since when he is mobile no longer."""

    end_reason = forms.ChoiceField(
        choices=[(one.value, one.label) for one in MobileEnd if one not in (MobileEnd.MERGED, MobileEnd.LEFT_ROSTER)],
        label=_("Reason"),
    )
    on = forms.DateField(label=_("Date"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": localdate()}, **kwargs)


def _branches(request: Any) -> "QuerySet[PartyOrganisation]":
    if request is None:
        return PartyOrganisation.objects.none()
    return mobile_branches(request.actor.paths_with(Permission.ROSTER_VIEW))


class MobileFilter(django_filters.FilterSet):
    """Direction, branch, contact overdue, ended ones."""

    direction = django_filters.ChoiceFilter(
        choices=MobileDirection.choices, label=_("Which way round"), empty_label=_("Both")
    )
    branch = django_filters.ModelChoiceFilter(queryset=_branches, label=_("Mobile branch"), empty_label=_("All"))
    contact = django_filters.ChoiceFilter(
        choices=[("overdue", _("Contact overdue"))],
        label=_("Last contact"),
        empty_label=_("All"),
        method="with_late_contact",
    )
    ended = django_filters.ChoiceFilter(
        choices=[("yes", _("Ended"))], label=_("State"), empty_label=_("In force"), method="which_ended"
    )

    class Meta:
        model = MobileRegistration
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("ended") else rows.open()

    def with_late_contact(self, rows: Any, name: str, value: str) -> Any:
        return overdue(rows, on=localdate())

    def which_ended(self, rows: Any, name: str, value: str) -> Any:
        return rows.exclude(ended_on=None)

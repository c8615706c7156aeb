"""What people write in the portal."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.orgs.models import Node
from guangcai.portal import rules
from guangcai.portal.models import Suggestion

ROOMS = [
    ("core", pgettext_lazy("room", "Messages and jobs")),
    ("accounts", pgettext_lazy("room", "Accounts and sign-ins")),
    ("orgs", pgettext_lazy("room", "Places, units, rights")),
    ("members", pgettext_lazy("room", "Roster")),
    ("activities", pgettext_lazy("room", "Activities")),
    ("teams", pgettext_lazy("room", "Teams and plates")),
    ("ledger", pgettext_lazy("room", "Service records")),
    ("appraisal", pgettext_lazy("room", "Feedback and appraisal")),
    ("reports", pgettext_lazy("room", "Statistics")),
    ("portal", pgettext_lazy("room", "Suggestions")),
]


class SuggestionForm(forms.Form):
    """A complaint or suggestion: what, where, and how to reach the writer if he wants to be reached."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    text = forms.CharField(
        label=_("What do you want to tell us?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=rules.TEXT_LENGTH,
        help_text=_("Say what happened, where and when. You need not give your name."),
    )
    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Node.objects.none(), required=False, empty_label=_("I do not know")
    )
    contact = forms.CharField(
        label=_("How can we reach you?"),
        max_length=rules.CONTACT_LENGTH,
        required=False,
        help_text=_("Only whoever answers sees it."),
    )

    def __init__(self, *args: Any, places: "QuerySet[Node]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = places  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.TEXT_LENGTH,
        help_text=_("The writer reads it under the link he kept. Say what was done, or why not."),
    )


class SuggestionFilter(django_filters.FilterSet):
    answered = django_filters.BooleanFilter(
        label=_("Answered"),
        method="that_are",
        widget=forms.Select(
            choices=[("", _("Answered or not")), ("false", _("Not answered")), ("true", _("Answered"))]
        ),
    )

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def that_are(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(answered_at__isnull=not value)


class TrailFilter(django_filters.FilterSet):
    """Room, act, day."""

    room = django_filters.ChoiceFilter(choices=ROOMS, label=_("Area"), empty_label=_("All areas"), method="of_room")
    since = django_filters.DateFilter(
        field_name="at", lookup_expr="date__gte", label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        field_name="at", lookup_expr="date__lte", label=_("To"), widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def of_room(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(tag__startswith=f"{value}:")

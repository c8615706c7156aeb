"""Filters of the list of shifts."""

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.activities.enums import ActivityKind
from guangcai.activities.models import Activity, Shift
from guangcai.orgs.models import PartyOrganisation

STATES = (
    ("planned", pgettext_lazy("shift", "To come")),
    ("to_close", pgettext_lazy("shift", "To be closed")),
    ("closed", pgettext_lazy("shift", "Closed")),
    ("cancelled", _("Called off")),
)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class ShiftFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("All"))
    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="activity__kind", choices=ActivityKind.choices, empty_label=_("All")
    )
    held_by = filters.ModelChoiceFilter(
        label=_("Party organisation that holds it"),
        field_name="activity__held_by",
        queryset=PartyOrganisation.objects.filter(pk__in=Activity.objects.values("held_by")).order_by("name"),
        empty_label=_("All"),
    )
    since = filters.DateFilter(label=_("From"), field_name="starts_at", lookup_expr="date__gte", widget=_day())
    until = filters.DateFilter(
        label=_("Until"),
        field_name="starts_at",
        lookup_expr="date__lte",
        widget=_day(),
    )

    class Meta:
        model = Shift
        fields: tuple[str, ...] = ()

    def in_state(self, shifts: QuerySet[Shift], name: str, value: str) -> QuerySet[Shift]:
        now = timezone.now()
        if value == "cancelled":
            return shifts.filter(cancelled_at__isnull=False)
        if value == "closed":
            return shifts.filter(closed_at__isnull=False)
        planned = shifts.filter(cancelled_at=None, closed_at=None)
        return planned.filter(ends_at__lt=now) if value == "to_close" else planned.filter(ends_at__gte=now)

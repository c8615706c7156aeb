"""Filters of the list of entries."""

from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.ledger.enums import EntryOrigin, EntryState
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import ServiceKind

MARKS = (
    ("back_fill", _("Back-filled")),
    ("late", _("Recorded late")),
    ("office_hours", _("In office hours")),
)


DAY_INPUT = forms.DateInput(attrs={"type": "date"})


class EntryFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=EntryState.choices, empty_label=_("All"))
    kind = filters.ModelChoiceFilter(label=_("Kind"), queryset=ServiceKind.objects.all(), empty_label=_("All"))
    mark = filters.ChoiceFilter(label=_("Mark"), choices=MARKS, method="marked", empty_label=_("All"))
    since = filters.DateFilter(label=_("From"), field_name="served_on", lookup_expr="gte", widget=DAY_INPUT)
    until = filters.DateFilter(label=_("Until"), field_name="served_on", lookup_expr="lte", widget=DAY_INPUT)

    class Meta:
        model = ServiceEntry
        fields: tuple[str, ...] = ()

    def marked(self, rows: Any, name: str, value: str) -> Any:
        conditions: dict[str, dict[str, Any]] = {
            "back_fill": {"origin": EntryOrigin.BACK_FILL},
            "late": {"is_late": True},
            "office_hours": {"in_office_hours": True},
        }
        return rows.filter(**conditions[value])


class OwnEntryFilter(filters.FilterSet):
    year = filters.NumberFilter(label=_("Year"), field_name="served_on", lookup_expr="year", min_value=2000)
    state = filters.ChoiceFilter(label=_("State"), choices=EntryState.choices, empty_label=_("All"))

    class Meta:
        model = ServiceEntry
        fields: tuple[str, ...] = ()

"""Filters of the list of matters."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.mediation.enums import MediationState
from guangcai.mediation.models import CauseKind, Mediation

DUE = "due"


class MatterFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[(DUE, pgettext_lazy("mediation", "Visit due")), *MediationState.choices],
        method="in_state",
        empty_label=_("All"),
    )
    cause = filters.ModelChoiceFilter(
        label=pgettext_lazy("mediation", "Cause"), queryset=CauseKind.objects.all(), empty_label=_("All")
    )

    class Meta:
        model = Mediation
        fields: tuple[str, ...] = ()

    def in_state(self, rows: QuerySet[Mediation], _name: str, value: str) -> QuerySet[Mediation]:
        if value == DUE:
            return rows.filter(due_on__lte=timezone.localdate())
        return rows.filter(state=value)

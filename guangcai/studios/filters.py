"""Filters of the list of studios."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with
from guangcai.studios.models import Studio, StudioKind

ENDED = "ended"


class StudioFilter(filters.FilterSet):
    """Ended studios are shown when somebody asks for them."""

    kind = filters.ModelChoiceFilter(label=_("Kind"), queryset=StudioKind.objects.all(), empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.STUDIO_VIEW), empty_label=_("All")
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[(ENDED, pgettext_lazy("studio", "Ended"))],
        method="in_state",
        empty_label=pgettext_lazy("studio", "Open"),
    )

    class Meta:
        model = Studio
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Studio]) -> QuerySet[Studio]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == ENDED else rows.filter(ended_at=None)

    def in_state(self, rows: QuerySet[Studio], name: str, value: str) -> QuerySet[Studio]:
        return rows.filter(ended_at__isnull=False)

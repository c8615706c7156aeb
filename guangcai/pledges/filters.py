"""Filters of the list of pledges."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with
from guangcai.pledges.enums import PledgeState, TemplateForm
from guangcai.pledges.models import Pledge, Template
from guangcai.pledges.models.pledges import BY_TERM


class PledgeFilter(filters.FilterSet):
    """Pledges ended early are shown when somebody asks for them."""

    state = filters.ChoiceFilter(
        label=_("State"),
        choices=PledgeState.choices,
        method="in_state",
        empty_label=pgettext_lazy("pledge", "All but those ended early"),
    )
    template = filters.ModelChoiceFilter(
        label=pgettext_lazy("menu", "Pledge"),
        queryset=Template.objects.exclude(form=TemplateForm.CHECKLIST),
        empty_label=_("All"),
    )
    year = filters.NumberFilter(label=_("Year"), min_value=2000, max_value=2099)
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.PLEDGE_VIEW), empty_label=_("All")
    )

    class Meta:
        model = Pledge
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Pledge]) -> QuerySet[Pledge]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(Q(ended_at=None) | BY_TERM)

    def in_state(self, pledges: Any, name: str, value: str) -> QuerySet[Pledge]:
        today = timezone.localdate()
        found: dict[str, QuerySet[Pledge]] = {
            PledgeState.RUNNING: pledges.filter(ended_at=None, until__gte=today, review=None),
            PledgeState.TO_REVIEW: pledges.to_review(today),
            PledgeState.REVIEWED: pledges.filter(review__isnull=False),
            PledgeState.ENDED: pledges.filter(~BY_TERM, ended_at__isnull=False),
        }
        return found[value]

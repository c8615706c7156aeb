"""Filters of the list of zones."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with
from guangcai.zones.enums import Coverage, ZoneKind
from guangcai.zones.models import Zone


class ZoneFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=Coverage.choices, method="in_state", empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=ZoneKind.choices, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.ROSTER_VIEW), empty_label=_("All")
    )

    class Meta:
        model = Zone
        fields: tuple[str, ...] = ()

    def in_state(self, zones: Any, name: str, value: str) -> QuerySet[Zone]:
        on: date = timezone.localdate()
        return zones.covered(value, on=on)

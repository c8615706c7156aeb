"""Filters of the lists of places."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guangcai.core.scoping import under
from guangcai.places.enums import BookingState, PointKind, ResourceKind
from guangcai.places.models import Booking, ServicePoint, SharedResource
from guangcai.places.queries import bookings as booking_queries
from guangcai.places.queries import directory


class PointFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("Kind"), choices=PointKind.choices, empty_label=_("All"))
    area = filters.ModelChoiceFilter(
        label=_("Place"), queryset=lambda request: directory.areas(), method="in_area", empty_label=_("All")
    )

    class Meta:
        model = ServicePoint
        fields: tuple[str, ...] = ()

    def in_area(self, points: Any, name: str, value: Any) -> QuerySet[ServicePoint]:
        return points.filter(under("path", [value.path]))


class ResourceFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("Kind"), choices=ResourceKind.choices, empty_label=_("All"))

    class Meta:
        model = SharedResource
        fields: tuple[str, ...] = ()


class BookingFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"), choices=BookingState.choices, method="in_state", empty_label=_("All")
    )

    class Meta:
        model = Booking
        fields: tuple[str, ...] = ()

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Booking]:
        return booking_queries.in_state(rows, value, now=timezone.now())

"""Filters of the board."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases.enums import ASSIGNED, CaseState
from guangcai.cases.models import Case, Category
from guangcai.cases.queries.board import overdue
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node

TO_DISPATCH, OVERDUE, UNDER_WAY, TO_CALL_BACK, CALLED_BACK, TO_RULE, OVER = (
    "to_dispatch",
    "overdue",
    "under_way",
    "to_call_back",
    "called_back",
    "to_rule",
    "over",
)
STATES = (
    (TO_DISPATCH, pgettext_lazy("case", "To dispatch")),
    (OVERDUE, pgettext_lazy("case", "Overdue")),
    (UNDER_WAY, pgettext_lazy("case", "Under way")),
    (TO_CALL_BACK, pgettext_lazy("case", "To call back")),
    (CALLED_BACK, pgettext_lazy("case", "Called back")),
    (TO_RULE, pgettext_lazy("case", "The street decides")),
    (OVER, pgettext_lazy("case", "Over")),
)
ONE_STATE = {
    TO_DISPATCH: (CaseState.TO_DISPATCH,),
    UNDER_WAY: ASSIGNED,
    TO_CALL_BACK: (CaseState.DONE,),
    CALLED_BACK: (CaseState.CALLED_BACK,),
    TO_RULE: (CaseState.TO_RULE,),
}


def _communities(request: HttpRequest | None) -> QuerySet[Node]:
    places = Node.objects.in_force(timezone.localdate()).communities().order_by("code")
    actor: Any = getattr(request, "actor", None)
    return places.held_by(actor, Permission.CASE_VIEW) if actor else places.none()


class CaseFilter(filters.FilterSet):
    """What is over is shown when somebody asks for it."""

    state = filters.ChoiceFilter(
        label=pgettext_lazy("case", "What is to be done"), choices=STATES, method="in_state", empty_label=_("All")
    )
    category = filters.ModelChoiceFilter(
        field_name="item__category", label=_("Category"), queryset=Category.objects.all(), empty_label=_("All")
    )
    community = filters.ModelChoiceFilter(label=_("Community"), queryset=_communities, empty_label=_("All"))

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        rows = super().filter_queryset(queryset)
        is_search = bool(self.data.get("q", "").strip())
        return rows if is_search or self.form.cleaned_data.get("state") == OVER else rows.filter(ended_at=None)

    def in_state(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if value == OVERDUE:
            return cases.filter(overdue(timezone.now()))
        if value == OVER:
            return cases.filter(ended_at__isnull=False)
        return cases.filter(state__in=ONE_STATE[value])

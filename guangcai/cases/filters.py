"""Filters of the board."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases.enums import ASSIGNED, CaseState
from guangcai.cases.models import Case, Category, Item
from guangcai.cases.queries.board import overdue
from guangcai.cases.queries.counts import conditions, dispatched_within
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT, ancestors, under
from guangcai.orgs.forms.communities import seen_with

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
DAY = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIGURES = (
    ("dispatched", pgettext_lazy("requests", "In the rates")),
    ("answered", pgettext_lazy("requests", "Answered in time")),
    ("asked", pgettext_lazy("requests", "Said whether solved")),
    ("solved", pgettext_lazy("requests", "Said solved")),
    ("rated", pgettext_lazy("requests", "Said whether satisfied")),
    ("satisfied", pgettext_lazy("requests", "Said satisfied")),
    ("returned", pgettext_lazy("requests", "Sent back")),
    ("overdue", pgettext_lazy("requests", "Over time")),
    ("left_out", pgettext_lazy("requests", "Outside the rates")),
)
ONE_STATE = {
    TO_DISPATCH: (CaseState.TO_DISPATCH,),
    UNDER_WAY: ASSIGNED,
    TO_CALL_BACK: (CaseState.DONE,),
    CALLED_BACK: (CaseState.CALLED_BACK,),
    TO_RULE: (CaseState.TO_RULE,),
}


def _items(request: HttpRequest | None) -> QuerySet[Item]:
    actor: Any = getattr(request, "actor", None)
    paths = actor.paths_with(Permission.CASE_VIEW) if actor else ()
    own = under("path", paths) | Q(path__in={ROOT, *(above for path in paths for above in ancestors(path))})
    return Item.objects.filter(own).only("name").order_by("category__position", "position", "pk")


class CaseFilter(filters.FilterSet):
    """What is over is shown when somebody asks for it."""

    state = filters.ChoiceFilter(
        label=pgettext_lazy("case", "What is to be done"), choices=STATES, method="in_state", empty_label=_("All")
    )
    category = filters.ModelChoiceFilter(
        field_name="item__category", label=_("Category"), queryset=Category.objects.all(), empty_label=_("All")
    )
    item = filters.ModelChoiceFilter(label=pgettext_lazy("case", "Item"), queryset=_items, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.CASE_VIEW), empty_label=_("All")
    )

    since = filters.DateFilter(label=_("From"), method="unchanged", widget=DAY)
    until = filters.DateFilter(label=_("To"), method="unchanged", widget=DAY)
    figure = filters.ChoiceFilter(
        label=pgettext_lazy("case", "Counted as"), choices=FIGURES, method="unchanged", empty_label=_("All")
    )

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        rows, asked = super().filter_queryset(queryset), self.form.cleaned_data
        if asked.get("since") and asked.get("until"):
            rows = dispatched_within(rows, asked["since"], asked["until"])
            return rows.filter(conditions(timezone.now())[asked["figure"]]) if asked.get("figure") else rows
        is_search = bool(self.data.get("q", "").strip())
        return rows if is_search or self.form.cleaned_data.get("state") == OVER else rows.filter(ended_at=None)

    def unchanged(self, cases: QuerySet[Case], name: str, value: object) -> QuerySet[Case]:
        """The period and what is counted work together: filter_queryset."""
        return cases

    def in_state(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if value == OVERDUE:
            return cases.filter(overdue(timezone.now()))
        if value == OVER:
            return cases.filter(ended_at__isnull=False)
        return cases.filter(state__in=ONE_STATE[value])

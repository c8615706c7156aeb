"""Filters of the pairs of a round."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.care.enums import RiskTier
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Proposal, Round

OPEN, LEFT_OUT, PINNED = "open", "left_out", "pinned"
STATES = (
    (OPEN, pgettext_lazy("proposal", "To decide")),
    *Decision.choices,
    (PINNED, pgettext_lazy("proposal", "Pinned")),
    (LEFT_OUT, pgettext_lazy("proposal", "Nobody found")),
)


class ProposalFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("All"))
    tier = filters.ChoiceFilter(
        label=_("Risk"), choices=RiskTier.choices, field_name="household__tier", empty_label=_("All")
    )

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()

    def in_state(self, rows: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        if value == OPEN:
            return rows.filter(member__isnull=False, decision="")
        if value == PINNED:
            return rows.filter(is_pinned=True)
        if value == LEFT_OUT:
            return rows.filter(member=None)
        return rows.filter(decision=value)


def filter_for(round_: Round) -> Any:
    """Only households have a tier."""
    if round_.subject == Subject.HOUSEHOLDS:
        return ProposalFilter
    return type("PlainFilter", (ProposalFilter,), {"tier": None})

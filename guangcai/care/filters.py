"""Filters of the list of households."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.care.enums import HouseholdCategory, RiskTier
from guangcai.care.models import Alert, Household, HouseholdConsent, Pairing
from guangcai.care.queries.households import late_among, moved_holders, nobodys
from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with

LATE, ALERT, UNPAIRED, INVITED, TO_CONFIRM, MOVED, NO_CONSENT, ENDED = (
    "late",
    "alert",
    "unpaired",
    "invited",
    "to_confirm",
    "moved",
    "no_consent",
    "ended",
)
STATES = (
    (LATE, _("Visit overdue")),
    (ALERT, _("Major change, visit within a day")),
    (UNPAIRED, _("Nobody looks after it")),
    (INVITED, _("Invitation not taken up yet")),
    (TO_CONFIRM, _("Pairing to confirm")),
    (MOVED, _("Member moved away")),
    (NO_CONSENT, _("Consent missing")),
    (ENDED, _("Ended")),
)


class HouseholdFilter(filters.FilterSet):
    """Ended households are shown when somebody asks for them."""

    state = filters.ChoiceFilter(
        label=pgettext_lazy("household", "What is to be done"), choices=STATES, method="in_state", empty_label=_("All")
    )
    tier = filters.ChoiceFilter(label=_("Risk tier"), choices=RiskTier.choices, empty_label=_("All"))
    category = filters.ChoiceFilter(label=_("Category"), choices=HouseholdCategory.choices, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.CARE_VIEW), empty_label=_("All")
    )

    class Meta:
        model = Household
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Household]) -> QuerySet[Household]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == ENDED else rows.filter(ended_at=None)

    def in_state(self, households: QuerySet[Household], name: str, value: str) -> QuerySet[Household]:
        live = Pairing.objects.live()
        if value == LATE:
            found = late_among(Household.objects.filter(pk__in=households.values("pk")), now=timezone.now())
            return households.filter(pk__in=found.values("pk"))
        if value == ALERT:
            return households.filter(pk__in=Alert.objects.filter(answered_at=None).values("household"))
        if value == UNPAIRED:
            return nobodys(households)
        if value == INVITED:
            return households.filter(pk__in=live.filter(held_since=None).values("household"))
        if value == TO_CONFIRM:
            return households.filter(pk__in=live.filter(confirmed_at=None).values("household"))
        if value == MOVED:
            actor: Any = self.request.actor
            return households.filter(pk__in=moved_holders(actor).values("household"))
        if value == NO_CONSENT:
            return households.exclude(pk__in=HouseholdConsent.objects.filter(withdrawn_at=None).values("household"))
        return households.filter(ended_at__isnull=False)

"""Filters of the list of wishes."""

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import seen_with
from guangcai.wishes import rules
from guangcai.wishes.enums import WishChannel, WishState
from guangcai.wishes.forms import day_input
from guangcai.wishes.models import Wish, WishClaim, WishKind
from guangcai.wishes.queries.counts import moved_within
from guangcai.wishes.queries.wishes import thanks_to_read

TO_CONFIRM, LONG, TO_DRAW, TO_THANK = "to_confirm", "long", "to_draw", "thanks"
STATES = (
    *WishState.choices,
    (TO_CONFIRM, _("Claims to confirm")),
    (LONG, _("Taken on, and nothing heard of for long")),
    (TO_DRAW, _("Claims to serve")),
    (TO_THANK, _("Thanks to read")),
)

HAPPENED = (
    (WishState.COLLECTED, _("Collected in the period")),
    (WishState.CLAIMED, _("Taken on in the period")),
    (WishState.CONFIRMED, _("Come true in the period")),
)


class WishFilter(filters.FilterSet):
    """Wishes that are over are shown when somebody asks for them."""

    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="in_state", empty_label=_("All that go on"))
    channel = filters.ChoiceFilter(label=_("How it came"), choices=WishChannel.choices, empty_label=_("All"))
    kind = filters.ModelChoiceFilter(label=_("Kind"), queryset=WishKind.objects.all(), empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=_("Community"), queryset=seen_with(Permission.WISH_EDIT), empty_label=_("All")
    )

    happened = filters.ChoiceFilter(label=_("What happened"), choices=HAPPENED, method="unchanged", empty_label=None)
    since = filters.DateFilter(label=_("From"), method="unchanged", widget=day_input())
    until = filters.DateFilter(label=_("To"), method="unchanged", widget=day_input())

    class Meta:
        model = Wish
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Wish]) -> QuerySet[Wish]:
        rows, asked = super().filter_queryset(queryset), self.form.cleaned_data
        if asked.get("since") and asked.get("until"):
            happened = asked.get("happened") or WishState.COLLECTED
            return rows.filter(pk__in=moved_within(happened, asked["since"], asked["until"]))
        over = (WishState.CONFIRMED, WishState.ENDED)
        return rows if asked.get("state") else rows.exclude(state__in=over)

    def unchanged(self, wishes: QuerySet[Wish], name: str, value: object) -> QuerySet[Wish]:
        """The three fields of the period are read together, in filter_queryset."""
        return wishes

    def in_state(self, wishes: QuerySet[Wish], name: str, value: str) -> QuerySet[Wish]:
        now = timezone.now()
        if value == TO_CONFIRM:
            given = WishClaim.objects.live().filter(wish=OuterRef("pk"), given_at__isnull=False, confirmed_at=None)
            return wishes.filter(Exists(given))
        if value == LONG:
            return wishes.filter(state=WishState.CLAIMED, state_since__lt=now - rules.LONG_CLAIMED)
        if value == TO_DRAW:
            return wishes.filter(state=WishState.PUBLISHED, claims_until__lt=now, allotted_at=None)
        if value == TO_THANK:
            return wishes.filter(pk__in=thanks_to_read().values("wish_id"))
        return wishes.filter(state=value)

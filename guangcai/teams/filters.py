"""Filters of the lists of teams and of what residents wrote."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.permissions import Permission
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.teams.enums import FeedbackTone, TeamBasis, TeamKind
from guangcai.teams.models import PlateFeedback, Team, TeamField, TeamMembership

ENDED, TO_ANSWER = "ended", "to_answer"
STATES = ((TO_ANSWER, _("With requests to join")), (ENDED, pgettext_lazy("team", "Ended")))


LEVELS = [Level.DISTRICT, Level.STREET, Level.COMMUNITY]


def _places(request: HttpRequest | None) -> QuerySet[Node]:
    places = Node.objects.in_force(timezone.localdate()).filter(level__in=LEVELS).order_by("path")
    actor: Any = getattr(request, "actor", None)
    return places.held_by(actor, Permission.TEAM_VIEW) if actor else places.none()


class TeamFilter(filters.FilterSet):
    """Ended teams are shown when somebody asks for them."""

    state = filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="in_state", empty_label=pgettext_lazy("team", "All but ended")
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=TeamKind.choices, empty_label=_("All"))
    field = filters.ModelChoiceFilter(label=_("Field"), queryset=TeamField.objects.all(), empty_label=_("All"))
    basis = filters.ChoiceFilter(label=_("Basis"), choices=TeamBasis.choices, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=pgettext_lazy("team", "Place"), field_name="node", queryset=_places, empty_label=_("All")
    )

    class Meta:
        model = Team
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Team]) -> QuerySet[Team]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == ENDED else rows.filter(ended_at=None)

    def in_state(self, teams: QuerySet[Team], name: str, value: str) -> QuerySet[Team]:
        if value == ENDED:
            return teams.filter(ended_at__isnull=False)
        return teams.filter(pk__in=TeamMembership.objects.asked().values("team"))


class FeedbackFilter(filters.FilterSet):
    seen = filters.ChoiceFilter(
        label=_("State"),
        choices=[("no", _("Not read yet")), ("yes", _("Read"))],
        method="that_are",
        empty_label=_("All"),
    )
    tone = filters.ChoiceFilter(label=_("How it is meant"), choices=FeedbackTone.choices, empty_label=_("All"))

    class Meta:
        model = PlateFeedback
        fields: tuple[str, ...] = ()

    def that_are(self, rows: QuerySet[PlateFeedback], name: str, value: str) -> QuerySet[PlateFeedback]:
        return rows.filter(seen_at__isnull=value == "no")

"""Filters of the lists of bodies, proposals, promises and agreements."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.permissions import Permission
from guangcai.councils.enums import BodyKind, PledgeKind, ProposalState
from guangcai.councils.models import Body, JointAgreement, JointPledge, Proposal
from guangcai.councils.queries import agreements, promises
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit

LEVELS = [Level.DISTRICT, Level.STREET, Level.COMMUNITY]


def _places(request: HttpRequest | None) -> QuerySet[Node]:
    places = Node.objects.in_force(timezone.localdate()).filter(level__in=LEVELS).order_by("path")
    actor: Any = getattr(request, "actor", None)
    return places.held_by(actor, Permission.COUNCIL_VIEW) if actor else places.none()


def _units(request: HttpRequest | None) -> QuerySet[WorkUnit]:
    """Units that promised or agreed something, by name."""
    return WorkUnit.objects.filter(
        Q(Exists(JointPledge.objects.filter(work_unit=OuterRef("pk"))))
        | Q(Exists(JointAgreement.objects.filter(work_unit=OuterRef("pk"))))
    ).order_by("name")


def _communities(request: HttpRequest | None) -> QuerySet[Node]:
    return _places(request).filter(level=Level.COMMUNITY)


class BodyFilter(filters.FilterSet):
    """Ended bodies are shown when somebody asks for them."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=BodyKind.choices, empty_label=_("All"))
    node = filters.ModelChoiceFilter(label=pgettext_lazy("council", "Place"), queryset=_places, empty_label=_("All"))
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[("ended", pgettext_lazy("council", "Ended"))],
        method="in_state",
        empty_label=pgettext_lazy("council", "All but ended"),
    )

    class Meta:
        model = Body
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[Body]) -> QuerySet[Body]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(ended_on=None)

    def in_state(self, bodies: QuerySet[Body], name: str, value: str) -> QuerySet[Body]:
        return bodies.filter(ended_on__isnull=False)


class ProposalFilter(filters.FilterSet):
    state = filters.ChoiceFilter(label=_("State"), choices=ProposalState.choices, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=pgettext_lazy("level", "Community"), queryset=_communities, empty_label=_("All")
    )

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()


class PromiseFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (promises.LATE, pgettext_lazy("promise", "Late")),
            (promises.OPEN, pgettext_lazy("promise", "Not done yet")),
            (promises.KEPT, pgettext_lazy("promise", "Kept in time")),
            (promises.KEPT_LATE, pgettext_lazy("promise", "Kept, but late")),
        ],
        method="in_state",
        empty_label=_("All"),
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=PledgeKind.choices, empty_label=_("All"))
    community = filters.ModelChoiceFilter(
        label=pgettext_lazy("level", "Community"), queryset=_communities, empty_label=_("All")
    )
    unit = filters.ModelChoiceFilter(
        label=_("Work unit"), field_name="work_unit", queryset=_units, empty_label=_("All")
    )

    class Meta:
        model = JointPledge
        fields: tuple[str, ...] = ()

    def in_state(self, pledges: QuerySet[JointPledge], name: str, value: str) -> QuerySet[JointPledge]:
        return promises.in_state(pledges, value, on=timezone.localdate())


class AgreementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (agreements.IN_FORCE, pgettext_lazy("agreement", "In force")),
            (agreements.TO_SIGN, pgettext_lazy("agreement", "To be signed")),
            (agreements.OVER, pgettext_lazy("agreement", "The term is over")),
            (agreements.ENDED, pgettext_lazy("agreement", "Ended")),
        ],
        method="in_state",
        empty_label=_("All"),
    )
    community = filters.ModelChoiceFilter(
        label=pgettext_lazy("level", "Community"), queryset=_communities, empty_label=_("All")
    )
    unit = filters.ModelChoiceFilter(
        label=_("Work unit"), field_name="work_unit", queryset=_units, empty_label=_("All")
    )

    class Meta:
        model = JointAgreement
        fields: tuple[str, ...] = ()

    def in_state(self, rows: QuerySet[JointAgreement], name: str, value: str) -> QuerySet[JointAgreement]:
        return agreements.in_state(rows, value, on=timezone.localdate())

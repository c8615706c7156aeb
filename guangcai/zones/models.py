"""Zones, and the agreements by which members hold them (A11, A12)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.urls import reverse

from guangcai.commitments.belonging import away
from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.core.enums import SignedHow
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import ServiceKind
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node
from guangcai.orgs.models.organisations import DateSpan
from guangcai.zones.enums import Coverage, ZoneEnd, ZoneKind

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class ZoneDuty(models.Model):
    """The duties an agreement begins with, by kind of zone; a row per kind, changed by whoever sets rules.

    `service_kind`: what work in such a zone counts as.
    """

    kind = models.CharField(max_length=10, choices=ZoneKind.choices, unique=True)
    duties = models.TextField(max_length=1000)
    service_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    source = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class ZoneQuerySet(models.QuerySet["Zone"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Zones of one's area. Who holds them is personal: see ZoneAgreement.visible_to."""
        return self.filter(under("path", actor.paths_with(Permission.ZONE_VIEW)))

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def covered(self, coverage: str, *, on: date) -> Self:
        """Zones of which this is true on the local date `on`; held ones may be due or away as well."""
        return self.filter(covered(coverage, on))


def covered(coverage: str, on: date) -> Q | Exists:
    """The condition on zones behind ZoneQuerySet.covered."""
    live = ZoneAgreement.objects.standing(on).filter(zone=OuterRef("pk"))
    held = live.filter(held_since__isnull=False)
    found: dict[str, Q | Exists] = {
        Coverage.NOBODY: Q(~Exists(live)),
        Coverage.OFFERED: Exists(live.filter(confirmed_at=None)),
        Coverage.TO_SIGN: Exists(live.filter(confirmed_at__isnull=False, held_since=None)),
        Coverage.AWAY: Exists(held.away()),
        Coverage.DUE: Exists(held.due(on)),
        Coverage.HELD: Exists(held),
    }
    return found[coverage]


class Zone(CommunityFact):
    """A place that somebody may look after: a place of the tree below the community, or a named lot without one.

    `name`: in the words of the community, with the places above it ("3号楼2单元").
    """

    kind = models.CharField(max_length=10, choices=ZoneKind.choices)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=ZoneEnd.choices, blank=True)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "node"], condition=Q(ended_at=None, node__isnull=False), name="zone_node_once"
            ),
            models.UniqueConstraint(
                fields=["district_code", "community", "name"],
                condition=Q(ended_at=None, node=None),
                name="zone_lot_named_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=ZoneKind.LOT, node=None) | (~Q(kind=ZoneKind.LOT) & Q(node__isnull=False)),
                name="zone_lot_without_node",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="zone_named"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="zone_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["path"], condition=Q(ended_at=None), name="zone_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("zones:zone", args=[self.pk])


class AgreementCounter(Fact):
    """The last agreement number of a community and year. Its row lock keeps numbers without gaps or doubles."""

    community_code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community_code", "year"], name="agreement_counter_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community_code} {self.year}: {self.last}"


class ZoneAgreementQuerySet(CommitmentQuerySet):
    def standing(self, on: date) -> Self:
        """Live, and the term is not over on the local date `on`. What is over is ended every night."""
        return self.filter(Q(until=None) | Q(until__gte=on), ended_at=None)

    def due(self, on: date) -> Self:
        """Held, near the end of the term, and no renewal is under way."""
        renewal = ZoneAgreement.objects.filter(renews=OuterRef("pk"), ended_at=None)
        return self.filter(~Exists(renewal), held_since__isnull=False, ended_at=None, until__gte=on, remind_on__lte=on)

    def with_away(self) -> Self:
        """Each with `is_away`: the same as away."""
        return self.annotate(is_away=ExpressionWrapper(away(), BooleanField()))

    def away(self) -> Self:
        """The holder lives elsewhere, or is on no roster any more."""
        return self.filter(away())


class Term(DateSpan):
    """The days of an agreement, both ends included; what is not fixed yet is without end."""

    template = "%(function)s(%(expressions)s, '[]')"


class ZoneAgreement(Commitment):
    """A member holds a zone: offered, confirmed with number, term and duties, signed (he takes it up), ended.

    A renewal is an agreement of its own, whose term begins after the one it renews: no two terms of a zone overlap.
    The names of the parties are frozen with the signature.
    """

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="agreements")
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    number = models.CharField(max_length=40, blank=True)
    # First local date of the term; `until` is the last.
    starts_on = models.DateField(null=True, blank=True)
    # From this local date on a renewal is asked for, by the rule in force when the agreement was drawn up.
    remind_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    duties = models.TextField(max_length=1000, blank=True)
    signed_how = models.CharField(max_length=6, choices=SignedHow.choices, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    # The local date under the signature: today on the screen, as written on paper.
    signed_on = models.DateField(null=True, blank=True)
    signed_by = models.UUIDField(null=True, blank=True)
    paper_note = models.CharField(max_length=200, blank=True)
    community_name = models.CharField(max_length=120, blank=True)
    holder_name = models.CharField(max_length=60, blank=True)

    objects = ZoneAgreementQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            ExclusionConstraint(
                name="zone_one_holder",
                expressions=[
                    ("district_code", RangeOperators.EQUAL),
                    ("zone", RangeOperators.EQUAL),
                    (Term(F("starts_on"), F("until")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["district_code", "renews"], condition=Q(ended_at=None), name="zone_agreement_renewed_once"
            ),
            models.UniqueConstraint(
                fields=["district_code", "number"], condition=~Q(number=""), name="zone_agreement_number_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, number="", until=None, remind_on=None)
                | (
                    Q(confirmed_at__isnull=False, starts_on__isnull=False, until__gte=F("starts_on"))
                    & Q(remind_on__isnull=False)
                    & ~(Q(number="") | Q(duties=""))
                ),
                name="zone_agreement_drawn_up_whole",
            ),
            models.CheckConstraint(
                condition=Q(held_since=None, signed_at=None, signed_on=None, signed_how="", holder_name="")
                | (
                    Q(held_since__gte=F("starts_on"), signed_at__isnull=False, signed_on__isnull=False)
                    & ~(Q(signed_how="") | Q(holder_name="") | Q(community_name=""))
                ),
                name="zone_agreement_signed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(signed_how=SignedHow.PAPER) | ~Q(paper_note=""), name="zone_agreement_paper_noted"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-offered_at"], name="zone_agreement_by_member"),
            models.Index(fields=["zone"], condition=Q(ended_at=None), name="zone_agreement_live"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("zones:zone", args=[self.zone_id])

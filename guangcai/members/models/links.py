"""The three dated links of a member (A06, A07): Party relation, work unit, residence community.

At most one of each at a time, whoever writes at once. `until` is exclusive.
"""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from guangcai.core.facts import Fact
from guangcai.members.enums import Channel
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit
from guangcai.orgs.models.organisations import DateSpan


def dated_link(name: str) -> list[Any]:
    """One at a time per member, and the end after the start.

    One open link by a unique index, ended ones by exclusion; an open beside an ended one is refused by the trigger
    of migration 0010 under the exclusion's name. An exclusion over all rows cost a third of a roster import.
    """
    return [
        ExclusionConstraint(
            name=f"{name}_one_at_a_time",
            expressions=[
                ("member", RangeOperators.EQUAL),
                (DateSpan(F("since"), F("until")), RangeOperators.OVERLAPS),
            ],
            condition=Q(until__isnull=False),
        ),
        models.UniqueConstraint(fields=["member", "district_code"], condition=Q(until=None), name=f"{name}_one_open"),
        models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name=f"{name}_ends_after_start"),
    ]


class OrgRelation(Fact):
    """Where the member's formal Party relation is kept. Known here, managed elsewhere (docs/promises.md)."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="org_relations")
    party_organisation = models.ForeignKey(PartyOrganisation, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = dated_link("org_relation")

    def __str__(self) -> str:
        return f"{self.member_id} in {self.party_organisation_id}"


class Employment(Fact):
    """The work unit that gets the member's feedback."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="employments")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = dated_link("employment")
        indexes = [models.Index(fields=["work_unit", "member"], condition=Q(until=None), name="employment_open")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.work_unit_id}"


class ReceiptCounter(Fact):
    """The last receipt number of a community and year. Its row lock is what keeps numbers without gaps or doubles."""

    community_code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community_code", "year"], name="receipt_counter_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community_code} {self.year}: {self.last}"


class Residence(CommunityFact):
    """The community the member reported to and lives in (A01), with the receipt for the unit."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="residences")
    building = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    receipt_no = models.CharField(max_length=30)
    accepted_at = models.DateTimeField()
    accepted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            *dated_link("residence"),
            models.UniqueConstraint(fields=["district_code", "receipt_no"], name="receipt_no_once"),
        ]
        indexes = [models.Index(fields=["path"], condition=Q(until=None), name="residence_open")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.community_id}"

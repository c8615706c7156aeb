"""Mobile members (A91, A92): who is away, who came here without a transfer, and every contact with them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.enums import ContactWay, MobileDirection, MobileEnd
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import PartyOrganisation

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

ELSEWHERE_PURPOSE = "members.mobileregistration.elsewhere"


class HalfYearAfter(models.Func):
    """The day half a year after another: what rules.MOBILE_AT_LEAST adds."""

    template = "(%(expressions)s + interval '6 months')::date"
    output_field = models.DateField()


class MobileRegistrationQuerySet(models.QuerySet["MobileRegistration"]):
    def visible_to(self, actor: "Actor") -> "MobileRegistrationQuerySet":
        """His own, and those of the members of his area: whoever keeps the person keeps the registration."""
        own = Q(member=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("member__path", actor.paths_with(Permission.ROSTER_VIEW)))

    def open(self) -> "MobileRegistrationQuerySet":
        """In force, of people still on the roster."""
        return self.filter(ended_on=None, member__ended_at=None)

    def with_contact(self) -> "MobileRegistrationQuerySet":
        """Rows with `contact_on`: the last day somebody heard of him, at the earliest the day it began."""
        return self.annotate(contact_on=Greatest("since", "member__last_contact_on"))


class MobileRegistration(CommunityFact):
    """Away, or here without a transfer, from a day on. The formal relation is noted and never moved here.

    `expected_until` lies half a year after `since` or later; None is open.
    """

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="mobile_registrations")
    direction = models.CharField(max_length=10, choices=MobileDirection.choices)
    since = models.DateField()
    expected_until = models.DateField(null=True, blank=True)
    # The branch he came from, or where he went.
    elsewhere = EncryptedTextField(purpose=ELSEWHERE_PURPOSE)
    # The mobile branch in whose life he takes part.
    branch = models.ForeignKey(PartyOrganisation, models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField()
    registered_by = models.UUIDField(null=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=16, choices=MobileEnd.choices, blank=True)

    objects = MobileRegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "member", "direction"], condition=Q(ended_on=None), name="mobile_one_open"
            ),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gte=F("since")), name="mobile_ends_after"),
            models.CheckConstraint(
                condition=Q(expected_until=None) | Q(expected_until__gte=HalfYearAfter(F("since"))),
                name="mobile_half_a_year",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="mobile_ended_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.direction}"

    @property
    def is_away(self) -> bool:
        return self.direction == MobileDirection.OUTGOING


class MobileContact(CommunityFact):
    """Somebody spoke with a mobile member: when, how, and who noted it. Never changed."""

    registration = models.ForeignKey(MobileRegistration, models.PROTECT, related_name="contacts")
    on = models.DateField()
    way = models.CharField(max_length=10, choices=ContactWay.choices)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "registration", "on", "way"], name="mobile_contact_once")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.on}"

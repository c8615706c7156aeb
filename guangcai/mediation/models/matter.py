"""A quarrel between neighbours: what about, who mediates, how far it has come. Who quarrels stands apart, sealed."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.openings import Opening
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.mediation.enums import OVER, MediationState, OriginKind, PartySide
from guangcai.mediation.models.mediator import CauseKind, Mediator
from guangcai.members.models import Member
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class MediationQuerySet(models.QuerySet["Mediation"]):
    def visible_to(self, actor: "Actor") -> Self:
        """The desk of the community and the matter's own mediators while they are; never a party, whatever he holds.

        No overseer, no unit, no other member learns that it exists (docs/adr/0028).
        """
        seen = under("path", actor.paths_with(Permission.MEDIATION_VIEW))
        if actor.member_id is not None:
            seen |= Q(pk__in=Assignment.objects.of_member(actor).values("mediation"))
        rows = self.filter(seen)
        if actor.member_id is not None:
            rows = rows.exclude(pk__in=Party.objects.filter(member=actor.member_id).values("mediation"))
        return rows

    def in_area_of(self, actor: "Actor") -> Self:
        """Narrows to the desk's own area, without what a worker of it mediates elsewhere."""
        return self.filter(under("path", actor.paths_with(Permission.MEDIATION_VIEW)))

    def mediated_by(self, actor: "Actor") -> Self:
        """Narrows to what somebody mediates himself, now."""
        return self.filter(pk__in=Assignment.objects.of_member(actor).values("mediation"))


class Mediation(CommunityFact):
    """One quarrel under one number, also when an agreement did not hold and it is heard again.

    state, due_on and ended_at repeat the steps (MediationStep), written in the same command, so that lists need no
    join; `guangcai verify` proves that they say the same.
    """

    number = models.CharField(max_length=12)
    cause = models.ForeignKey(CauseKind, models.PROTECT, related_name="+")
    from_kind = models.CharField(max_length=12, choices=OriginKind.choices, blank=True)
    from_id = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    state = models.CharField(max_length=12, choices=MediationState.choices, default=MediationState.OPEN)
    # Local date of the next visit after an agreement.
    due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = MediationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "number"], name="mediation_number_once"),
            models.UniqueConstraint(
                fields=["district_code", "from_kind", "from_id"],
                condition=Q(from_id__isnull=False),
                name="mediation_from_once",
            ),
            models.CheckConstraint(
                condition=Q(from_kind="", from_id=None) | (~Q(from_kind="") & Q(from_id__isnull=False)),
                name="mediation_from_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, ended_at__isnull=False) | (~Q(state__in=OVER) & Q(ended_at=None)),
                name="mediation_ended_when_over",
            ),
            models.CheckConstraint(
                condition=Q(state=MediationState.AGREED) ^ Q(due_on=None), name="mediation_agreed_is_visited"
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at=None) | Q(ended_at__isnull=False), name="mediation_anonymised_after_end"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "-opened_at"], name="mediation_by_path"),
            models.Index(fields=["path", "due_on"], condition=Q(due_on__isnull=False), name="mediation_due"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("mediation:matter", args=[self.pk])


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def live(self) -> Self:
        return self.filter(ended_at=None)

    def of_member(self, actor: "Actor") -> Self:
        """What the actor mediates as a member, while he is one of the mediators of the community."""
        return self.live().filter(mediator__member=actor.member_id, mediator__until=None)


class Assignment(Fact):
    """A mediator of one matter, from a moment until another; one or two at a time."""

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="assignments")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="assignments")
    started_at = models.DateTimeField()
    started_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "mediation", "mediator"],
                condition=Q(ended_at=None),
                name="mediation_assignment_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="mediation_assignment_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.mediator_id}"


class Party(Fact):
    """One who quarrels. Sealed: read through queries.page alone, opened one by one; no list or export joins it.

    member: set when the phone is that of a member, so that he never becomes the mediator and never sees the matter.
    Nothing of it reaches his own record.
    """

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="parties")
    side = models.CharField(max_length=6, choices=PartySide.choices)
    name = EncryptedTextField(purpose="mediation.party.name", blank=True)
    phone = EncryptedTextField(purpose="mediation.party.phone", blank=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "mediation", "member"],
                condition=Q(member__isnull=False),
                name="mediation_party_member_once",
            )
        ]

    def __str__(self) -> str:
        return f"party of {self.mediation_id}"


class MediationOpening(CommunityFact, Opening):
    """Somebody opened one party (Party) or the words of one step (StepNote) of a matter, and why."""

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="openings")
    subject = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["mediation", "opened_by", "-opened_at"], name="mediation_opened_by")]

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.opened_at:%Y-%m-%d %H:%M}"

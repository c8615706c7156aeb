"""The life of a matter, one row a step, never changed; its words stand apart, sealed, and can be taken away."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.enums import SignedHow
from guangcai.core.facts import Fact
from guangcai.mediation.enums import MediationState, OtherWay, Slip, StepKind
from guangcai.mediation.models.matter import Mediation, Party
from guangcai.mediation.models.mediator import Mediator


class StepQuerySet(models.QuerySet["MediationStep"]):
    def standing(self) -> Self:
        """What counts: without those that a later row says rightly."""
        family = Coalesce(OuterRef("corrects"), OuterRef("pk"))
        later = MediationStep.objects.filter(
            mediation=OuterRef("mediation"), corrects=family, number__gt=OuterRef("number")
        )
        return self.filter(~Exists(later))


class MediationStep(Fact):
    """One step: what, when, by whom, and the state afterwards. Append-only; its words stand in StepNote.

    number: 1, 2, 3 within the matter, so that two at once cannot both be the next. corrects: the step, as it was
    written first, that this one says rightly; several may, and the last of them stands.
    """

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    state = models.CharField(max_length=12, choices=MediationState.choices)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    other_way = models.CharField(max_length=12, choices=OtherWay.choices, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", db_index=False
    )
    slip = models.CharField(max_length=12, choices=Slip.choices, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["district_code", "mediation", "number"], name="mediation_step_number_once"),
            models.CheckConstraint(
                condition=Q(kind=StepKind.NOT_AGREED) ^ Q(other_way=""), name="mediation_step_shows_another_way"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, slip="") | (Q(corrects__isnull=False) & ~Q(slip="")),
                name="mediation_step_corrects_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="mediation_step_does_not_correct_itself"
            ),
        ]
        indexes = [models.Index(fields=["kind", "at"], name="mediation_step_counted")]

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.number} {self.kind}"


class StepNote(Fact):
    """The words of a step, sealed: what was said and where, what was agreed, what a visit found."""

    step = models.OneToOneField(MediationStep, models.PROTECT, related_name="written")
    note = EncryptedTextField(purpose="mediation.step.note", blank=True)
    place = EncryptedTextField(purpose="mediation.step.place", blank=True)

    def __str__(self) -> str:
        return f"note of {self.step_id}"


class MediationSession(Fact):
    """Both sides, or one of them, were heard. minutes: whole, what the mediators gave. Append-only."""

    step = models.OneToOneField(MediationStep, models.PROTECT, related_name="session")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="mediation_session_minutes")
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.starts_at:%Y-%m-%d}"


class SessionMediator(Fact):
    """A mediator was there. Its id is what a member's ledger entry names as its source."""

    session = models.ForeignKey(MediationSession, models.PROTECT, related_name="mediators")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "session", "mediator"], name="session_mediator_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mediator_id}"


class SessionParty(Fact):
    """A party was there."""

    session = models.ForeignKey(MediationSession, models.PROTECT, related_name="parties")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district_code", "session", "party"], name="session_party_once")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.party_id}"


class Agreement(Fact):
    """What both sides agreed: the items are the words of its step, one a line. Append-only."""

    step = models.OneToOneField(MediationStep, models.PROTECT, related_name="agreement")
    signed_on = models.DateField()
    signed_how = models.CharField(max_length=6, choices=SignedHow.choices)

    def __str__(self) -> str:
        return f"{self.step_id} {self.signed_on}"

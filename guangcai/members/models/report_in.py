"""报到: a member says "I live here"; the community accepts, and a residence begins."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.enums import Channel
from guangcai.members.models.links import Residence
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

FORM_PURPOSE = "members.report_in.form"


class ReportInQuerySet(models.QuerySet["ReportIn"]):
    def visible_to(self, actor: "Actor") -> "ReportInQuerySet":
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ROSTER_VIEW)))

    def waiting(self) -> "ReportInQuerySet":
        return self.filter(decided_at=None)


class ReportIn(CommunityFact):
    """One report slip, as handed in. `form` holds what the person typed, sealed, until it is decided.

    unit_said: the work unit on an accepted slip where it is not the one on record; the desk settles it.
    """

    member = models.ForeignKey("members.Member", models.PROTECT, null=True, blank=True, related_name="report_ins")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    form = EncryptedTextField(purpose=FORM_PURPOSE, blank=True)
    phone_index = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)
    is_accepted = models.BooleanField(null=True, blank=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    residence = models.OneToOneField(Residence, models.PROTECT, null=True, blank=True, related_name="report_in")
    unit_said = models.CharField(max_length=120, blank=True, db_default="")

    objects = ReportInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, is_accepted=None)
                | Q(decided_at__isnull=False, is_accepted=True, residence__isnull=False)
                | (Q(decided_at__isnull=False, is_accepted=False, residence=None) & ~Q(decline_reason="")),
                name="report_in_decided_whole",
            ),
            models.UniqueConstraint(
                fields=["district_code", "community", "phone_index"],
                condition=Q(decided_at=None) & ~Q(phone_index=""),
                name="report_in_waits_once",
            ),
            models.UniqueConstraint(
                fields=["district_code", "community", "member"],
                condition=Q(decided_at=None, member__isnull=False),
                name="report_in_of_member_waits_once",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "submitted_at"], condition=Q(decided_at=None), name="report_in_waiting")
        ]

    def __str__(self) -> str:
        return f"report-in {self.pk}"


class UnitReceiptQuerySet(models.QuerySet["UnitReceipt"]):
    def visible_to(self, actor: "Actor") -> "UnitReceiptQuerySet":
        """The receipts of the units whose liaison the actor is."""
        return self.filter(work_unit__in=actor.units_with(Permission.UNIT_ROSTER_VIEW))

    def unread(self) -> "UnitReceiptQuerySet":
        return self.filter(read_at=None)


class UnitReceipt(Fact):
    """回执: tells a work unit that its member reported in. It waits on the liaison's desk until it is read."""

    residence = models.OneToOneField(Residence, models.PROTECT, related_name="unit_receipt")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="+", db_index=False)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.UUIDField(null=True, blank=True)

    objects = UnitReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False), name="unit_receipt_read_when"
            )
        ]
        indexes = [models.Index(fields=["work_unit", "-sent_at"], name="unit_receipt_by_unit")]

    def __str__(self) -> str:
        return f"{self.work_unit_id} {self.residence_id}"

"""志愿服务记录证明: proof of service, with time, content and recording unit (Order 67 arts 14, 15)."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger.models.entries import ServiceEntry
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, actor: "Actor") -> "CertificateQuerySet":
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.ENTRY_VIEW)))


class Certificate(CommunityFact):
    """A certificate as issued: its lines and total are frozen; anybody may check it by number + name initial."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField()
    minutes = models.IntegerField()
    recording_unit = models.CharField(max_length=120)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "number"], name="certificate_number_once"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="certificate_period"),
        ]

    def __str__(self) -> str:
        return self.number


class CertificateLine(CommunityFact):
    """One entry on a certificate. A later reversal shows on the verification page, not on the paper."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="lines")
    entry = models.ForeignKey(ServiceEntry, models.PROTECT, related_name="+")
    minutes = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "certificate", "entry"], name="certificate_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.entry_id}"

"""Work done in a zone becomes a service entry, by the same door as a shift."""

from datetime import datetime

from guangcai.commitments.commands import Under, Work, record_work
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.ledger.models import ServiceEntry
from guangcai.zones.models import ZoneAgreement, ZoneDuty
from guangcai.zones.wording import work_title

SOURCE = "zone"


def log_work(*, agreement: ZoneAgreement, work: Work, by: Actor, now: datetime) -> ServiceEntry:
    """Write down work done in a zone: commitments.commands.record_work in the words of the zone. Source: A11."""
    row = ZoneAgreement.objects.select_related("zone", "community", "member").get(pk=agreement.pk)
    kind = ZoneDuty.objects.select_related("service_kind").get(kind=row.zone.kind).service_kind
    under = Under(source=SOURCE, title=work_title(row.zone), place=row.zone.name, kind=kind)
    return record_work(row=row, under=under, work=work, own_right=Permission.ZONE_CLAIM, by=by, now=now)

"""What the calendar does to agreements: a reminder before the end of the term, the end after it."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.zones.commands.locks import end_rows, lock_zone, tell
from guangcai.zones.models import Zone, ZoneAgreement


def end_over(zone: Zone, *, by: Actor, now: datetime) -> list[ZoneAgreement]:
    """End what is over on this zone, under its lock. A renewal of it stays."""
    over = ZoneAgreement.objects.live().filter(zone=zone, until__lt=localdate(now)).select_for_update()
    return end_rows(over.order_by("pk"), reason=EndReason.TERM_OVER, by=by, now=now)


def end_terms(*, by: Actor, now: datetime) -> int:
    """End every agreement whose term is over; returns how many. Who renewed in time is told nothing. Every night."""
    over = ZoneAgreement.objects.live().filter(until__lt=localdate(now))
    count = 0
    for key in list(over.order_by("zone_id").values_list("zone_id", flat=True).distinct()):
        with transaction.atomic():
            zone = lock_zone(key)
            ended = end_over(zone, by=by, now=now)
            still = ZoneAgreement.objects.live().filter(zone=zone).values_list("member_id", flat=True)
            tell({row.member_id for row in ended} - set(still), "ended", now=now, zone=zone.name)
            count += len(ended)
    return count


def remind_renewals(*, by: Actor, now: datetime) -> int:
    """Tell each holder once that his agreement is about to end; returns how many. Every night.

    Whoever moved away is not asked to go on: the desk sees him on its list.
    """
    due = (
        ZoneAgreement.objects.due(localdate(now))
        .filter(reminded_at=None)
        .exclude(pk__in=ZoneAgreement.objects.live().away().values("pk"))
    )
    count = 0
    for key, zone_id in list(due.order_by("zone_id").values_list("pk", "zone_id")):
        with transaction.atomic():
            zone = lock_zone(zone_id)
            row = ZoneAgreement.objects.live().filter(pk=key, reminded_at=None).first()
            if row is None or row.until is None:
                continue
            row.reminded_at = now
            row.save(update_fields=["reminded_at"])
            tell([row.member_id], "due", now=now, zone=zone.name, day=row.until)
            count += 1
    return count

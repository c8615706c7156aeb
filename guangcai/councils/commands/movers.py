"""How seats follow when two records of one person become one (members.merging)."""

from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.councils.commands.bodies import lock_body
from guangcai.councils.models import BodyMember
from guangcai.members import merging
from guangcai.members.merging import Merge


@merging.mover("councils.bodymember.member")
def seats(merge: Merge) -> int:
    """One open seat a body: that of the record that stays."""
    kept = BodyMember.objects.open().filter(member=merge.kept).values("body")
    for row in BodyMember.objects.open().filter(member=merge.gone, body__in=kept).order_by("body_id"):
        lock_body(row.body_id)
        row.until, row.ended_at, row.ended_by = max(row.since, localdate(merge.now)), merge.now, merge.by.user_id
        row.save(update_fields=["until", "ended_at", "ended_by"])
        audit.record(Tag.SEAT_END, by=merge.by, on=row, now=merge.now)
    return BodyMember.objects.filter(member=merge.gone).update(member=merge.kept)

"""How places on a roster follow when two records of one person become one (members.merging)."""

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.studios.models import RotaPlace


@merging.mover("studios.rotaplace.member")
def rota(merge: Merge) -> int:
    """One live place a studio: the one that got further stays, the other ends."""
    kept = RotaPlace.objects.live().filter(member=merge.kept).values("studio")
    both = RotaPlace.objects.live().filter(member=merge.gone, studio__in=kept)
    for key in sorted(both.values_list("studio_id", flat=True)):
        rows = RotaPlace.objects.live().filter(studio=key, member__in=[merge.kept, merge.gone])
        _stays, falls = sorted(rows.select_for_update().order_by("pk"), key=_weakness)
        falls.ended_at, falls.ended_by, falls.end_reason = merge.now, merge.by.user_id, EndReason.MERGED
        falls.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.ROTA_END, by=merge.by, on=falls, now=merge.now, reason=EndReason.MERGED.value)
    return RotaPlace.objects.filter(member=merge.gone).update(member=merge.kept)


def _weakness(row: RotaPlace) -> tuple[object, ...]:
    return (row.held_since is None, row.offered_at, row.pk)

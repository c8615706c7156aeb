"""How places on a roster follow when two records of one person become one (members.merging), and what becomes of a
studio whose host ended (orgs.followers)."""

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.orgs.followers import UnitEnd
from guangcai.studios.models import RotaPlace, Studio


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


def release_host(end: UnitEnd) -> None:
    """A studio goes on without the unit that ended: its roster and its sessions are the community's."""
    rows = Studio.objects.open().select_for_update(of=("self",), no_key=True).filter(host=end.work_unit_id)
    for row in rows.order_by("pk"):
        row.host = None
        row.save(update_fields=["host"])
        audit.record(Tag.STUDIO_CHANGE, by=end.by, on=row, now=end.now, fields=["host"])

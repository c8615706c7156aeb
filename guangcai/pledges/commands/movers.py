"""How pledges follow when two records of one person become one (members.merging)."""

from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.pledges.models import Pledge, PledgeMark


@merging.mover("pledges.pledge.member")
def pledges(merge: Merge) -> int:
    """One live pledge of a template and year: the one on which more was done stays, then the earlier one."""
    live = Pledge.objects.live().select_for_update(of=("self",))
    kept = {(row.template_id, row.year): row for row in live.filter(member=merge.kept)}
    for row in live.filter(member=merge.gone).order_by("pk"):
        other = kept.get((row.template_id, row.year))
        if other is None:
            continue
        _stays, falls = sorted((row, other), key=_weakness)
        falls.ended_at, falls.ended_by, falls.end_reason = merge.now, merge.by.user_id, EndReason.MERGED
        falls.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.PLEDGE_END, by=merge.by, on=falls, now=merge.now, reason=EndReason.MERGED.value)
    return Pledge.objects.filter(member=merge.gone).update(member=merge.kept)


def _weakness(row: Pledge) -> tuple[object, ...]:
    marks = PledgeMark.objects.filter(line__pledge=row, withdrawn_at=None).count()
    return (row.outcome is None, -marks, row.offered_at, row.pk)

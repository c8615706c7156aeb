"""How claims and gifts follow when two records of one person become one (members.merging). Gifts simply move."""

from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.members import merging
from guangcai.members.merging import Merge
from guangcai.wishes.commands.claims import pass_on
from guangcai.wishes.commands.moves import lock_wish
from guangcai.wishes.enums import WishClaimEnd
from guangcai.wishes.models import WishClaim


@merging.mover("wishes.wishclaim.member")
def claims(merge: Merge) -> int:
    """One live claim a wish: the one that got further stays, the other ends; who helped it helps the one that stays."""
    of_kept = WishClaim.objects.live().filter(member=merge.kept).values("wish_id")
    both = WishClaim.objects.live().filter(member=merge.gone, wish__in=of_kept)
    for key in both.order_by("wish_id").values_list("wish_id", flat=True):
        wish = lock_wish(key)
        rows = WishClaim.objects.live().filter(wish=wish, member__in=[merge.kept, merge.gone])
        stays, falls = sorted(rows, key=_weakness)
        falls.ended_at, falls.ended_by, falls.end_reason = merge.now, merge.by.user_id, WishClaimEnd.MERGED
        falls.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.WISH_CLAIM_END, by=merge.by, on=falls, now=merge.now, reason=WishClaimEnd.MERGED.value)
        if falls.given_at is not None:
            pass_on(wish, falls, by=merge.by, now=merge.now)
        assert stays.ended_at is None
    return WishClaim.objects.filter(member=merge.gone).update(member=merge.kept)


def _weakness(row: WishClaim) -> tuple[object, ...]:
    """Whoever has the wish, then held before confirmed, confirmed before waiting; then the earlier one."""
    leads = row.lead_id is None and row.given_at is not None
    return (not leads, row.held_since is None, row.given_at is None, row.offered_at, row.pk)

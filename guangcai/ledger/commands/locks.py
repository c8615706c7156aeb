"""One lock for everything that is decided about a member's time: the member's row, in the order of keys.

Whoever confirms, reverses or certifies holds it, so that a second one sees what the first one did. It does not hold
up rows that only point to the member.
"""

from collections.abc import Iterable
from uuid import UUID

from guangcai.members.models import Member


def lock_members(member_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """The members by id, locked until the transaction ends."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(member_ids)).order_by("pk")
    return {member.pk: member for member in rows}

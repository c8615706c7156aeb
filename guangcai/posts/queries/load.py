"""How much members have taken on: for other rooms."""

from uuid import UUID

from guangcai.commitments.load import Whom, by_member
from guangcai.posts.models import PostClaim


def commitments_of(members: Whom) -> dict[UUID, int]:
    """Live claims by member, those without any left out."""
    return by_member(PostClaim.objects.live(), members)

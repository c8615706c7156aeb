"""What must be true of posts at any moment and no constraint can say."""

from collections.abc import Iterable

from guangcai.commitments import rules as shared
from guangcai.core.invariants import ids, invariant
from guangcai.orgs.enums import ClaimOrder
from guangcai.posts.models import Post, PostClaim

OVER_PLACES = """
SELECT post.id FROM posts_post AS post
JOIN posts_postclaim AS row ON row.post_id = post.id AND row.ended_at IS NULL AND row.place_no IS NOT NULL
GROUP BY post.id, post.places
HAVING count(*) > post.places OR max(row.place_no) > post.places
"""
FREE_WHILE_WAITING = """
SELECT post.id FROM posts_post AS post
WHERE post.ended_at IS NULL AND (post.claims_until IS NULL OR post.allotted_at IS NOT NULL)
  AND EXISTS (SELECT FROM posts_postclaim AS row
              WHERE row.post_id = post.id AND row.ended_at IS NULL AND row.place_no IS NULL)
  AND post.places > (SELECT count(*) FROM posts_postclaim AS row
                     WHERE row.post_id = post.id AND row.ended_at IS NULL AND row.place_no IS NOT NULL)
"""
CLAIM_OUTLIVES_POST = """
SELECT row.id FROM posts_postclaim AS row JOIN posts_post AS post ON post.id = row.post_id
WHERE post.ended_at IS NOT NULL AND row.ended_at IS NULL
"""
OTHER_PATH = """
SELECT row.id FROM posts_postclaim AS row JOIN posts_post AS post ON post.id = row.post_id
WHERE row.path <> post.path OR row.district_code <> post.district_code
"""


@invariant("posts.claims.within_places")
def no_post_over_its_places() -> Iterable[str]:
    return ids(OVER_PLACES, "post")


@invariant("posts.claims.no_free_place_while_waiting")
def the_waiting_list_moved_up() -> Iterable[str]:
    return ids(FREE_WHILE_WAITING, "post")


@invariant("posts.claims.end_with_their_post")
def no_claim_outlives_its_post() -> Iterable[str]:
    return ids(CLAIM_OUTLIVES_POST, "claim")


@invariant("posts.claims.path_of_their_post")
def claims_lie_where_their_post_does() -> Iterable[str]:
    return ids(OTHER_PATH, "claim")


@invariant("posts.lots.as_drawn")
def the_turns_are_those_of_the_lot() -> Iterable[str]:
    """Every drawn lot can be worked out again from its seed, and the seed is the one that was sealed."""
    drawn = Post.objects.filter(claim_order=ClaimOrder.LOT, allotted_at__isnull=False)
    ranked = PostClaim.objects.filter(post__in=drawn, rank__isnull=False).order_by("rank")
    of_post: dict[object, list[PostClaim]] = {}
    for claim in ranked.only("pk", "post_id", "rank"):
        of_post.setdefault(claim.post_id, []).append(claim)
    for post in drawn:
        seed = bytes(post.lot_seed or b"")
        lots = [shared.lot_of(claim.pk, seed=seed) for claim in of_post.get(post.pk, [])]
        if lots != sorted(lots) or not shared.is_sealed_seed(seed, seal=post.lot_seal):
            yield f"post {post.pk}"

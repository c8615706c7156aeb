"""What must be true of posts at any moment and no constraint can say."""

from collections.abc import Iterable

from django.db import connection

from guangcai.commitments import rules as shared
from guangcai.core.invariants import invariant
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
ENTRY_OF_NO_CLAIM = """
SELECT entry.id FROM ledger_serviceentry AS entry
LEFT JOIN posts_postclaim AS row ON row.id = split_part(entry.source, ':', 2)::uuid
     AND row.district_code = entry.district_code AND row.member_id = entry.member_id
WHERE entry.origin = 'claim' AND (row.id IS NULL OR row.held_since IS NULL OR entry.served_on < row.held_since)
"""
OTHER_PATH = """
SELECT row.id FROM posts_postclaim AS row JOIN posts_post AS post ON post.id = row.post_id
WHERE row.path <> post.path OR row.district_code <> post.district_code
"""


def _ids(sql: str, words: str) -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (key,) in cursor.fetchall():
            yield f"{words} {key}"


@invariant("posts.claims.within_places")
def no_post_over_its_places() -> Iterable[str]:
    return _ids(OVER_PLACES, "post")


@invariant("posts.claims.no_free_place_while_waiting")
def the_waiting_list_moved_up() -> Iterable[str]:
    return _ids(FREE_WHILE_WAITING, "post")


@invariant("posts.claims.end_with_their_post")
def no_claim_outlives_its_post() -> Iterable[str]:
    return _ids(CLAIM_OUTLIVES_POST, "claim")


@invariant("posts.work.under_a_held_claim")
def work_belongs_to_a_claim() -> Iterable[str]:
    return _ids(ENTRY_OF_NO_CLAIM, "entry")


@invariant("posts.claims.path_of_their_post")
def claims_lie_where_their_post_does() -> Iterable[str]:
    return _ids(OTHER_PATH, "claim")


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

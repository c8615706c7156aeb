"""The figures of posts (S3): open, places, claimed, taken up, on any day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from guangcai.core.scoping import under
from guangcai.posts.models import Post, PostClaim
from guangcai.posts.rules import end_of_day

FIELDS = {"kind": "kind__name", "community": "community__name"}


@dataclass(frozen=True)
class PostCount:
    """Posts open on the day, their places, places with a claim, places taken up. rate: claimed of places, in percent,
    one decimal; a post has at least one place."""

    posts: int
    places: int
    claimed: int
    taken_up: int

    @property
    def rate(self) -> float:
        return round(100 * self.claimed / self.places, 1)


def count_posts(*, paths: Iterable[str], by: Sequence[str], on: date) -> dict[tuple[str, ...], PostCount]:
    """Figures by the dimensions `by` (kind, community), in the order of their names. Two queries. Source: S3."""
    end = end_of_day(on)
    is_open = Q(opened_at__lte=end) & (Q(ended_at=None) | Q(ended_at__gt=end))
    posts = Post.objects.filter(under("path", paths), is_open)
    names = [FIELDS[name] for name in by]
    own = posts.order_by(*names).values_list(*names).annotate(Count("pk"), Sum("places"))
    live = Q(offered_at__lte=end) & (Q(ended_at=None) | Q(ended_at__gt=end)) & Q(place_no__isnull=False)
    claims = PostClaim.objects.filter(live, post__in=posts)
    held = Count("pk", filter=Q(held_since__lte=on))
    found = claims.order_by().values_list(*(f"post__{name}" for name in names)).annotate(claimed=Count("pk"), held=held)
    of_claims = {tuple(row[:-2]): row[-2:] for row in found}
    return {tuple(row[:-2]): PostCount(row[-2], row[-1], *of_claims.get(tuple(row[:-2]), (0, 0))) for row in own}

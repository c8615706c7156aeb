"""What posts keep."""

from guangcai.posts.models.claim import PostClaim, PostClaimQuerySet
from guangcai.posts.models.post import Post, PostKind, PostQuerySet, PostSkill

__all__ = ["Post", "PostClaim", "PostClaimQuerySet", "PostKind", "PostQuerySet", "PostSkill"]

"""Everything that writes posts. One function per verb."""

from guangcai.commitments.commands import Work
from guangcai.posts.commands.claims import allot_places, claim_post, confirm_claim, end_claim, take_up
from guangcai.posts.commands.kinds import load_post_kinds
from guangcai.posts.commands.posts import (
    Draft,
    add_post,
    change_post,
    draft_from,
    end_post,
    establish_post,
    open_post,
    open_posts,
    propose_post,
)
from guangcai.posts.commands.work import log_work

__all__ = [
    "Draft",
    "Work",
    "add_post",
    "allot_places",
    "change_post",
    "claim_post",
    "confirm_claim",
    "draft_from",
    "end_claim",
    "end_post",
    "establish_post",
    "load_post_kinds",
    "log_work",
    "open_post",
    "open_posts",
    "propose_post",
    "take_up",
]

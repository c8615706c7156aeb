"""Invitations, as the member and the desk see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from guangcai.activities.models import SignUp
from guangcai.core.actor import Actor
from guangcai.invitations.enums import Answer, Subject
from guangcai.invitations.models import Invitation
from guangcai.invitations.rules import answer_of
from guangcai.posts.models import PostClaim


def own_invitations(actor: Actor, *, now: datetime) -> list[Invitation]:
    """What the signed-in member was asked and has not answered, the newest first. One query."""
    rows = Invitation.objects.visible_to(actor).waiting(now=now).filter(member=actor.member_id)
    return list(rows.select_related("post", "shift__activity", "community").order_by("-asked_at", "pk"))


@dataclass(frozen=True)
class Answered:
    """One invitation and what came of it."""

    invitation: Invitation
    answer: Answer


def answers_to(subject: Subject, need: UUID, *, actor: Actor, now: datetime) -> list[Answered]:
    """Who was asked for a post or a shift, and what came of it: one query. A household has its pairings instead."""
    if subject == Subject.HOUSEHOLDS:
        return []
    rows = Invitation.objects.visible_to(actor).select_related("member", "post", "shift").order_by("-asked_at", "pk")
    rows = rows.filter(post=need) if subject == Subject.POSTS else rows.filter(shift=need)
    claims = PostClaim.objects.live().filter(post=OuterRef("post"), member=OuterRef("member"))
    sign_ups = SignUp.objects.live().filter(shift=OuterRef("shift"), member=OuterRef("member"))
    return [_answered(row, now) for row in rows.annotate(is_taken=Exists(claims) | Exists(sign_ups))]


def _answered(row: Any, now: datetime) -> Answered:
    if row.post is not None:
        is_wanted = row.post.opened_at is not None and row.post.ended_at is None
    else:
        is_wanted = row.shift.cancelled_at is None and row.shift.closed_at is None and row.shift.starts_at > now
    return Answered(row, answer_of(is_taken=row.is_taken, declined_at=row.declined_at, is_wanted=is_wanted))

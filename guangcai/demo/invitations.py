"""Invitations of the demo: two members are asked for a post, the posts with free places are being looked at."""

from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet

from guangcai.demo.stage import Stage
from guangcai.invitations.commands import Ask, decide, invite, propose_round
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Proposal
from guangcai.invitations.queries.others import nearest_to
from guangcai.members.models import Member
from guangcai.posts.models import Post
from guangcai.posts.queries.posts import with_numbers


def ask_members(stage: Stage) -> None:
    """Yesterday the desk asked the member who signs in, and whoever was nearest, for a post with a free place."""
    desk, own = stage.actor(f"desk:{stage.own.name}"), stage.person(stage.users["member"].name).member
    post, now = _post_for(stage, own), stage.at(stage.today - timedelta(days=1), "09:30")
    found = nearest_to(Subject.POSTS, post.pk, path=stage.own.path, by=desk, now=stage.now)
    asks = [Ask(own, post=post), *(Ask(one.member, post=post, why=one.why) for one in found if one.member != own)]
    invite(asks=asks[:2], by=desk, now=now)


def look_for_people(stage: Stage) -> None:
    """A round over the community's posts, one pair accepted, nothing sent yet."""
    desk = stage.actor(f"desk:{stage.own.name}")
    now = stage.at(stage.today, "08:40")
    round_ = propose_round(community=stage.own, subject=Subject.POSTS, by=desk, now=now)
    pairs = Proposal.objects.filter(round=round_).pairs().order_by("points", "post__title", "pk")
    first = list(pairs.values_list("pk", flat=True)[:1])
    if first:
        decide(round_=round_, proposals=first, decision=Decision.ACCEPTED, by=desk, now=now)


def _post_for(stage: Stage, member: Member) -> Post:
    """An open post with a free place that the member has not claimed and fits."""
    rows: QuerySet[Any] = with_numbers(Post.objects.open().filter(community=stage.own, claims_until=None))
    rows = rows.filter(placed__lt=F("places"), category="", required_skills=None).exclude(claims__member=member)
    found: Post = rows.order_by("title", "pk")[0]
    return found

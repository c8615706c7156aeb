"""Invitations of the demo: the member who signs in and a neighbour are asked for a post with a free place."""

from datetime import timedelta

from guangcai.demo.stage import Stage
from guangcai.invitations.commands import Ask, invite
from guangcai.invitations.enums import Subject
from guangcai.invitations.queries.others import nearest_to
from guangcai.members.models import Member
from guangcai.posts.models import Post


def ask_members(stage: Stage) -> None:
    """Yesterday the desk asked the two who were nearest to it, the member who signs in among them."""
    desk, own = stage.actor(f"desk:{stage.own.name}"), stage.person(stage.users["member"].name).member
    post, now = _post_for(stage, own), stage.at(stage.today - timedelta(days=1), "09:30")
    found = {
        one.member.pk: one for one in nearest_to(Subject.POSTS, post.pk, path=stage.own.path, by=desk, now=stage.now)
    }
    first = [found.pop(own.pk)] if own.pk in found else []
    asks = [Ask(one.member, post=post, why=one.why) for one in [*first, *found.values()][:2]]
    if asks:
        invite(asks=asks, by=desk, now=now)


def _post_for(stage: Stage, member: Member) -> Post:
    """An open post with a free place that the member has not claimed and fits."""
    rows = Post.objects.open().filter(community=stage.own, claims_until=None, category="", required_skills=None)
    return rows.exclude(claims__member=member).select_related("community").order_by("title", "pk")[0]

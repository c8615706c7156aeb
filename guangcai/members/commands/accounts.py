"""A member's own account: made or linked when he reports in, with the member's role in his community."""

from collections.abc import Iterable
from datetime import datetime

from guangcai.accounts.commands import add_user, link_member
from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.members.models import Member
from guangcai.orgs.commands import end_grant, grant_role
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.roles import Role

MOVED_AWAY = "moved to another community"


def give_account(member: Member, *, by: Actor, now: datetime) -> User | None:
    """The account that signs in with the member's phone is his; None without a phone, or when it is another's."""
    if not member.phone:
        return None
    user = add_user(name=member.name, phone=member.phone, by=by, now=now)
    if user.member_id not in (None, member.pk):
        return None
    return link_member(user=user, member_id=member.pk, by=by, now=now)


def follow_residence(members: Iterable[Member], community: Node, *, now: datetime) -> None:
    """Those of `members` who sign in hold the member's role in `community`, and in no other one.

    Given by the program: that a colleague of the desk may give nobody a role is meant for the desk's own wishes.
    """
    users = {user.pk: user for user in User.objects.active().filter(member_id__in=[m.pk for m in members])}
    if not users:
        return
    held = Grant.objects.filter(user__in=users, role=Role.MEMBER, ended_at=None).select_related("node", "work_unit")
    here = set()
    for grant in held:
        if grant.node_id == community.pk:
            here.add(grant.user_id)
        else:
            end_grant(grant=grant, reason=MOVED_AWAY, by=Actor.system(), now=now)
    for user_id in users.keys() - here:
        _grant_member_role(users[user_id], community, now=now)


def _grant_member_role(user: User, community: Node, *, now: datetime) -> None:
    try:
        grant_role(user=user, role=Role.MEMBER, node=community, by=Actor.system(), now=now)
    except RuleBroken:
        # An administrator of the district is a resident too: his account keeps the role it has.
        return

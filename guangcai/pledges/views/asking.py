"""What every screen of pledges begins with: the row, if the actor may see it."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node
from guangcai.pledges.models import Pledge


def found(request: ActorRequest, pk: UUID) -> Pledge:
    """The pledge with its fulfilment: the member's own or the desk's. A public one of one's area is 403, others 404."""
    shown = Pledge.objects.visible_to(request.actor).select_related("template", "member", "community", "review")
    row: Pledge = get_object_or_404(shown, pk=pk)
    if not is_own(request, row) and not request.actor.can(Permission.PLEDGE_EDIT, row.path):
        raise Forbidden()
    return row


def is_own(request: ActorRequest, pledge: Pledge) -> bool:
    return request.actor.member_id is not None and request.actor.member_id == pledge.member_id


def own_member(request: ActorRequest) -> Member | None:
    """The member who is signed in, if he is one."""
    if request.actor.member_id is None:
        return None
    seen = Member.objects.visible_to(request.actor).select_related("community")
    return seen.filter(pk=request.actor.member_id).first()


def community_of(request: ActorRequest, permission: Permission) -> Node:
    """The community asked for by its code, or the first of the actor's; 404 for anybody without one."""
    places = communities_of(request.actor, permission)
    code = request.GET.get("community", "")
    return get_object_or_404(places, code=code) if code else get_object_or_404(places[:1])


def year_of(request: ActorRequest) -> int:
    """The year asked for, this one without or with rubbish."""
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == len("2026") else timezone.localdate().year


def check_year(year: int) -> int:
    """A pledge is made for this year or the next; every other address does not exist."""
    today = timezone.localdate()
    if year not in (today.year, today.year + 1):
        raise Http404
    return year

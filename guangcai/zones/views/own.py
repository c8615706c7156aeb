"""The member's phone: my zones, and zones nobody holds near me."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.members.queries.person import own_member
from guangcai.zones.queries import own as queries


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """What I hold, what I have to sign or renew, and what is free, my own building first."""
    member, on, text = own_member(request.actor), localdate(), request.GET.get("q", "").strip()
    free = queries.free_near(member, by=request.actor, on=on, text=text) if member else None
    shown = list(free[: queries.SHOWN + 1]) if free is not None else []
    context = {
        "member": member,
        "sees_list": request.actor.holds(Permission.ROSTER_VIEW),
        "agreements": queries.own_agreements(request.actor, on=on),
        "free": shown[: queries.SHOWN],
        "has_more": len(shown) > queries.SHOWN,
        "home": member.building.path if member and member.building else "",
        "q": text,
    }
    return render(request, "zones/mine.html", context)

"""A launch day: a thousand people in a morning, each found in a second and accepted with one tap."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.members import keys, queries
from guangcai.members.models import Residence
from guangcai.members.views.asking import community_of
from guangcai.members.views.door import door_url

SHOWN = 30


@require_safe
def launch_day(request: ActorRequest) -> HttpResponse:
    """One box, the people it means, one button each; Enter finds, Enter accepts when there is one."""
    community = community_of(request, Permission.REPORT_IN_ACCEPT)
    text = request.GET.get("q", "").strip()
    slips = queries.waiting_slips(request.actor, text=text, community=community)
    today = Residence.objects.filter(community=community, accepted_at__date=timezone.localdate())
    context = {
        "community": community,
        "q": text,
        "slips": slips[:SHOWN],
        "found": len(slips),
        "more": max(0, len(slips) - SHOWN),
        "accepted_today": today.count(),
        "only_one": bool(text) and len(slips) == 1,
    }
    return render(request, "members/launch_day.html", context)


@require_safe
def invitations(request: ActorRequest) -> HttpResponse:
    """Slips to hand out: name, unit and the six digits with which the member's own phone fills itself in."""
    community = community_of(request, Permission.REPORT_IN_ACCEPT)
    slips = queries.waiting_slips(request.actor, community=community)
    rows = [(slip, keys.launch_code(slip.id)) for slip in slips if slip.is_ready]
    context = {"community": community, "rows": rows, "url": door_url(community)}
    return render(request, "members/invitations.html", context)


@require_safe
def poster(request: ActorRequest) -> HttpResponse:
    """The sheet at the door: scan and report in."""
    community = community_of(request, Permission.REPORT_IN_ACCEPT)
    return render(request, "members/poster.html", {"community": community, "url": door_url(community)})

"""What the community asked me: take it on where everybody does, or say no with one button."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.core.http import ActorRequest
from guangcai.invitations import commands
from guangcai.invitations.models import Invitation
from guangcai.invitations.queries.mine import own_invitations


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """Everything I was asked and have not answered."""
    rows = own_invitations(request.actor, now=timezone.now()) if request.actor.member_id else []
    return render(request, "invitations/mine.html", {"rows": rows})


@login_required
@require_POST
def decline(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say no: nobody asks why."""
    row = get_object_or_404(Invitation.objects.visible_to(request.actor), pk=pk)
    commands.decline(invitation=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Declined. That is fine: it counts nowhere."))
    return redirect("invitations:mine")

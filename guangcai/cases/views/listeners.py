"""Other systems that are told when a request moves: which they are, adding and ending one."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.cases import commands, hooks
from guangcai.cases.forms_listener import ListenerForm
from guangcai.cases.models import Listener
from guangcai.cases.queries.listening import told_systems
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.members.views.asking import asked
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node

LEVELS = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)


@login_required
@require_safe
def listeners(request: ActorRequest) -> HttpResponse:
    """Each with what it took last, what waits and what was given up."""
    asked(request.actor, Permission.POLICY_EDIT)
    context = {"rows": told_systems(request.actor), "hosts": sorted(settings.GUANGCAI_HOOK_HOSTS)}
    return render(request, "cases/listeners.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Add one; the answer shows its secret, which no later page does."""
    asked(request.actor, Permission.POLICY_EDIT)
    places = Node.objects.in_force(timezone.localdate()).held_by(request.actor, Permission.POLICY_EDIT)
    form = ListenerForm(posted(request), nodes=places.filter(level__in=LEVELS).order_by("path"))
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = commands.add_listener(**form.cleaned_data, by=request.actor, now=timezone.now())
        except (RuleBroken, Conflict) as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            context = {"row": row, "secret": secret, "header": hooks.HEADER}
            return render(request, "cases/listener_added.html", context)
    context = {"form": form, "hosts": sorted(settings.GUANGCAI_HOOK_HOSTS)}
    return render(request, "cases/listener_new.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Nothing is sent there any more."""
    commands.end_listener(listener=_found(request, pk), by=request.actor, now=timezone.now())
    messages.success(request, _("This system is told nothing any more."))
    return redirect("cases:listeners")


@login_required
@require_POST
def calls(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Send again what was given up."""
    count = commands.send_again(listener=_found(request, pk), by=request.actor, now=timezone.now())
    words = ngettext("%(count)d call is sent again.", "%(count)d calls are sent again.", count)
    messages.success(request, words % {"count": count})
    return redirect("cases:listeners")


def _found(request: ActorRequest, pk: UUID) -> Listener:
    asked(request.actor, Permission.POLICY_EDIT)
    return get_object_or_404(Listener.objects.visible_to(request.actor), pk=pk)

"""Lists to choose from: which there are, a kind more, another name, ended, offered again."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, posted
from guangcai.core.kinds import KeptKind, KindList, declared, declared_as
from guangcai.core.permissions import Permission
from guangcai.orgs import commands
from guangcai.orgs.forms.kinds import KindForm, KindNameForm
from guangcai.orgs.views.frame import carried_out, form_page


@login_required
@require_safe
def kinds(request: ActorRequest) -> HttpResponse:
    """Every list with its rows, the ended ones last."""
    _asked(request)
    lists = [(one, sorted(one.model.objects.all(), key=lambda row: row.ended_on is not None)) for one in declared()]
    return render(request, "orgs/kinds.html", {"lists": lists})


@login_required
@require_http_methods(["GET", "POST"])
def kind_new(request: ActorRequest, code: str) -> HttpResponse:
    listed, back = _list(request, code), _back(code)
    return form_page(
        request,
        KindForm(posted(request), kinds=listed),
        lambda values: commands.add_kind(kinds=listed, **values, by=request.actor, now=timezone.now()),
        to=lambda made: back,
        done=_("Added. It can be chosen from now on."),
        heading=_("Add to “%(list)s”") % {"list": listed.label},
        submit=_("Add"),
        back=back,
        back_text=_("Lists to choose from"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def kind(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Another name."""
    listed, back = _list(request, code), _back(code)
    row = _row(listed, pk)
    return form_page(
        request,
        KindNameForm(posted(request), initial={"name": row.name}),
        lambda values: commands.rename_kind(kinds=listed, kind=row, **values, by=request.actor, now=timezone.now()),
        to=lambda renamed: back,
        done=_("Renamed."),
        template="orgs/kind.html",
        heading=row.name,
        lead=listed.label,
        listed=listed,
        row=row,
        submit=_("Save"),
        back=back,
        back_text=_("Lists to choose from"),
    )


@login_required
@require_POST
def kind_end(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Offered no more."""
    return _turned(request, code, pk, commands.end_kind, done=_("It is offered no more. What has it keeps it."))


@login_required
@require_POST
def kind_offer(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """Offered again."""
    return _turned(request, code, pk, commands.offer_kind, done=_("It can be chosen again."))


def _turned(request: ActorRequest, code: str, pk: int, command: Callable[..., KeptKind], *, done: str) -> HttpResponse:
    listed = _list(request, code)
    row = _row(listed, pk)
    carried_out(request, lambda: command(kinds=listed, kind=row, by=request.actor, now=timezone.now()), done=done)
    return redirect(_back(code))


def _asked(request: ActorRequest) -> None:
    if not request.actor.holds(Permission.POLICY_EDIT):
        raise Forbidden()


def _list(request: ActorRequest, code: str) -> KindList:
    _asked(request)
    found = declared_as(code)
    if found is None:
        raise Http404
    return found


def _row(listed: KindList, pk: int) -> KeptKind:
    return get_object_or_404(listed.model.objects.all(), pk=pk)


def _back(code: str) -> str:
    return f"{reverse('orgs:kinds')}#{code}"

"""Kiosk screens: lending the device, the start screen, taking it back."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guangcai.accounts import commands, kiosk, queries, rules
from guangcai.accounts.forms import EndKioskForm, StartKioskForm
from guangcai.accounts.models import KioskSession
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def start(request: ActorRequest) -> HttpResponse:
    """Turn this device into a kiosk; the worker is signed out on it."""
    places = kiosk.places(request.actor)
    if not places:
        raise Forbidden(_("Only a community's desk can set up a kiosk."))
    form = StartKioskForm(posted(request), places=places)
    if request.method == "POST" and form.is_valid():
        row = _started(request, form)
        if row is not None:
            get_adapter().logout(request)
            return kiosk.give_to_device(kiosk.forget_visitor(redirect("accounts:kiosk")), row)
    context = {"form": form, "places": places, "rows": queries.kiosks_of(request.actor, at=timezone.now())}
    return render(request, "accounts/kiosk_start.html", context, status=422 if form.errors else 200)


def _started(request: ActorRequest, form: StartKioskForm) -> KioskSession | None:
    place = form.chosen
    try:
        return commands.start_kiosk(
            node_id=place.node_id,
            path=place.path,
            place=place.name,
            pin=form.cleaned_data["pin"],
            by=request.actor,
            now=timezone.now(),
        )
    except RuleBroken as refusal:
        form.add_error(refusal.field, str(refusal))
        return None


@require_GET
@kiosk.kiosk_page
def home(request: HttpRequest) -> HttpResponse:
    """The start screen: whoever stood here before is forgotten."""
    shown = kiosk.of(request)
    return kiosk.forget_visitor(render(request, "accounts/kiosk.html", {"kiosk": shown, "tasks": kiosk.tasks()}))


@require_http_methods(["GET", "POST"])
@kiosk.kiosk_page
def end(request: HttpRequest) -> HttpResponse:
    """Give the device back to the desk, with the PIN."""
    shown = kiosk.of(request)
    assert shown is not None
    form = EndKioskForm(posted(request))
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        is_limited = commands.take(rules.KIOSK_PINS, str(shown.id), now=now) > rules.KIOSK_PINS.most
        if not is_limited and check_password(form.cleaned_data["pin"], shown.pin_hash):
            row = KioskSession.objects.get(pk=shown.id)
            commands.end_kiosk(kiosk=row, by=shown.actor, now=now)
            return kiosk.take_from_device(redirect("account_login"))
        form.add_error("pin", _("Too many tries. Wait 15 minutes.") if is_limited else _("The PIN is wrong."))
    return render(request, "accounts/kiosk_end.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@login_required
def end_afar(request: ActorRequest, kiosk_id: UUID) -> HttpResponse:
    """End a kiosk from the own account: the PIN was forgotten, or the device is lost."""
    row = get_object_or_404(KioskSession.objects.running(timezone.now()), pk=kiosk_id)
    commands.end_kiosk(kiosk=row, by=request.actor, now=timezone.now())
    return redirect("accounts:kiosk_start")

"""On site: the code on the screen and on paper, the page behind it, and checking in."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guangcai.accounts import commands as accounts
from guangcai.accounts.rules import Limit
from guangcai.activities import codes, commands, notices
from guangcai.activities.models import Shift
from guangcai.activities.views.phone import read_key, shift_context
from guangcai.activities.views.refusals import refused
from guangcai.activities.views.shifts import found, is_over
from guangcai.core.errors import DomainError, OutOfScope, RuleBroken
from guangcai.core.http import ActorRequest, respond
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission

TICKET_SALT = "guangcai.activities.seen"
TICKET_SECONDS = 15 * 60
# Six digits can be guessed; nobody mistypes them this often.
TYPED_CODES = Limit("activities:typed_code", 12, timedelta(minutes=10))


@login_required
@require_safe
def code(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The code on a screen at the door: changes every 30 seconds by itself."""
    shift, now = found(request, pk, permission=Permission.ATTENDANCE_TAKE), timezone.now()
    if is_over(request, shift):
        return _leave_for(request, reverse("activities:board", args=[shift.pk]))
    shown = codes.shown_at(shift_id=shift.pk, key=bytes(shift.code_key), now=now)
    context = {
        "shift": shift,
        "when": notices.when(shift),
        "shown": shown,
        "digits": f"{shown.digits[:3]} {shown.digits[3:]}",
        "address": _address(shift, shown.text),
        "present": shift.attendances.present().count(),
    }
    response = respond(request, "activities/code.html#now", context)
    if "HX-Request" not in request.headers:
        # The same page without scripts.
        response["Refresh"] = str(shown.seconds_left)
    response["Cache-Control"] = "no-store"
    return response


def _leave_for(request: ActorRequest, address: str) -> HttpResponse:
    """A screen that still fetches codes when the shift is closed leaves by itself: htmx would swap a redirect in."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@login_required
@require_safe
def printed_code(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A sheet for a place without a screen."""
    shift = found(request, pk, permission=Permission.ATTENDANCE_TAKE)
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    text = codes.printed(shift_id=shift.pk, key=bytes(shift.code_key))
    context = {"shift": shift, "when": notices.when(shift), "address": _address(shift, text)}
    return render(request, "activities/printed_code.html", context)


@login_required
@require_POST
def code_renewal(request: ActorRequest, pk: UUID) -> HttpResponse:
    shift = found(request, pk, permission=Permission.ATTENDANCE_TAKE)
    commands.renew_code(shift=shift, by=request.actor, now=timezone.now())
    messages.success(request, _("Codes shown or printed before do not work any more."))
    return redirect("activities:code", shift.pk)


def _address(shift: Shift, text: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse("activities:here", args=[shift.pk, text])


@require_safe
def here(request: ActorRequest, pk: UUID, code: str) -> HttpResponse:
    """Where the scanned code leads: one button. Opens signed out too, so that the code is not lost on the way."""
    shift = found(request, pk) if request.actor.is_signed_in else _shown_to_anybody(pk, code)
    context = {
        "shift": shift,
        "when": notices.when(shift),
        "code": code,
        "ticket": _ticket(request, shift, code),
        "new_id": new_id(),
        "is_member": request.actor.member_id is not None,
    }
    return render(request, "activities/here.html", context)


def _shown_to_anybody(pk: UUID, code: str) -> Shift:
    """Whoever holds a code of the shift may read what the notice says; nobody else finds the address."""
    shift = get_object_or_404(Shift.objects.select_related("activity"), pk=pk, activity__published_at__isnull=False)
    if codes.read(code, shift_id=shift.pk, key=bytes(shift.code_key), now=timezone.now()) is None:
        raise OutOfScope()
    return shift


@require_safe
def here_offline(request: HttpRequest) -> HttpResponse:
    """The same page without a shift: kept on the phone for a scan without network."""
    return render(request, "activities/here_offline.html")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it may only serve what lies under its own address, so it lives here."""
    context = {
        "offline": reverse("activities:here_offline"),
        "files": [static(name) for name in ("core/tokens.css", "vendor/tabler.css", "core/base.css", "core/frame.css")]
        + [static(name) for name in ("core/components.css", "core/lists.css", "activities/js/check-in.js")],
    }
    response = render(request, "activities/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


def _ticket(request: ActorRequest, shift: Shift, code: str) -> str:
    """Proof that this person's phone showed the code while it was on the screen: he may press the button later."""
    if request.actor.user_id is None:
        return ""
    now = timezone.now()
    reading = codes.read(code, shift_id=shift.pk, key=bytes(shift.code_key), now=now)
    if reading is None or not reading.is_current:
        return ""
    return signing.dumps([str(shift.pk), str(request.actor.user_id), code, now.isoformat()], salt=TICKET_SALT)


def _seen_at(request: ActorRequest, shift_id: UUID, code: str) -> datetime | None:
    ticket = request.POST.get("ticket", "")
    if not ticket:
        return None
    try:
        said = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    *whose, at = said
    return parse_datetime(at) if whose == [str(shift_id), str(request.actor.user_id), code] else None


@require_POST
def check_ins(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Check in with the code that was scanned or typed. Answers a script in JSON, a browser with a page."""
    code = request.POST.get("code", "").replace(" ", "")
    is_script = request.headers.get("Accept") == "application/json"
    if not request.actor.is_signed_in:
        return JsonResponse({"state": "login"}, status=401) if is_script else redirect_to_login(_back_to(pk))
    try:
        done = _check_in(request, pk, code)
    except DomainError as error:
        if is_script:
            text = str(error.message) or _("This code does not lead to a shift of your community.")
            said = {"state": "refused", "code": error.code, "text": text}
            return JsonResponse(said, status=error.status)
        if not isinstance(error, RuleBroken):
            raise
        shift = found(request, pk)
        context = shift_context(request, shift, problem=refused(error, shift))
        return render(request, "activities/shift.html", context, status=422)
    if is_script:
        return JsonResponse({"state": "done", "late": done.is_late, "new": done.is_new})
    messages.success(request, _("Checked in. Thank you for coming."))
    return redirect("activities:shift", pk)


def _back_to(pk: UUID) -> str:
    return reverse("activities:shift", args=[pk])


def _check_in(request: ActorRequest, pk: UUID, code: str) -> commands.CheckedIn:
    now, member_id = timezone.now(), request.actor.member_id
    if member_id is None:
        raise OutOfScope()
    is_typed = code.isdecimal()
    if is_typed and accounts.take(TYPED_CODES, str(request.actor.user_id), now=now) > TYPED_CODES.most:
        raise RuleBroken(_("Too many tries. Ask the person who leads the shift."), code="too_many_tries")
    done = commands.check_in(
        shift_id=pk,
        member_id=member_id,
        code=code,
        id=read_key(request.POST.get("id", "")),
        was_kept=request.POST.get("kept") == "1",
        seen_at=_seen_at(request, pk, code),
        by=request.actor,
        now=now,
    )
    if is_typed:
        accounts.give_back(TYPED_CODES, str(request.actor.user_id))
    return done

"""The pad at the community's door: four digits, one's own name, done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from guangcai.accounts import kiosk
from guangcai.activities import commands
from guangcai.activities.models import Shift
from guangcai.activities.queries.board import units_of
from guangcai.activities.queries.people import members_with_tail
from guangcai.activities.queries.shifts import running_shifts
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.members.models import Member

DIGITS = 4


@kiosk.kiosk_page
@require_http_methods(["GET", "POST"])
def pad(request: HttpRequest) -> HttpResponse:
    """Names are shown only to somebody who knows four digits; the unit only where two have one name."""
    device, now = kiosk.of(request), timezone.now()
    if device is None:
        raise OutOfScope()
    shifts, error = running_shifts(device.path, now=now), None
    tail = request.GET.get("tail", "").strip()[:DIGITS]
    context: dict[str, object] = {"shifts": shifts, "tail": tail, "place": device.place}
    if request.method == "POST":
        try:
            return _check_in(request, device)
        except RuleBroken as broken:
            error = broken
    members = members_with_tail(tail, path=device.path, by=device.actor) if _is_tail(tail) else []
    units = units_of(member.pk for member in members)
    twice = {m.name for m in members if sum(other.name == m.name for other in members) > 1}
    shown = [(member, units.get(member.pk, "") if member.name in twice else "") for member in members]
    context |= {"members": shown, "searched": _is_tail(tail), "error": error}
    return render(request, "activities/pad.html", context, status=422 if error else 200)


def _is_tail(text: str) -> bool:
    return len(text) == DIGITS and text.isdecimal() and text.isascii()


def _check_in(request: HttpRequest, device: kiosk.Kiosk) -> HttpResponse:
    shift = get_object_or_404(Shift.objects.visible_to(device.actor), pk=_key(request, "shift"))
    members = Member.objects.current().filter(path__under=device.path)
    member = get_object_or_404(members, pk=_key(request, "member"))
    done = commands.check_in_at_pad(shift_id=shift.pk, member=member, by=device.actor, now=timezone.now())
    return render(request, "activities/pad_done.html", {"name": member.name, "shift": shift, "done": done})


def _key(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as wrong:
        raise OutOfScope() from wrong

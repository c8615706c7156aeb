"""A member's phone: something to do, one shift with one button, my shifts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.activities import commands, notices, rules
from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.activities.queries import shifts as queries
from guangcai.activities.views.refusals import Refused, refused
from guangcai.activities.views.shifts import found
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_in, respond
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.members.models import Member
from guangcai.members.queries.person import own_member


@login_required
@require_safe
def open_shifts(request: ActorRequest) -> HttpResponse:
    """Something to do: what fits me, or everything with the reason why it does not."""
    member, show_all = own_member(request.actor), request.GET.get("show") == "all"
    offers = []
    if member is not None:
        offers = queries.offers_for(member, by=request.actor, now=timezone.now(), only_fitting=not show_all)
    context = {
        "offers": offers,
        "is_member": member is not None,
        "show_all": show_all,
        "tabs": [
            Tab(_("Fits me"), reverse("activities:open"), not show_all),
            Tab(_("Everything"), reverse("activities:open") + "?show=all", show_all),
        ],
    }
    return render(request, "activities/open.html", context)


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """My shifts: to come, and lately."""
    now = timezone.now()
    rows = queries.my_shifts(request.actor.member_id, now=now) if request.actor.member_id else []
    told = queries.my_notices(request.actor, now=now)
    context = {
        "to_come": [row for row in rows if row.row.ends_at >= now],
        "past": [row for row in reversed(rows) if row.row.ends_at < now],
        "told": [(row, notices.title_of(row), notices.text_of(row)) for row in told],
    }
    return render(request, "activities/mine.html", context)


@login_required
@require_POST
def notices_seen(request: ActorRequest) -> HttpResponse:
    commands.mark_notices_seen(by=request.actor, now=timezone.now())
    return redirect("activities:mine")


@login_required
@require_safe
def shift(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One shift, one button. The desk sees its board instead."""
    row = found(request, pk)
    if request.actor.member_id is None and request.actor.can(Permission.ROSTER_VIEW, row.path):
        return redirect("activities:board", row.pk)
    return render(request, "activities/shift.html", shift_context(request, row))


def shift_context(request: ActorRequest, row: Shift, *, problem: Refused | None = None) -> dict[str, object]:
    now, member_id = timezone.now(), request.actor.member_id
    numbers = queries.shift_row(queries.with_numbers(Shift.objects.filter(pk=row.pk)).get(), now=now)
    own = SignUp.objects.live().filter(shift=row, member=member_id).first() if member_id else None
    seen = Attendance.objects.filter(shift=row, member=member_id).first() if member_id else None
    is_on = row.starts_at - rules.OPENS_BEFORE <= now <= row.ends_at + rules.CLOSES_AFTER
    is_open = row.cancelled_at is None and row.closed_at is None
    return {
        "shift": row,
        "row": numbers,
        "when": notices.when(row),
        "skills": row.activity.required_skills.select_related("skill").order_by("pk"),
        "sign_up": own,
        "attendance": seen,
        "may_check_in": is_open and is_on and member_id is not None and (seen is None or seen.presence != "present"),
        "may_leave": is_open and seen is not None and seen.presence == "present" and seen.left_at is None,
        "may_sign_up": is_open and own is None and now < row.starts_at and member_id is not None,
        "may_cancel": is_open and own is not None and now < row.starts_at,
        "new_id": new_id(),
        "problem": problem,
        "board_url": request.actor.can(Permission.ROSTER_VIEW, row.path),
    }


@login_required
@require_POST
def sign_ups(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Sign up: oneself, or somebody for whom the desk does it."""
    row, now = found(request, pk), timezone.now()
    key = key_in(request, "member") if request.POST.get("member") else request.actor.member_id
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key)
    try:
        made = commands.sign_up(
            shift=row,
            member=member,
            by=request.actor,
            now=now,
            id=read_key(request.POST.get("id", "")),
            wait="wait" in request.POST,
            clash_accepted="clash" in request.POST,
        )
    except RuleBroken as broken:
        kept = {name: request.POST[name] for name in ("id", "member", "wait", "clash") if name in request.POST}
        context = shift_context(request, row, problem=refused(broken, row, fields=kept))
        return render(request, "activities/shift.html", context, status=422)
    words = _("You have place %(number)d.") if made.place_no else _("You are on the waiting list and will be told.")
    messages.success(request, words % {"number": made.place_no or 0})
    return redirect("activities:shift" if member.pk == request.actor.member_id else "activities:board", row.pk)


def read_key(text: str) -> UUID | None:
    """The client's id as it was sent; None when there is none."""
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise RuleBroken(_("This form is not complete. Load the page again.")) from wrong


@login_required
@require_http_methods(["GET", "POST"])
def sign_up_cancellation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give the place back: says whether it is in time, and who moves up."""
    row = get_object_or_404(SignUp.objects.visible_to(request.actor).select_related("shift__activity", "member"), pk=pk)
    own = row.member_id == request.actor.member_id
    where = redirect("activities:shift" if own else "activities:board", row.shift_id)
    if request.method == "POST":
        done = commands.cancel_sign_up(sign_up=row, by=request.actor, now=timezone.now())
        in_time, late = _("Cancelled in time. Thank you for telling."), _("Cancelled. Thank you for telling.")
        messages.success(request, in_time if done.cancelled_in_time else late)
        return where
    if row.cancelled_at is not None or row.shift.cancelled_at is not None or row.shift.closed_at is not None:
        return where
    waiting = SignUp.objects.waiting().filter(shift=row.shift_id).count()
    context = {"sign_up": row, "when": notices.when(row.shift), "waiting": waiting, "own": own}
    return respond(request, "activities/sign_up_cancellation.html", context)

"""Attendance as the lead takes it: the board, walk-ins, the paper list, closing, the roster on paper."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.activities import commands, notices, rules
from guangcai.activities.enums import Method, Presence
from guangcai.activities.forms import ClosingForm, OutcomeFormSet, PaperForm
from guangcai.activities.models import Outcome, Shift
from guangcai.activities.queries.board import board_rows, units_of
from guangcai.activities.queries.people import workers_of
from guangcai.activities.queries.shifts import state_of
from guangcai.activities.views.shifts import found, is_over
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, key_in, posted, respond, show_refusal
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster

PEOPLE_SHOWN = 12
# Digits of a number of minutes that is worth reading; whether it fits the shift is the rule's question.
LONGEST_NUMBER = 9


@login_required
@require_http_methods(["GET", "POST"])
def board(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everybody with a place is set to present; the lead marks the exceptions and saves once."""
    shift, error = found(request, pk, permission=Permission.ROSTER_VIEW), None
    if request.method == "POST":
        try:
            marks, minutes = _marks(request, shift)
            changed = commands.mark_attendance(
                shift=shift, marks=marks, minutes=minutes, by=request.actor, now=timezone.now()
            )
            words = ngettext("%(n)d mark saved.", "%(n)d marks saved.", len(changed))
            messages.success(request, words % {"n": len(changed)})
            return redirect("activities:board", shift.pk)
        except RuleBroken as broken:
            error = broken
    context = _board_context(request, shift) | {"error": error}
    return render(request, "activities/board.html", context, status=422 if error else 200)


def _marks(request: ActorRequest, shift: Shift) -> tuple[dict[UUID, Presence], dict[UUID, int | None]]:
    """What the form says: `presence-<member>` and `minutes-<member>`."""
    marks, minutes = {}, {}
    for name, value in request.POST.items():
        if name.startswith("presence-") and value in Presence.values:
            member = _key(name.partition("-")[2])
            marks[member] = Presence(value)
            text = request.POST.get(f"minutes-{member}", "").strip()
            if text and not (text.isdecimal() and len(text) <= LONGEST_NUMBER):
                raise RuleBroken(_("Minutes are whole numbers."), field="minutes", code="minutes")
            minutes[member] = int(text) if text else None
    return marks, minutes


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise RuleBroken(_("This form is not complete. Load the page again.")) from wrong


def _board_context(request: ActorRequest, shift: Shift) -> dict[str, object]:
    rows, now = board_rows(shift, by=request.actor), timezone.now()
    state = state_of(shift, now=now)
    may_edit = request.actor.can(Permission.ACTIVITY_EDIT, shift.path)
    may_take = request.actor.can(Permission.ATTENDANCE_TAKE, shift.path)
    return {
        "shift": shift,
        "when": notices.when(shift),
        "rows": rows,
        "presences": Presence.choices,
        "present": sum(row.presence == Presence.PRESENT for row in rows),
        "placed": sum(row.place_no is not None for row in rows),
        "waiting": sum(row.waits for row in rows),
        "late": sum(row.is_late for row in rows),
        "state": state,
        "is_open": may_take and state in ("planned", "running", "to_close", "draft"),
        "may_close": may_take and state in ("running", "to_close") and now >= shift.starts_at,
        "may_find": state == "planned" and request.actor.can(Permission.INVITATION_EDIT, shift.path),
        "may_edit": may_edit and state in ("planned", "running", "draft"),
        "outcomes": Outcome.objects.filter(shift=shift).order_by("pk"),
        "longest": rules.shift_minutes(starts_at=shift.starts_at, ends_at=shift.ends_at) + rules.MINUTES_BEYOND_SHIFT,
    }


@login_required
@require_http_methods(["GET", "POST"])
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find somebody who came without signing up, or sign somebody up who rings the desk."""
    shift = found(request, pk, permission=Permission.ATTENDANCE_TAKE)
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    if request.method == "POST":
        member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key_in(request, "member"))
        marks = {member.pk: Presence.PRESENT}
        commands.mark_attendance(shift=shift, marks=marks, by=request.actor, now=timezone.now())
        messages.success(request, _("%(name)s is down as present.") % {"name": member.name})
        return redirect("activities:board", shift.pk)
    text = request.GET.get("q", "").strip()
    rows = found_by(roster(request.actor), text).filter(path__under=shift.path).order_by("name_pinyin", "pk")
    members = list(rows[:PEOPLE_SHOWN]) if text else []
    units = units_of(member.pk for member in members)
    context = {"shift": shift, "q": text, "found": [(member, units.get(member.pk, "")) for member in members]}
    return respond(request, "activities/people.html#found", context)


@login_required
@require_http_methods(["GET", "POST"])
def paper_list(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A list on paper, typed later, with a reason and a second person."""
    shift, now = found(request, pk, permission=Permission.ATTENDANCE_TAKE), timezone.now()
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    witnesses = workers_of(shift.path, on=timezone.localdate()).exclude(pk=str(request.actor.user_id))
    members = roster(request.actor).filter(path__under=shift.path).order_by("name_pinyin", "pk")
    signed_up = shift.sign_ups.live().values_list("member_id", flat=True)
    form = PaperForm(posted(request), initial={"members": list(signed_up)}, witnesses=witnesses, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            batch = commands.check_in_many(
                shift=shift,
                arrivals=[commands.Arrival(member.pk) for member in form.cleaned_data["members"]],
                method=Method.PAPER,
                reason=form.cleaned_data["reason"],
                witnessed_by=form.cleaned_data["witness"].pk,
                by=request.actor,
                now=now,
            )
            words = _("%(made)d written down, %(known)d were there already.")
            messages.success(request, words % {"made": batch.made, "known": batch.known})
            return redirect("activities:board", shift.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "shift": shift, "when": notices.when(shift)}
    return render(request, "activities/paper_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def closing(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who was there, how long, what came of it; then it becomes a record."""
    shift, now = found(request, pk, permission=Permission.ATTENDANCE_TAKE), timezone.now()
    if is_over(request, shift):
        return redirect("activities:board", shift.pk)
    context = _board_context(request, shift)
    end = timezone.localtime(min(now, shift.ends_at)).strftime("%H:%M")
    form = ClosingForm(posted(request), initial={"head_count": context["present"], "end_time": end})
    lines = OutcomeFormSet(posted(request), prefix="outcome")
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        try:
            closed = commands.close_shift(
                shift=shift,
                head_count=form.cleaned_data["head_count"],
                ended_at=form.ended_at(shift.starts_at),
                outcomes=[commands.Achieved(**line) for line in lines.cleaned_data if line.get("name")],
                by=request.actor,
                now=now,
            )
            words = _("Closed. %(present)d were present, %(entries)d records wait for confirmation by a second person.")
            messages.success(request, words % {"present": closed.present, "entries": closed.entries})
            return redirect("activities:board", shift.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context |= {"form": form, "lines": lines, "gives_hours": rules.gives_hours(shift.activity.kind)}
    bad = bool(form.errors) or bool(lines.is_bound and not lines.is_valid())
    return render(request, "activities/closing.html", context, status=422 if bad else 200)


@login_required
@require_safe
def sheet(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The roster of a shift as a workbook: names, units, room for signatures. No phones."""
    shift = found(request, pk, permission=Permission.ROSTER_VIEW)
    rows = board_rows(shift, by=request.actor)
    columns = [_("Place no."), _("Name"), _("Work unit"), _("Attendance"), _("Arrived"), _("Minutes"), _("Signature")]
    cells: list[list[Cell]] = []
    for row in rows:
        arrived = timezone.localtime(row.arrived_at).strftime("%H:%M") if row.arrived_at else ""
        number = row.place_no or (_("waits") if row.waits else "")
        cells.append([number, row.name, row.unit, row.presence_words, arrived, row.minutes, ""])
    name = f"{shift.activity.title} {timezone.localtime(shift.starts_at):%m%d}"
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


@login_required
@require_POST
def check_outs(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Somebody leaves early: himself on his phone, or on the board."""
    shift = found(request, pk)
    member = key_in(request, "member") if "member" in request.POST else request.actor.member_id
    if member is None:
        raise RuleBroken(_("There is no check-in to end."), code="not_present")
    commands.check_out(shift=shift, member_id=member, by=request.actor, now=timezone.now())
    messages.success(request, _("Left. The minutes run until now."))
    return redirect("activities:shift" if member == request.actor.member_id else "activities:board", shift.pk)

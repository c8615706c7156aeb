"""What is lent: the list with what is free next, one resource with its calendar, adding, changing, taking off."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core import matters
from guangcai.core.errors import DomainError, Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.matters import MatterField
from guangcai.core.permissions import Permission
from guangcai.core.phones import national
from guangcai.places import commands
from guangcai.places.filters import ResourceFilter
from guangcai.places.forms import BookingForm, ReasonForm, ResourceForm
from guangcai.places.models import Booking, SharedResource
from guangcai.places.queries import owners
from guangcai.places.queries import resources as queries
from guangcai.places.wording import slot_lines

SORTS = {"name": "name", "kind": "kind", "owner": "work_unit__name", "place": "community__code"}


def found(request: ActorRequest, pk: UUID) -> SharedResource:
    """The resource, if the actor may see it; 404 else."""
    rows = SharedResource.objects.visible_to(request.actor, on=localdate())
    return get_object_or_404(rows.select_related("community", "work_unit"), pk=pk)


def _owned(request: ActorRequest, pk: UUID) -> SharedResource:
    """The same, if he may change it; 403 else."""
    row = found(request, pk)
    if not may_edit(request, row):
        raise Forbidden()
    return row


def may_edit(request: ActorRequest, row: SharedResource) -> bool:
    try:
        commands.require_owner(request.actor, work_unit_id=row.work_unit_id, path=row.path)
    except DomainError:
        return False
    return True


@dataclass(frozen=True)
class ForMatter:
    """The proposal that something is looked for; it goes along from page to page in the address."""

    key: str = ""
    title: str = ""

    @property
    def query(self) -> str:
        return f"?matter={self.key}" if self.key else ""


class _MatterForm(Form):
    matter = MatterField()


def _for_matter(request: ActorRequest) -> ForMatter:
    """The proposal in the address, if the actor can put something to it. No statement without one."""
    if not (key := request.GET.get("matter", "")):
        return ForMatter()
    form = _MatterForm()
    matters.offer(form, request.actor)
    offered: Any = form.fields.get("matter")
    titles = dict(offered.choices) if offered else {}
    return ForMatter(key, titles[key]) if titles.get(key) else ForMatter()


def _require_some(request: ActorRequest, *rights: Permission) -> None:
    if not any(request.actor.holds(right) for right in rights):
        raise Forbidden()


@login_required
@require_safe
def resources(request: ActorRequest) -> HttpResponse:
    """What can be had, each with the next time it is free."""
    _require_some(request, Permission.RESOURCE_VIEW, Permission.RESOURCE_EDIT)
    now = timezone.now()
    rows = queries.listed(request.actor, on=localdate(now), text=request.GET.get("q", "").strip())
    shown = listing(request, rows, sorts=SORTS, default="name", filterset=ResourceFilter)
    context = {
        "listing": shown,
        "rows": queries.with_times(shown.page.object_list, now=now),
        "may_add": request.actor.holds(Permission.RESOURCE_EDIT),
        "matter": _for_matter(request),
    }
    return render(request, "places/resources.html", context)


@login_required
@require_safe
def resource(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One resource: what it is, when it is free, who has it in the coming weeks."""
    row, now = found(request, pk), timezone.now()
    days = queries.calendar(row, now=now)
    communities = queries.communities_for(row, request.actor, on=localdate(now))
    context = {
        "resource": row,
        "slots": slot_lines(row.slots.all()),
        "days": days if row.ended_at is None else (),
        "opened": set(Booking.objects.visible_to(request.actor).filter(resource=row).values_list("pk", flat=True)),
        "may_edit": row.ended_at is None and may_edit(request, row),
        "may_book": row.ended_at is None and communities.exists(),
        "matter": _for_matter(request),
    }
    return render(request, "places/resource.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def resource_new(request: ActorRequest) -> HttpResponse:
    _require_some(request, Permission.RESOURCE_EDIT)
    choices = owners.choices(request.actor, on=localdate())
    form = ResourceForm(
        posted(request), owners=[(key, one.label) for key, one in choices.items()], initial={"since": localdate()}
    )
    if request.method == "POST" and form.is_valid():
        owner = choices[form.cleaned_data["owner"]]
        try:
            row = commands.add_resource(
                community=owner.community,
                work_unit=owner.work_unit,
                content=form.content(),
                id=form.cleaned_data["id"],
                by=request.actor,
                now=timezone.now(),
            )
            messages.success(request, _("On the list. Communities can ask for it now."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken, slots="days_1", community="owner")
    return render(request, "places/resource_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def resource_edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _owned(request, pk)
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = ResourceForm(posted(request), resource=row)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_resource(resource=row, content=form.content(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved. Bookings made before stay as they are."))
            return redirect(row)
        except RuleBroken as broken:
            show_refusal(form, broken, slots="days_1")
    context = {"form": form, "resource": row}
    return render(request, "places/resource_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def resource_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It is lent no more: which bookings end with it, and who is told."""
    row, now = _owned(request, pk), timezone.now()
    if request.method != "POST" and row.ended_at is not None:
        return redirect(row)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.end_resource(resource=row, reason=form.cleaned_data["reason"], by=request.actor, now=now)
            messages.success(request, _("Taken off the list. Who had booked it is told."))
            return redirect("places:resources")
        except RuleBroken as broken:
            show_refusal(form, broken)
    seen = Booking.objects.visible_to(request.actor).standing()
    waiting = seen.filter(resource=row, starts_at__gt=now).select_related("community")
    context = {"form": form, "resource": row, "bookings": waiting.order_by("starts_at")}
    return render(request, "places/resource_end.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def booking_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Ask for it: the free time that was tapped stands in the form already."""
    row, now = found(request, pk), timezone.now()
    communities = queries.communities_for(row, request.actor, on=localdate(now))
    if not communities.exists():
        raise Forbidden()
    form = BookingForm(posted(request), communities=communities, initial=_begun(request))
    matters.offer(form, request.actor, chosen=request.GET.get("matter", ""))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            booking = commands.ask(
                resource=row,
                community=said["community"],
                wanted=form.wanted(),
                matter=said.get("matter"),
                id=said["id"],
                by=request.actor,
                now=now,
            )
            words = _("It is yours.") if booking.confirmed_at else _("Asked. The owner answers; you are told.")
            messages.success(request, words)
            return redirect(booking)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "resource": row, "slots": slot_lines(row.slots.all()), "matter": _for_matter(request)}
    return render(request, "places/booking_new.html", context, status=422 if form.errors else 200)


def _begun(request: ActorRequest) -> dict[str, object]:
    """What is known before anything is typed: who asks, and the time that was tapped."""
    names = {"day": "%Y-%m-%d", "start_time": "%H:%M", "end_time": "%H:%M"}
    tapped = {name: _read(request.GET.get(name, ""), form) for name, form in names.items()}
    begun: dict[str, object] = {"contact_name": request.user.name, "contact_phone": national(request.user.phone)}
    if tapped["day"]:
        begun["day"] = tapped["day"].date()
    return begun | {name: value.time() for name, value in tapped.items() if value and name != "day"}


def _read(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - a day or a clock, not an instant
    except ValueError:
        return None

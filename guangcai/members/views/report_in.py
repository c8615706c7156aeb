"""The desk's side of reporting in: slips that wait, one slip, many at once, and the receipt."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.members import commands, queries
from guangcai.members.enums import Channel
from guangcai.members.forms import DeclineForm, DeskSlipForm
from guangcai.members.models import ReportIn, Residence
from guangcai.members.queries.slips import Slip, slip_of
from guangcai.members.views.asking import asked, community_of
from guangcai.members.views.sections import sections
from guangcai.orgs.models import Node

SORTS = {"submitted": "submitted_at", "name": "name", "unit": "work_unit"}
# Names shown before many are accepted at once; the rest is a number.
NAMES_SHOWN = 30


@require_safe
def report_ins(request: ActorRequest) -> HttpResponse:
    """Slips that wait, oldest first."""
    asked(request.actor, Permission.ROSTER_VIEW)
    rows = queries.waiting_slips(request.actor, text=request.GET.get("q", ""))
    context = {
        "listing": listing(request, rows, sorts=SORTS, default="submitted"),
        "sections": sections(request.actor, "report_ins"),
        "may_accept": request.actor.holds(Permission.REPORT_IN_ACCEPT),
    }
    return render(request, "members/report_ins.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_slip(request: ActorRequest) -> HttpResponse:
    """The desk writes a slip for somebody who stands there, and accepts it in the same step."""
    community = community_of(request, Permission.REPORT_IN_ACCEPT)
    initial = {"name": request.GET.get("name", "")}
    form = DeskSlipForm(posted(request), community=community, initial=initial)
    context = {"form": form, "community": community}
    if request.method != "POST":
        return render(request, "members/new_slip.html", context)
    if form.is_valid():
        try:
            residence = _hand_in_and_accept(request, form, community)
            messages.success(request, accepted_words(residence))
            return redirect("members:receipt", residence.pk)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    return render(request, "members/new_slip.html", context, status=422)


def _hand_in_and_accept(request: ActorRequest, form: DeskSlipForm, community: Node) -> Residence:
    now = timezone.now()
    slip = commands.report_in_submit(
        id=form.cleaned_data["id"],
        community=community,
        form=form.slip(notice=commands.notice_in_force(now).version, now=now),
        channel=Channel.DESK,
        by=request.actor,
        now=now,
    )
    return commands.accept_report_in(report_in=slip, by=request.actor, now=now)


@require_safe
def report_in(request: ActorRequest, key: UUID) -> HttpResponse:
    """One slip: what was typed, whose record it will be matched to, accept or decline."""
    slip = _slip(request, key)
    if slip.residence_id:
        return redirect("members:receipt", slip.residence_id)
    may_accept = request.actor.can(Permission.REPORT_IN_ACCEPT, slip.path) and slip.decided_at is None
    context = {"slip": slip_of(slip, request.actor), "report_in": slip, "may_accept": may_accept, "error": None}
    return render(request, "members/report_in.html", context)


def _slip(request: ActorRequest, key: UUID) -> ReportIn:
    asked(request.actor, Permission.ROSTER_VIEW)
    return get_object_or_404(ReportIn.objects.visible_to(request.actor).select_related("community"), pk=key)


@require_POST
def acceptance(request: ActorRequest, key: UUID) -> HttpResponse:
    """Accept one slip; `as_new` when the phone belongs to another person's record."""
    slip = _slip(request, key)
    try:
        residence = commands.accept_report_in(
            report_in=slip,
            as_new="as_new" in request.POST,
            with_account="with_account" in request.POST,
            by=request.actor,
            now=timezone.now(),
        )
    except RuleBroken as refusal:
        shape = slip_of(slip, request.actor)
        context: dict[str, Any] = {"slip": shape, "report_in": slip, "may_accept": True, "error": refusal}
        return render(request, "members/report_in.html", context, status=422)
    messages.success(request, accepted_words(residence))
    if request.POST.get("next") == "launch_day":
        return redirect(f"{reverse('members:launch_day')}?community={slip.community.code}")
    return redirect("members:receipt", residence.pk)


def accepted_words(residence: Residence) -> str:
    """What happened, as the desk says it across the counter."""
    facts = {"name": residence.member, "number": residence.receipt_no}
    if hasattr(residence, "unit_receipt"):
        return _("%(name)s has reported in. Receipt %(number)s was sent to the work unit.") % facts
    return _("%(name)s has reported in. Receipt %(number)s; no work unit is on record.") % facts


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: ActorRequest, key: UUID) -> HttpResponse:
    """Send a slip back with a reason."""
    slip = _slip(request, key)
    request.actor.require(Permission.REPORT_IN_ACCEPT, slip.path)
    form = DeclineForm(posted(request))
    if request.method == "POST" and form.is_valid():
        commands.decline_report_in(
            report_in=slip, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now()
        )
        messages.success(request, _("The slip is declined; what was typed on it is deleted."))
        return redirect("members:report_ins")
    context = {"form": form, "slip": slip_of(slip, request.actor)}
    return render(request, "members/decline.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def acceptances(request: ActorRequest) -> HttpResponse:
    """Accept many: first who they are, then with `sure` all of them at once."""
    asked(request.actor, Permission.REPORT_IN_ACCEPT)
    wanted = set(chosen_ids(request))
    slips = [slip for slip in queries.waiting_slips(request.actor) if slip.id in wanted]
    if not slips:
        messages.warning(request, _("No waiting slip was chosen."))
        return redirect("members:report_ins")
    if "sure" not in request.POST:
        context = {"slips": slips[:NAMES_SHOWN], "total": len(slips), "ids": [slip.id for slip in slips]}
        return render(request, "members/acceptances.html", context)
    count = _accept_by_community(request, slips)
    words = ngettext("%(count)d member has reported in.", "%(count)d members have reported in.", count)
    messages.success(request, words % {"count": count})
    return redirect("members:report_ins")


def _accept_by_community(request: ActorRequest, slips: list[Slip]) -> int:
    places = Node.objects.in_bulk({slip.community_id for slip in slips})
    now, count = timezone.now(), 0
    for key, community in sorted(places.items()):
        ids = [slip.id for slip in slips if slip.community_id == key]
        count += len(commands.accept_many(community=community, report_ins=ids, by=request.actor, now=now))
    return count


@require_safe
def receipt(request: ActorRequest, key: UUID) -> HttpResponse:
    """回执: the receipt as it is printed."""
    residence = get_object_or_404(queries.receipt(request.actor), pk=key)
    on_roster = request.actor.can(Permission.ROSTER_VIEW, residence.path)
    may_note_unit = (
        residence.until is None
        and not hasattr(residence, "unit_receipt")
        and request.actor.can(Permission.ROSTER_EDIT, residence.path)
    )
    context = {"residence": residence, "on_roster": on_roster, "may_note_unit": may_note_unit}
    return render(request, "members/receipt.html", context)

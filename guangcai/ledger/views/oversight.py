"""For the street: what looks odd, and a random sample to ask about."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.ledger import commands
from guangcai.ledger.forms import CheckForm, MonthForm
from guangcai.ledger.models import SampleCheck
from guangcai.ledger.queries import entries as queries
from guangcai.ledger.queries import review
from guangcai.ledger.queries.plausibility import plausibility_list


def _month(request: ActorRequest) -> date:
    """The month asked for, else this one; an unreadable month is this one."""
    form = MonthForm(request.GET or posted(request))
    return form.cleaned_data["month"] if form.is_valid() else localdate().replace(day=1)


def _area(request: ActorRequest) -> str:
    """The subtree whose samples this person draws: the widest he holds."""
    paths = request.actor.paths_with(Permission.SAMPLE_VIEW)
    if not paths:
        request.actor.require(Permission.SAMPLE_VIEW, "/")
    return min(paths, key=len)


@require_GET
def plausibility(request: ActorRequest) -> HttpResponse:
    """Records of a month that deserve a look, each with its reasons. A reason accuses nobody."""
    if not request.actor.holds(Permission.SAMPLE_VIEW):
        request.actor.require(Permission.SAMPLE_VIEW, "/")
    month = _month(request)
    found = plausibility_list(actor=request.actor, path=_area(request), since=month, until=review.last_day(month))
    # By day or name only: records are looked at one by one, nobody is ranked by doubts.
    shown = listing(request, found, sorts={"day": "starts_at", "name": "member_name"}, default="-day")
    context = {"listing": shown, "month": month, "form": MonthForm(initial={"month": month})}
    return render(request, "ledger/plausibility.html", context)


@require_http_methods(["GET", "POST"])
def samples(request: ActorRequest) -> HttpResponse:
    """The drawn records of a month; the button draws them."""
    path, month = _area(request), _month(request)
    if request.method == "POST":
        drawn = commands.draw_sample(path=path, month=month, by=request.actor, now=timezone.now())
        words = ngettext(
            "%(count)d record is drawn for this month.", "%(count)d records are drawn for this month.", len(drawn)
        )
        messages.success(request, words % {"count": len(drawn)})
        return redirect(f"{request.path}?month={month:%Y-%m}")
    rows = SampleCheck.objects.visible_to(request.actor).of_month(path, month)
    shown = listing(
        request,
        rows.select_related("entry", "entry__member", "community"),
        sorts={"day": "entry__served_on", "result": "result"},
        default="day",
    )
    context = {
        "listing": shown,
        "month": month,
        "form": MonthForm(initial={"month": month}),
        "is_drawn": rows.exists(),
        "open": rows.filter(checked_at=None).count(),
    }
    return render(request, "ledger/samples.html", context)


@require_http_methods(["GET", "POST"])
def sample(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One drawn record and what asking the people concerned brought to light."""
    check = get_object_or_404(SampleCheck.objects.visible_to(request.actor), pk=pk)
    entry = get_object_or_404(queries.entries(request.actor), pk=check.entry_id)
    form = CheckForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.check_sample(check=check, by=request.actor, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as broken:
            show_refusal(form, broken)
        else:
            messages.success(request, _("Written down."))
            return redirect("ledger:samples")
    context = {"check": check, "entry": entry, "row": queries.entry_row(entry), "form": form}
    return render(request, "ledger/sample.html", context, status=422 if request.method == "POST" else 200)

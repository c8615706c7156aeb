"""Certificates: issued at the desk, read by the member, printed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.listing import listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger import commands, papers
from guangcai.ledger.forms import PeriodForm
from guangcai.ledger.models import Certificate
from guangcai.ledger.queries import certificates as queries
from guangcai.members.queries.roster import roster


@require_GET
def certificate_list(request: ActorRequest) -> HttpResponse:
    """Certificates issued in one's area, found by number or name."""
    area = under("path", request.actor.paths_with(Permission.ENTRY_VIEW))
    rows = Certificate.objects.visible_to(request.actor).filter(area).select_related("member", "community")
    shown = listing(
        request,
        queries.search(rows, request.GET.get("q", "")),
        sorts={"issued": "issued_at", "number": "number", "minutes": "minutes"},
        default="-issued",
    )
    return render(request, "ledger/certificates.html", {"listing": shown})


@require_http_methods(["GET", "POST"])
def issue(request: ActorRequest, member_id: UUID) -> HttpResponse:
    """Choose the period, see what will be on the paper, issue it."""
    member = get_object_or_404(roster(request.actor).select_related("community"), pk=member_id)
    community = member.community
    if community is None:
        raise Http404
    request.actor.require(Permission.CERTIFICATE_ISSUE, community.path)
    today = localdate()
    first = {"id": new_id(), "since": today.replace(month=1, day=1), "until": today}
    form = PeriodForm(posted(request) if request.method == "POST" else request.GET or None, initial=first)
    preview = None
    if form.is_valid():
        period = {name: form.cleaned_data[name] for name in ("since", "until")}
        preview = queries.preview(member=member, community=community, **period)
        if request.method == "POST":
            try:
                made = commands.issue_certificate(
                    id=form.cleaned_data["id"],
                    member=member,
                    community=community,
                    **period,
                    by=request.actor,
                    now=timezone.now(),
                )
            except RuleBroken as broken:
                show_refusal(form, broken)
            else:
                messages.success(request, _("Certificate %(number)s is issued.") % {"number": made.number})
                return redirect("ledger:certificate", made.pk)
    context = {"member": member, "community": community, "form": form, "preview": preview}
    return render(request, "ledger/certificate_new.html", context, status=422 if form.errors else 200)


@require_GET
def certificate(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The certificate as issued, with what has been reversed since."""
    found = _certificate(request, pk)
    context = {
        "certificate": found,
        "sheet": queries.sheet(found, holder=found.member.name),
        "verification_url": _verification_url(found),
        "is_desk": request.actor.can(Permission.ENTRY_VIEW, found.path),
    }
    return render(request, "ledger/certificate.html", context)


@require_GET
def paper(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The certificate as Word or PDF."""
    makers = {"docx": papers.certificate_docx, "pdf": papers.certificate_pdf}
    if kind not in makers:
        raise Http404
    found = _certificate(request, pk)
    sheet = queries.sheet(found, holder=found.member.name)
    return file_answer(makers[kind](sheet, url=_verification_url(found)), name=found.number, kind=kind)


def _certificate(request: ActorRequest, pk: UUID) -> Certificate:
    return get_object_or_404(Certificate.objects.visible_to(request.actor).select_related("member"), pk=pk)


def _verification_url(certificate: Certificate) -> str:
    return papers.site_address(reverse("ledger:verification_of", args=[certificate.number]))

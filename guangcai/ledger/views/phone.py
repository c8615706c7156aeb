"""The member's own year on the phone, his records, his booklet; the desk reads the same booklet."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import listing
from guangcai.ledger import papers
from guangcai.ledger.filters import OwnEntryFilter
from guangcai.ledger.models import Certificate
from guangcai.ledger.queries import booklet as booklets
from guangcai.ledger.queries import entries as queries
from guangcai.members.models import Member

FIRST_YEAR = 2000
LATEST = 5


def _self(request: ActorRequest) -> Member:
    if request.actor.member_id is None:
        raise Http404
    return get_object_or_404(Member.objects.visible_to(request.actor), pk=request.actor.member_id)


def _year(request: ActorRequest) -> int:
    """The year asked for, else this one."""
    this_year = localdate().year
    text = request.GET.get("year", "")
    is_year = text.isdecimal() and len(text) == len(str(FIRST_YEAR))
    return int(text) if is_year and FIRST_YEAR <= int(text) <= this_year else this_year


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """My record of the year: two rings, what waits, the latest records, booklet and certificates."""
    member, year = _self(request), _year(request)
    own = queries.own_entries(request.actor)
    context = {
        "member": member,
        "year": booklets.own_year(member=member, year=year),
        "is_this_year": year == localdate().year,
        "waiting": own.waiting().count(),
        "rows": [queries.entry_row(entry) for entry in own.order_by("-starts_at", "pk")[:LATEST]],
        "certificates": Certificate.objects.visible_to(request.actor)
        .filter(member=member)
        .order_by("-issued_at", "pk"),
    }
    return render(request, "ledger/mine.html", context)


@require_GET
def my_entries(request: ActorRequest) -> HttpResponse:
    """All my records, each with its state and a way to object."""
    _self(request)
    rows = queries.own_entries(request.actor)
    shown = listing(request, rows, sorts={"day": "starts_at"}, default="-day", filterset=OwnEntryFilter, per_page=30)
    return render(
        request, "ledger/my_entries.html", {"listing": shown, "rows": [queries.entry_row(e) for e in shown.page]}
    )


@require_GET
def booklet(request: ActorRequest, member_id: UUID) -> HttpResponse:
    """The record booklet of a year, by member type (A44)."""
    year = _year(request)
    found = booklets.booklet(actor=request.actor, member_id=member_id, year=year)
    context = {"booklet": found, "is_own": member_id == request.actor.member_id, "year": year}
    context["following"] = year + 1 if year < localdate().year else None
    return render(request, "ledger/booklet.html", context)


@require_GET
def booklet_paper(request: ActorRequest, member_id: UUID, year: int, kind: str) -> HttpResponse:
    """The booklet as Word or PDF."""
    makers = {"docx": papers.booklet_docx, "pdf": papers.booklet_pdf}
    if kind not in makers or not FIRST_YEAR <= year <= localdate().year:
        raise Http404
    found = booklets.booklet(actor=request.actor, member_id=member_id, year=year)
    return file_answer(makers[kind](found, now=timezone.now()), name=f"{found.title} {found.name} {year}", kind=kind)

"""Joint-building agreements: the list, one agreement with what was delivered, its paper."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.councils import commands, papers
from guangcai.councils.agreement_forms import AgreementForm, DeliveryForm, SignatureForm
from guangcai.councils.filters import AgreementFilter
from guangcai.councils.forms import ReasonForm
from guangcai.councils.models import AgreementItem, JointAgreement
from guangcai.councils.queries import agreements as queries
from guangcai.councils.views.asking import nodes_with, room_tabs, units_in_sight
from guangcai.councils.words import AGREEMENT_STATES
from guangcai.orgs.enums import Level

SORTS = {"number": "number", "unit": "work_unit__name", "until": "until", "community": "path"}


def found(request: ActorRequest, pk: UUID, *, answers: bool = False) -> JointAgreement:
    """The agreement, if the actor may see it (404 else); `answers`: and speak for one of its sides (403 else)."""
    rows = JointAgreement.objects.visible_to(request.actor).select_related("work_unit", "community", "renews")
    row = get_object_or_404(rows, pk=pk)
    if answers and not request.actor.can_for_unit(Permission.PROPOSAL_ANSWER, row.work_unit_id):
        request.actor.require(Permission.COUNCIL_EDIT, row.path)
    return row


@require_safe
def agreements(request: ActorRequest) -> HttpResponse:
    """Agreements of one's area or unit."""
    shown, today = _listing(request), timezone.localdate()
    rows = [(row, *AGREEMENT_STATES[queries.state_of(row, on=today)]) for row in shown.page]
    context = {
        "listing": shown,
        "tabs": room_tabs("agreements"),
        "rows": rows,
        "may_edit": request.actor.holds(Permission.COUNCIL_EDIT),
    }
    return render(request, "councils/agreements.html", context)


@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    columns = [
        _("Number"),
        _("Work unit"),
        pgettext("level", "Community"),
        pgettext("agreement", "From"),
        pgettext("agreement", "Last day"),
    ]
    columns += [_("Signed on"), _("State")]
    today = timezone.localdate()
    cells: list[list[Cell]] = [
        [
            row.number,
            row.work_unit.name,
            row.community.name,
            row.starts_on,
            row.until,
            row.signed_on,
            str(AGREEMENT_STATES[queries.state_of(row, on=today)][0]),
        ]
        for row in _listing(request).rows
    ]
    name = pgettext("menu", "Joint-building agreements")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    rows = JointAgreement.objects.visible_to(request.actor).select_related("work_unit", "community")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(number__icontains=text) | rows.filter(work_unit__name__icontains=text)
    address = reverse("councils:agreements_export")
    return listing(request, rows, sorts=SORTS, default="-until", filterset=AgreementFilter, export_url=address)


@require_safe
def agreement(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Both sides' items, delivered against promised."""
    row, actor = found(request, pk), request.actor
    may_edit = actor.can(Permission.COUNCIL_EDIT, row.path)
    answers = may_edit or actor.can_for_unit(Permission.PROPOSAL_ANSWER, row.work_unit_id)
    words, tone = AGREEMENT_STATES[queries.state_of(row, on=timezone.localdate())]
    context = {
        "agreement": row,
        "words": words,
        "tone": tone,
        "items": queries.items_of(row),
        "may_edit": may_edit and row.ended_at is None and row.work_unit.ended_on is None,
        "may_answer": answers and row.ended_at is None,
        "sees_signer": answers,
    }
    return render(request, "councils/agreement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Draw up an agreement."""
    nodes = nodes_with(request, Permission.COUNCIL_EDIT, Level.COMMUNITY)
    today = timezone.localdate()
    term = {"starts_on": today, "until": today.replace(month=12, day=31)}
    form = AgreementForm(posted(request), nodes=nodes, units=units_in_sight(request), initial=term)
    back = (reverse("councils:agreements"), pgettext("menu", "Joint-building agreements"))
    page = Page(_("Draw up an agreement"), _("Draw it up"), back)

    def act() -> JointAgreement:
        node, key = form.cleaned_data["node"], form.cleaned_data["id"]
        return commands.draw_up_agreement(
            community=node, draft=form.draft(), by=request.actor, now=timezone.now(), id=key
        )

    return ask(request, form, act, page, said=_("Drawn up. Print it, or let the unit sign on the screen."))


def _back(row: JointAgreement) -> tuple[str, str]:
    return row.get_absolute_url(), row.number


@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The unit signs on the screen, or the desk notes the signed paper."""
    row = found(request, pk, answers=True)
    if (row.signed_on or row.ended_at) and request.method != "POST":
        return redirect(row)
    on_screen = request.actor.can_for_unit(Permission.PROPOSAL_ANSWER, row.work_unit_id)
    form = SignatureForm(posted(request), on_screen=on_screen, initial={"signed_on": timezone.localdate()})
    page = Page(_("Sign the agreement"), _("Sign it"), _back(row), lead=row.work_unit.name)

    def act() -> JointAgreement:
        return commands.sign_agreement(agreement=row, signature=form.signature(), by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Signed. From now on deliveries count."))


@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Something of an item was delivered."""
    visible = JointAgreement.objects.visible_to(request.actor)
    item = get_object_or_404(AgreementItem.objects.filter(agreement__in=visible), pk=pk)
    row = found(request, item.agreement_id, answers=True)
    form = DeliveryForm(posted(request), initial={"delivered_on": timezone.localdate()})
    promised = _("Promised: %(quantity)d %(measure)s") % {"quantity": item.quantity, "measure": item.measure}
    page = Page(_("Note a delivery"), _("Note it"), _back(row), lead=f"{item.text} · {promised}")

    def act() -> JointAgreement:
        commands.note_delivery(item=item, **form.cleaned_data, by=request.actor, now=timezone.now())
        return row

    return ask(request, form, act, page, said=_("Noted."))


@require_POST
def renewal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The same items for another term."""
    row = found(request, pk)
    request.actor.require(Permission.COUNCIL_EDIT, row.path)
    made = commands.renew_agreement(agreement=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Drawn up for the next term. It is signed like the first."))
    return redirect(made)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Either side ends it, with the reason."""
    row = found(request, pk, answers=True)
    if row.ended_at is not None and request.method != "POST":
        return redirect(row)
    page = Page(
        _("End the agreement"),
        _("End it"),
        _back(row),
        lead=row.work_unit.name,
        hint=_("What was delivered stays on record."),
        danger=True,
    )

    form = ReasonForm(posted(request))

    def act() -> JointAgreement:
        return commands.end_agreement(agreement=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Ended. What was delivered stays."))


@require_safe
def paper(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The agreement as Word or PDF, for both sides."""
    makers = {"docx": papers.agreement_docx, "pdf": papers.agreement_pdf}
    row = found(request, pk, answers=True)
    if kind not in makers:
        raise Http404
    name = _("Joint-building agreement %(number)s") % {"number": row.number}
    return file_answer(makers[kind](row), name=name, kind=kind)

"""Campaigns: what was given, what it went to; receipts written, printed and taken back by the desk."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core import documents
from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.orgs.forms.communities import communities_run
from guangcai.wishes import commands
from guangcai.wishes.gift_forms import CampaignForm, ReasonForm, ReceiptForm, ResultForm, SpendingForm
from guangcai.wishes.models import Campaign, Gift, Spending
from guangcai.wishes.queries import gifts as queries


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Campaign:
    """The campaign, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    row = get_object_or_404(queries.campaigns(request.actor), pk=pk)
    if permission is not None:
        request.actor.require(permission, row.path)
    return row


@login_required
@require_safe
def campaigns(request: ActorRequest) -> HttpResponse:
    """Campaigns of one's area with their sums, open ones first."""
    rows = queries.campaigns(request.actor).order_by("closed_at", "-opened_at", "pk")
    shown = [(row, queries.yuan(row.given), queries.yuan(row.given - row.spent)) for row in rows]
    open_first = sorted(shown, key=lambda one: one[0].closed_at is not None)
    may_edit = request.actor.holds(Permission.WISH_EDIT)
    return render(request, "wishes/campaigns.html", {"rows": open_first, "may_edit": may_edit})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: ActorRequest) -> HttpResponse:
    """Begin to collect for something."""
    form = CampaignForm(posted(request), communities=communities_run(request.actor, Permission.WISH_EDIT))
    page = Page(
        _("New campaign"),
        _("Open the campaign"),
        (reverse("wishes:campaigns"), pgettext("menu", "Campaigns")),
        lead=_("For example: one yuan, one book."),
    )

    def act() -> object:
        cleaned = form.cleaned_data
        return commands.open_campaign(
            community=cleaned["community"],
            title=cleaned["title"],
            goal=cleaned["goal"],
            by=request.actor,
            now=timezone.now(),
            id=cleaned["id"],
        )

    return ask(request, form, act, page, said=_("Opened. Every gift gets a receipt."), to=page.back[0])


@login_required
@require_safe
def campaign(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The sum, what it went to, what became of it; the receipts for the desk alone."""
    row = found(request, pk)
    may_edit = request.actor.can(Permission.WISH_EDIT, row.path)
    receipts = queries.receipts_of(row, request.actor)
    context = {
        "campaign": row,
        "may_edit": may_edit,
        "given": queries.yuan(row.given),  # type: ignore[attr-defined]
        "spent": queries.yuan(row.spent),  # type: ignore[attr-defined]
        "left": queries.yuan(row.given - row.spent),  # type: ignore[attr-defined]
        "goods": queries.goods_of(row),
        "receipts": [(gift, queries.giver_of(gift), queries.gift_words(gift)) for gift in receipts],
        "spendings": [(one, queries.yuan(one.fen)) for one in queries.spendings_of(row, with_reversed=may_edit)],
    }
    return render(request, "wishes/campaign.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_close(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a campaign and say what became of it."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.closed_at is not None:
        return redirect(row)
    form = ResultForm(posted(request))
    page = Page(
        _("Close the campaign"),
        _("Close it"),
        (row.get_absolute_url(), row.title),
        hint=_("After it, no gift and no receipt is added."),
        danger=True,
    )
    return ask(
        request,
        form,
        lambda: commands.close_campaign(
            campaign=row, result=form.cleaned_data["result"], by=request.actor, now=timezone.now()
        ),
        page,
        said=_("Closed. Everybody in the area reads what became of it."),
        to=page.back[0],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def gift_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write a receipt."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.closed_at is not None:
        return redirect(row)
    members = Member.objects.visible_to(request.actor).current().filter(path__under=row.path)
    form = ReceiptForm(
        posted(request),
        members=members.order_by("name_sort", "pk"),
        initial={"given_on": timezone.localdate()},
    )
    page = Page(_("Receive a gift"), _("Write the receipt"), (row.get_absolute_url(), row.title))

    def act() -> object:
        return commands.receive_gift(
            campaign=row, draft=form.draft(), by=request.actor, now=timezone.now(), id=form.cleaned_data["id"]
        )

    return ask(request, form, act, page, said=_("Received. Print the receipt from the list below."), to=page.back[0])


def _gift(request: ActorRequest, pk: UUID) -> Gift:
    """A receipt of one's desk; 404 else: nobody else learns who gave."""
    rows = Gift.objects.visible_to(request.actor).select_related("campaign", "community", "member", "reversal")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def gift_reversal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a wrong receipt back."""
    row = _gift(request, pk)
    if request.method != "POST" and (row.reverses_id or hasattr(row, "reversal")):
        return redirect(row.campaign)
    form = ReasonForm(posted(request))
    page = Page(
        _("Take the receipt %(number)s back") % {"number": row},
        pgettext("gift", "Take it back"),
        (row.campaign.get_absolute_url(), row.campaign.title),
        hint=f"{queries.giver_of(row)} · {queries.gift_words(row)}",
        danger=True,
    )
    return ask(
        request,
        form,
        lambda: commands.reverse_gift(
            gift=row, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now()
        ),
        page,
        said=_("Taken back. Both rows stay readable."),
        to=page.back[0],
    )


@login_required
@require_POST
def receipt(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The receipt on paper; each printing leaves a line in the trail."""
    row, now = _gift(request, pk), timezone.now()
    commands.note_receipt_print(gift=row, by=request.actor, now=now)
    values, name = queries.receipt(row), f"{_('Receipt')} {row}"
    if request.POST.get("kind") == "docx":
        return file_answer(documents.docx("wishes/receipt.docx", values), name=name, kind="docx")
    return file_answer(
        documents.pdf("wishes/receipt.typ", values, made_at=now.replace(microsecond=0)), name=name, kind="pdf"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def spending_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down what the money went to."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    form = SpendingForm(posted(request), initial={"id": new_id(), "spent_on": timezone.localdate()})
    page = Page(
        _("What the money went to"),
        _("Write it down"),
        (row.get_absolute_url(), row.title),
        lead=_("Everybody in the area reads it."),
    )

    def act() -> object:
        cleaned = form.cleaned_data
        return commands.note_spending(
            campaign=row,
            spent_on=cleaned["spent_on"],
            fen=cleaned["yuan"],
            what=cleaned["what"],
            by=request.actor,
            now=timezone.now(),
            id=cleaned["id"],
        )

    return ask(request, form, act, page, said=_("Written down."), to=page.back[0])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def spending_reversal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a wrong line back."""
    rows = Spending.objects.visible_to(request.actor).select_related("campaign", "reversal")
    row = get_object_or_404(rows, pk=pk)
    if request.method != "POST" and (row.reverses_id or hasattr(row, "reversal")):
        return redirect(row.campaign)
    form = ReasonForm(posted(request))
    page = Page(
        _("Take the line back"),
        pgettext("gift", "Take it back"),
        (row.campaign.get_absolute_url(), row.campaign.title),
        hint=f"{row.what} · {queries.yuan(row.fen)}",
        danger=True,
    )
    return ask(
        request,
        form,
        lambda: commands.reverse_spending(
            spending=row, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now()
        ),
        page,
        said=_("Taken back. Both rows stay readable."),
        to=page.back[0],
    )

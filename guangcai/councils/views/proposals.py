"""Proposals: raised, screened, tabled, judged, published; one page per matter with its whole story."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments.belonging import place_now
from guangcai.core.actor import Actor
from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.councils import commands, rules
from guangcai.councils.enums import MatterKind
from guangcai.councils.enums import ProposalState as S
from guangcai.councils.filters import ProposalFilter
from guangcai.councils.forms import (
    JudgementForm,
    LinkForm,
    NoteForm,
    ProposalForm,
    ReasonForm,
    ScreeningForm,
    TablingForm,
    delegates_of,
)
from guangcai.councils.models import BodyMember, Meeting, Proposal
from guangcai.councils.queries import promises as promise_queries
from guangcai.councils.queries import proposals as queries
from guangcai.councils.queries.story import story_of
from guangcai.councils.views.asking import nodes_with, room_tabs
from guangcai.councils.words import STANDINGS, TONES
from guangcai.members.queries.person import own_member
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node

SORTS = {"day": "raised_at", "title": "title", "state": "state", "community": "path"}


def found(request: ActorRequest, pk: UUID, *, edits: bool = False) -> Proposal:
    """The proposal, if the actor may see it (404 else), and run councils there (403 else)."""
    rows = Proposal.objects.visible_to(request.actor).select_related("community", "proposer", "meeting__body")
    row = get_object_or_404(rows, pk=pk)
    if edits:
        request.actor.require(Permission.COUNCIL_EDIT, row.path)
    return row


@require_safe
def proposals(request: ActorRequest) -> HttpResponse:
    """Proposals of one's area."""
    shown = _listing(request)
    context = {
        "listing": shown,
        "tabs": room_tabs("proposals"),
        "rows": [(row, TONES[row.state]) for row in shown.page],
        "may_raise": request.actor.holds(Permission.PROPOSAL_RAISE) or request.actor.holds(Permission.COUNCIL_EDIT),
    }
    return render(request, "councils/proposals.html", context)


@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook; who proposed it is not in it."""
    columns = [_("Title"), _("State"), pgettext("level", "Community"), _("Raised on"), _("Promises"), _("Tabled in")]
    cells: list[list[Cell]] = [
        [
            row.title,
            str(row.get_state_display()),
            row.community.name,
            timezone.localdate(row.raised_at),
            row.promises,
            row.meeting.body.name if row.meeting else "",
        ]
        for row in _listing(request).rows
    ]
    name = pgettext("menu", "Proposals")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _listing(request: ActorRequest) -> Listing:
    rows = queries.with_numbers(Proposal.objects.visible_to(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(title__icontains=text)
    address = reverse("councils:proposals_export")
    return listing(request, rows, sorts=SORTS, default="-day", filterset=ProposalFilter, export_url=address)


@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """What I proposed, and what waits for my word."""
    rows = [(row, TONES[row.state]) for row in queries.own_proposals(request.actor)]
    context = {"rows": rows, "is_member": own_member(request.actor) is not None}
    return render(request, "councils/mine.html", context)


@require_safe
def proposal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One matter: what was proposed, what was promised, its story, and what the reader can do now."""
    row, actor = found(request, pk), request.actor
    may_edit = actor.can(Permission.COUNCIL_EDIT, row.path)
    own = _is_own(request, row)
    seat = None if own or may_edit else own_seat(actor, delegates_of(row.meeting.body if row.meeting else None))
    pledges = promise_queries.with_parts(row.pledges.all()).order_by("made_at", "pk")  # type: ignore[attr-defined]
    told = promise_queries.standings(pledges, on=timezone.localdate())
    judged = {one.seat_id for one in row.judgements.filter(round=row.round)}  # type: ignore[attr-defined]
    to_judge = row.state in (S.DONE, S.JUDGED)
    context = {
        "proposal": row,
        "tone": TONES[row.state],
        "promises": [(one, *STANDINGS[one.standing]) for one in told],
        # What another unit promised is read here and opened by its own liaison.
        "closed": {one.pledge.pk for one in told} - set(pledges.visible_to(actor).values_list("pk", flat=True)),
        "story": story_of(row, actor),
        "may_make": may_edit and row.state in queries.TAKES_MORE,
        "may_hold": actor.holds(Permission.ACTIVITY_EDIT),
        "may_book": actor.holds(Permission.RESOURCE_BOOK),
        "may_edit": may_edit,
        "own": own,
        "sees_proposer": may_edit,
        "may_promise": row.state in rules.TAKES_PLEDGES
        and (may_edit or bool(actor.units_with(Permission.PROPOSAL_ANSWER))),
        "may_judge": to_judge
        and (may_edit or (own and None not in judged) or (seat is not None and seat.pk not in judged)),
        "may_drop": S.DROPPED in rules.MOVES[S(row.state)] and (may_edit or own) and row.state != S.RAISED,
        "may_withdraw": row.state == S.RAISED and own,
        "verdict": promise_queries.verdicts_of([row.pk]).get(row.pk),
    }
    return render(request, "councils/proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Propose something: a member for himself, the desk for a resident."""
    member = own_member(request.actor)
    own = member is not None and not request.actor.holds(Permission.COUNCIL_EDIT)
    right = Permission.PROPOSAL_RAISE if own else Permission.COUNCIL_EDIT
    nodes = nodes_with(request, right, Level.COMMUNITY) if not own else Node.objects.filter(pk=member.community_id)
    source = request.GET.get("suggestion", "")
    form = ProposalForm(posted(request), nodes=nodes, own=own, initial={"source": source})
    back = (reverse("councils:mine"), _("My proposals")) if own else _to_list()
    page = Page(_("Propose something"), _("Propose it"), back)

    def act() -> Proposal:
        told = form.cleaned_data
        draft = commands.ProposalDraft(
            title=told["title"],
            text=told["text"],
            proposer=member if own else None,
            proposer_name=told.get("proposer_name", ""),
            proposer_phone=told.get("proposer_phone", ""),
            raised_from=(MatterKind.SUGGESTION, told["source"]) if told.get("source") else None,
        )
        return commands.raise_proposal(
            community=told["node"], draft=draft, by=request.actor, now=timezone.now(), id=told["id"]
        )

    return ask(request, form, act, page, said=_("Noted. The community looks at it next."))


def _to_list() -> tuple[str, str]:
    return reverse("councils:proposals"), pgettext("menu", "Proposals")


def _back(row: Proposal) -> tuple[str, str]:
    return row.get_absolute_url(), row.title


@require_http_methods(["GET", "HEAD", "POST"])
def screening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take it up for a meeting, or say why not."""
    row = found(request, pk, edits=True)
    if row.state != S.RAISED and request.method != "POST":
        return redirect(row)
    page = Page(
        _("Screen the proposal"),
        _("Tell the proposer"),
        _back(row),
        lead=row.title,
        hint=_("From now on the community reads its title and text: they name no person."),
    )

    form = ScreeningForm(posted(request))

    def act() -> Proposal:
        accepts, note = form.cleaned_data["accepts"] == "yes", form.cleaned_data["note"]
        return commands.screen_proposal(proposal=row, accepts=accepts, note=note, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Decided. The proposer is told."))


@require_http_methods(["GET", "HEAD", "POST"])
def tabling(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Choose the meeting in which it is tabled; meetings that are called and not over."""
    row = found(request, pk, edits=True)
    if S.TABLED not in rules.MOVES[S(row.state)] and request.method != "POST":
        return redirect(row)
    rows = Meeting.objects.visible_to(request.actor).open().filter(path__in=ancestors(place_now(row.path)))
    form = TablingForm(posted(request), meetings=rows.select_related("body").order_by("starts_at"))
    page = Page(
        _("Table the proposal"),
        _("Table it"),
        _back(row),
        lead=row.title,
        hint="" if rows.exists() else _("No meeting is called. Call one from the page of a body first."),
    )

    def act() -> Proposal:
        meeting = form.cleaned_data["meeting"]
        return commands.table_proposal(proposal=row, meeting=meeting, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Tabled: it is on the agenda."))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It goes no further: the reason is told."""
    row = found(request, pk)
    own = _is_own(request, row)
    request.actor.require(Permission.PROPOSAL_RAISE if own else Permission.COUNCIL_EDIT, row.path)
    if S.DROPPED not in rules.MOVES[S(row.state)] and request.method != "POST":
        return redirect(row)
    page = Page(
        _("Drop the proposal"),
        _("Drop it"),
        _back(row),
        lead=row.title,
        hint=_("The reason is told to whoever proposed it and stays readable for everybody."),
        danger=True,
    )

    form = ReasonForm(posted(request))

    def act() -> Proposal:
        return commands.drop_proposal(proposal=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Dropped. The reason is told."))


@require_http_methods(["GET", "HEAD", "POST"])
def judgements(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whether it was kept: by the proposer or a delegate himself, or written down by the desk."""
    row = found(request, pk)
    own, delegates = _is_own(request, row), delegates_of(row.meeting.body if row.meeting else None)
    seat = None if own else own_seat(request.actor, delegates)
    right = Permission.PROPOSAL_RAISE if own or seat else Permission.COUNCIL_EDIT
    request.actor.require(right, row.path)
    if row.state not in (S.DONE, S.JUDGED) and request.method != "POST":
        return redirect(row)
    form = JudgementForm(posted(request), delegates=delegates, own=own or seat is not None)
    page = Page(
        _("Was it kept?"),
        _("Say so"),
        _back(row),
        lead=row.title,
        hint=_("The word of whoever proposed it counts; without it, what most delegates say."),
    )

    def act() -> Proposal:
        key, draft = form.cleaned_data["id"], form.draft(seat)
        commands.judge_proposal(proposal=row, draft=draft, by=request.actor, now=timezone.now(), id=key)
        return row

    return ask(request, form, act, page, said=_("Noted. The community publishes the result."))


def own_seat(actor: Actor, delegates: QuerySet[BodyMember]) -> BodyMember | None:
    """The seat in which the actor himself is a residents' delegate. One query."""
    return delegates.filter(member=actor.member_id).first() if actor.member_id else None


def _is_own(request: ActorRequest, row: Proposal) -> bool:
    return request.actor.member_id is not None and row.proposer_id == request.actor.member_id


@require_POST
def publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Publish the result."""
    row = found(request, pk, edits=True)
    commands.publish_result(proposal=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Published. Everybody reads what became of it."))
    return redirect(row)


@require_http_methods(["GET", "HEAD", "POST"])
def sending_back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Not kept: on the table again."""
    row = found(request, pk, edits=True)
    if row.state != S.JUDGED and request.method != "POST":
        return redirect(row)
    page = Page(_("Put it back on the table"), _("Put it back"), _back(row), lead=row.title)

    form = NoteForm(posted(request))

    def act() -> Proposal:
        return commands.send_back(proposal=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("It is on the table again."))


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Link what belongs to the matter."""
    row = found(request, pk, edits=True)
    page = Page(
        _("Link what belongs to it"),
        _("Link it"),
        _back(row),
        lead=row.title,
        hint=_("A link changes nothing on either side."),
    )

    form = LinkForm(posted(request))

    def act() -> Proposal:
        kind, target = form.cleaned_data["address"]
        label = form.cleaned_data["label"]
        commands.link_matter(proposal=row, kind=kind, target=target, label=label, by=request.actor, now=timezone.now())
        return row

    return ask(request, form, act, page, said=_("Linked."))

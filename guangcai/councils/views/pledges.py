"""Promises of units: the list of kept and late ones, one's own unit's, one promise, and the public page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, file_answer, posted
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.councils import commands, rules
from guangcai.councils.filters import PromiseFilter
from guangcai.councils.forms import DoneForm, JointPledgeForm, OwnerForm, ProgressForm, ReasonForm
from guangcai.councils.models import JointAgreement, JointPledge
from guangcai.councils.queries import promises as queries
from guangcai.councils.queries.story import story_of
from guangcai.councils.views.asking import room_tabs, units_in_sight
from guangcai.councils.views.proposals import found as found_proposal
from guangcai.councils.words import STANDINGS, TONES
from guangcai.orgs.merged import community_at
from guangcai.orgs.models import Node, WorkUnit

SORTS = {"due": "due_on", "unit": "work_unit__name", "made": "made_at", "done": "done_on"}
PUBLIC_SHOWN = 200


def found(request: ActorRequest, pk: UUID, *, edits: bool = False) -> JointPledge:
    """The promise, if the actor may see it (404 else) and answer for it (404 to another unit, 403 inside the area)."""
    rows = queries.with_parts(JointPledge.objects.visible_to(request.actor))
    row = get_object_or_404(rows, pk=pk)
    if edits and not request.actor.can_for_unit(Permission.PROPOSAL_ANSWER, row.work_unit_id):
        request.actor.require(Permission.COUNCIL_EDIT, row.path)
    return row


def _shown(rows: object) -> list[tuple[queries.Promise, object, str]]:
    told = queries.standings(rows, on=timezone.localdate())  # type: ignore[arg-type]
    return [(one, *STANDINGS[one.standing]) for one in told]


@require_safe
def pledges(request: ActorRequest) -> HttpResponse:
    """Promises kept and late in one's area: everybody there sees them."""
    shown = _listing(request)
    return render(
        request, "councils/pledges.html", {"listing": shown, "rows": _shown(shown.page), "tabs": room_tabs("pledges")}
    )


@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook; no contact is in it."""
    columns = [_("What"), _("Work unit"), pgettext("level", "Community"), pgettext("promise", "Until"), _("Done on")]
    columns += [_("State"), _("Proposal")]
    cells: list[list[Cell]] = [_cells(one, str(words)) for one, words, _tone in _shown(_listing(request).rows)]
    name = pgettext("menu", "Promises of units")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(one: queries.Promise, words: str) -> list[Cell]:
    row = one.pledge
    first: list[Cell] = [row.item, row.work_unit.name, row.community.name, row.due_on, row.done_on]
    return [*first, words, row.proposal.title]


def _listing(request: ActorRequest) -> Listing:
    rows = queries.with_parts(JointPledge.objects.visible_to(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(item__icontains=text) | rows.filter(work_unit__name__icontains=text)
    address = reverse("councils:pledges_export")
    return listing(request, rows, sorts=SORTS, default="due", filterset=PromiseFilter, export_url=address)


@require_safe
def ours(request: ActorRequest) -> HttpResponse:
    """What one's own unit promised and what it could answer, and its agreements."""
    request.actor.require_any(Permission.PROPOSAL_ANSWER)
    units = request.actor.units_with(Permission.PROPOSAL_ANSWER)
    agreements = JointAgreement.objects.filter(work_unit__in=units).select_related("community")
    context = {
        "rows": _shown(queries.of_units(request.actor)),
        "agreements": agreements.order_by("-until", "pk"),
        "open": queries.on_the_table(request.actor),
    }
    return render(request, "councils/ours.html", context)


@require_safe
def pledge(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One promise: until when, how it stands, what was reported; its contact for the desk and the unit."""
    row = found(request, pk)
    actor = request.actor
    answers = actor.can_for_unit(Permission.PROPOSAL_ANSWER, row.work_unit_id) or actor.can(
        Permission.COUNCIL_EDIT, row.path
    )
    ((told, words, tone),) = _shown([row])
    is_open = row.done_on is None and row.withdrawn_at is None and row.proposal.state not in rules.OVER
    context = {
        "pledge": row,
        "promise": told,
        "words": words,
        "tone": tone,
        "progress": row.progress.order_by("-at"),  # type: ignore[attr-defined]
        "owner": row.owners.last() if answers else None,  # type: ignore[attr-defined]
        "may_answer": answers and is_open,
    }
    return render(request, "councils/pledge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A unit promises something for a proposal on the table."""
    row = found_proposal(request, pk)
    own = request.actor.units_with(Permission.PROPOSAL_ANSWER)
    may_edit = request.actor.can(Permission.COUNCIL_EDIT, row.path)
    if not own and not may_edit:
        request.actor.require(Permission.COUNCIL_EDIT, row.path)
    units = units_in_sight(request) if may_edit else WorkUnit.objects.filter(pk__in=own).order_by("name")
    form = JointPledgeForm(posted(request), units=units, initial={"item": row.title})
    page = Page(
        _("Promise something"),
        _("Promise it"),
        (row.get_absolute_url(), row.title),
        lead=row.title,
        hint=_("Everybody in the community sees the unit, the day and whether it was kept."),
    )

    def act() -> JointPledge:
        key = form.cleaned_data["id"]
        return commands.make_joint_pledge(
            proposal=row, draft=form.draft(), by=request.actor, now=timezone.now(), id=key
        )

    return ask(request, form, act, page, said=_("Promised. Everybody sees the day."), to=row)


def _back(row: JointPledge) -> tuple[str, str]:
    return reverse("councils:pledge", args=[row.pk]), row.item


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    """How far it has come."""
    row = found(request, pk, edits=True)
    page = Page(_("How far has it come?"), _("Write it down"), _back(row), lead=row.item)

    def act() -> None:
        note, key = form.cleaned_data["note"], form.cleaned_data["id"]
        commands.note_progress(pledge=row, note=note, by=request.actor, now=timezone.now(), id=key)

    form = ProgressForm(posted(request))
    return ask(request, form, act, page, said=_("Written down."), to=_back(row)[0])


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: ActorRequest, pk: UUID) -> HttpResponse:
    """It is done: when, what, how much."""
    row = found(request, pk, edits=True)
    form = DoneForm(posted(request), initial={"done_on": timezone.localdate()})
    page = Page(_("Report it as done"), _("Report it as done"), _back(row), lead=row.item)

    def act() -> None:
        commands.finish_pledge(pledge=row, done=form.done(), by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Noted. Whoever proposed it judges next."), to=_back(row)[0])


@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Somebody else answers for it in the unit."""
    row = found(request, pk, edits=True)
    page = Page(_("Change the contact"), _("Change it"), _back(row), lead=row.item, hint=_("The day stays."))

    def act() -> None:
        told = form.cleaned_data
        name, phone = told["owner_name"], told["owner_phone"]
        commands.change_owner(pledge=row, name=name, phone=phone, by=request.actor, now=timezone.now())

    form = OwnerForm(posted(request))
    return ask(request, form, act, page, said=_("Changed. The day stays."), to=_back(row)[0])


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The unit gives it up, and says why."""
    row = found(request, pk, edits=True)
    page = Page(
        _("Give the promise up"),
        _("Give it up"),
        _back(row),
        lead=row.item,
        hint=_("The reason stays readable for everybody. The proposal looks for another unit."),
        danger=True,
    )

    def act() -> None:
        commands.withdraw_pledge(pledge=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    form = ReasonForm(posted(request))
    return ask(request, form, act, page, said=_("Given up. The reason is told."), to=_back(row)[0])


@require_safe
def public_communities(request: ActorRequest) -> HttpResponse:
    """In which community: those to which a unit has promised something."""
    rows = queries.public_communities(on=timezone.localdate())
    return render(request, "councils/public_communities.html", {"rows": rows})


@require_safe
def public(request: ActorRequest, code: str) -> HttpResponse:
    """What units promised a community, kept and late: for everybody, without signing in and without a person's name."""
    community = community_at(code, Node.objects.in_force(timezone.localdate()).communities())
    rows = _shown(queries.public_of(community)[:PUBLIC_SHOWN])
    return render(request, "councils/public.html", {"community": community, "rows": rows})


@require_safe
def public_matter(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The story of one matter for everybody: from the suggestion to what became of it, without a person in it."""
    row = get_object_or_404(queries.public_matters(), pk=pk)
    promises = _shown(queries.with_parts(row.pledges.live()).order_by("made_at", "pk"))  # type: ignore[attr-defined]
    context = {"proposal": row, "tone": TONES[row.state], "rows": promises, "story": story_of(row, None)}
    return render(request, "councils/public_matter.html", context)

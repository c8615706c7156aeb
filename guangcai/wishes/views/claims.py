"""Claims: a member takes a wish on or helps, the desk confirms, what was done is told, either side ends it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.commitments.forms import EndForm, WorkForm, usual_work
from guangcai.core.asking import Page, ask
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_in, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.wishes import commands
from guangcai.wishes.enums import WishState
from guangcai.wishes.forms import AnswerForm, FulfilForm, ThanksForm
from guangcai.wishes.models import WishClaim
from guangcai.wishes.views.frame import found, found_claim, refused
from guangcai.wishes.views.wishes import answer as wish_page


def may_act(request: ActorRequest, claim: WishClaim, permission: Permission) -> bool:
    """Whether the claim is the actor's own; for another's he needs `permission` there (403 else)."""
    own = request.actor.member_id == claim.member_id
    request.actor.require(Permission.WISH_CLAIM if own else permission, claim.path)
    return own


@login_required
@require_POST
def claims(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a wish on, or help the one who has it."""
    row = found(request, pk)
    if request.actor.member_id is None:
        request.actor.require(Permission.WISH_EDIT, row.path)
        raise RuleBroken(_("Members take wishes on themselves, in their own account."))
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=request.actor.member_id)
    verb = commands.join_claim if request.POST.get("joint") else commands.claim_wish
    try:
        made = verb(wish=row, member=member, by=request.actor, now=timezone.now(), id=key_in(request, "id"))
    except RuleBroken as broken:
        row.refresh_from_db()
        return wish_page(request, row, problem=refused(broken, row))
    collected = made.state == CommitmentState.WAITING
    said = _("Noted. The wish is given out when claims are no longer collected.")
    messages.success(request, said if collected else _("It is yours. The community confirms it next."))
    return redirect(row)


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The desk agrees to a claim."""
    claim = found_claim(request, pk)
    request.actor.require(Permission.WISH_EDIT, claim.path)
    try:
        commands.confirm_claim(claim=claim, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return wish_page(request, claim.wish, problem=refused(broken, claim.wish))
    messages.success(request, _("Confirmed. %(name)s is told, and may open the name.") % {"name": claim.member.name})
    return redirect(claim.wish)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a claim, or do not confirm it."""
    claim = found_claim(request, pk)
    own = may_act(request, claim, Permission.WISH_EDIT)
    if request.method != "POST" and claim.ended_at is not None:
        return redirect(claim.wish)
    form = EndForm(posted(request), own=own)
    waits = own and claim.given_at is None
    page = Page(
        _("Withdraw my claim") if waits else _("Give the wish back") if own else _("End the claim"),
        _("Withdraw my claim") if waits else _("Give it back") if own else _("End the claim"),
        (claim.wish.get_absolute_url(), claim.wish.title),
        lead="" if own else claim.member.name,
        hint=""
        if claim.given_at is None
        else _("The wish goes to whoever helps with it, then to whoever waits, then back to the wall."),
        danger=True,
    )

    def act() -> object:
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        return commands.end_claim(claim=claim, reason=reason, note=note, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Ended. Service given until now stays on record."), to=page.back[0])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down work done for a wish; it counts once somebody else has confirmed it."""
    claim, now = found_claim(request, pk), timezone.now()
    own = may_act(request, claim, Permission.ENTRY_RECORD)
    if request.method != "POST" and claim.held_since is None:
        return redirect(claim.wish)
    form = WorkForm(posted(request), initial=usual_work(now=now))
    if request.method == "POST" and form.is_valid():
        try:
            commands.log_work(claim=claim, work=form.work(), by=request.actor, now=now)
            messages.success(request, _("Written down. It counts once the community has confirmed it."))
            return redirect(claim.wish)
        except RuleBroken as broken:
            show_refusal(form, broken)
    name = "" if own else claim.member.name
    context = {"form": form, "title": claim.wish.title, "name": name, "back": claim.wish.get_absolute_url()}
    return render(request, "commitments/work.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fulfilment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say what was done: the wisher is asked next."""
    claim = found_claim(request, pk)
    may_act(request, claim, Permission.WISH_EDIT)
    if request.method != "POST" and (claim.state != CommitmentState.HELD or claim.wish.state != WishState.CLAIMED):
        return redirect(claim.wish)
    form = FulfilForm(posted(request), initial={"done_on": timezone.localdate()})
    page = Page(
        _("What was done"),
        _("It is done: ask the wisher"),
        (claim.wish.get_absolute_url(), claim.wish.title),
        lead=_("The wisher has the last word: it has come true, or not yet."),
    )

    def act() -> object:
        cleaned = form.cleaned_data
        return commands.fulfil_wish(
            claim=claim,
            what=cleaned["what"],
            done_on=cleaned["done_on"],
            by=request.actor,
            now=timezone.now(),
            id=cleaned["id"],
        )

    return ask(
        request,
        form,
        act,
        page,
        said=_("Noted. The wisher is asked next. Do not forget to write down the time you gave."),
        to=page.back[0],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The desk writes down what the wisher said."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.state != WishState.FULFILLED:
        return redirect(row)
    form = AnswerForm(posted(request))
    page = Page(
        _("What the wisher says"),
        _("Write it down"),
        (row.get_absolute_url(), row.title),
        lead=_("Ask the wisher himself, and write down his word."),
    )
    return ask(
        request,
        form,
        lambda: commands.answer_at_desk(wish=row, word=form.word(), by=request.actor, now=timezone.now()),
        page,
        said=_("Written down."),
        to=page.back[0],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The desk writes down the wisher's thanks, with his consent to show them."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.state != WishState.CONFIRMED:
        return redirect(row)
    there = getattr(row, "thanks", None) if row.state == WishState.CONFIRMED else None
    form = ThanksForm(posted(request), initial={"words": there.words if there else ""})
    page = Page(
        _("Thanks"),
        _("Write them down"),
        (row.get_absolute_url(), row.title),
        lead=_("Shown to others only when the wisher agreed and a colleague has read them."),
    )

    def act() -> object:
        said = form.cleaned_data["words"]
        return commands.note_thanks(wish=row, words=said, consent=form.consent(), by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Written down."), to=page.back[0])


@login_required
@require_POST
def thanks_publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A second person has read the thanks and shows them."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    there = getattr(row, "thanks", None)
    try:
        if there is None:
            raise RuleBroken(_("There are no thanks yet."), code="no_thanks")
        commands.publish_thanks(thanks=there, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return wish_page(request, row, problem=refused(broken, row))
    messages.success(request, _("Published, without a name."))
    return redirect(row)

"""One wish: what it is, what a member can do with it, the verbs of the desk."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments import origins
from guangcai.core.asking import Page, ask
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.screens import Refused
from guangcai.core.templatetags.core import moment
from guangcai.core.text import spelled
from guangcai.members.queries.person import own_member
from guangcai.orgs.forms.communities import communities_run
from guangcai.wishes import commands, words
from guangcai.wishes.commands.claims import hand_of, standing_of
from guangcai.wishes.commands.moves import claimers
from guangcai.wishes.enums import WishEnd, WishState
from guangcai.wishes.forms import EndWishForm, VerifyForm, WishForm
from guangcai.wishes.models import Wish, WishClaim
from guangcai.wishes.queries import grown
from guangcai.wishes.queries import wishes as queries
from guangcai.wishes.views.frame import found, refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The desk writes a wish down; its code is shown on the page that follows."""
    form = WishForm(posted(request), communities=communities_run(request.actor, Permission.WISH_EDIT))
    kind, origin = origins.asked_for(request, page=grown.PAGE)
    page = Page(_("New wish"), _("Write it down"), (reverse("wishes:list"), _("Wishes")))

    def act() -> Wish:
        community, key = form.cleaned_data["community"], form.cleaned_data["id"]
        draft = replace(form.draft(), from_kind=kind, from_id=origin)
        return commands.collect_wish(community=community, draft=draft, by=request.actor, now=timezone.now(), id=key)

    return ask(request, form, act, page, said=_("Written down. Give the wisher the code on this page."))


@login_required
@never_cache
@require_safe
def wish(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything about one wish, and what the reader can do with it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Wish, *, problem: Refused | None = None) -> HttpResponse:
    """The page of a wish; with a refusal on top it is a 422."""
    context = {
        "wish": row,
        "title": words.title_of(row),
        "tone": words.TONES[WishState(row.state)],
        "order": words.order_of(row),
        "until": moment(row.claims_until),
        "problem": problem,
        "asker": queries.asker_for(row, request.actor) if commands.may_open(row, request.actor) else None,
        "may_open": commands.may_open(row, request.actor),
        "new_id": new_id(),
        **_for_member(request, row),
        **_for_desk(request, row),
    }
    return render(request, "wishes/wish.html", context, status=422 if problem else 200)


def _for_member(request: ActorRequest, row: Wish) -> dict[str, object]:
    """The member's own claim, or whether he could claim or help, or why not."""
    member = own_member(request.actor)
    if member is None:
        return {"is_member": False, "claim": None, "helpers": [], "why_not": None, "joint": False}
    claim = WishClaim.objects.live().filter(wish=row, member=member).select_related("lead__member").first()
    joint = row.state == WishState.CLAIMED
    why_not = (
        None if claim else queries.refusal(standing_of(row, now=timezone.now()), hand_of(member, row), joint=joint)
    )
    helpers = queries.helpers_of(claim) if claim else []
    return {"is_member": True, "claim": claim, "helpers": helpers, "why_not": why_not, "joint": joint}


def _for_desk(request: ActorRequest, row: Wish) -> dict[str, object]:
    """Who has it, what was done and said, and which verbs the state allows."""
    may_edit = request.actor.can(Permission.WISH_EDIT, row.path)
    if not may_edit:
        return {"may_edit": False, "claims": [], "fulfilments": _own_fulfilments(request, row)}
    shown = getattr(row, "thanks", None) if row.state == WishState.CONFIRMED else None
    is_over = row.claims_until is not None and row.claims_until <= timezone.now()
    return {
        "may_edit": True,
        "is_open": row.state not in (WishState.CONFIRMED, WishState.ENDED),
        "claims": queries.claims_of(row, actor=request.actor),
        "fulfilments": row.fulfilments.select_related("answer").order_by("-told_at", "pk"),
        "may_allot": row.state == WishState.PUBLISHED and row.is_collecting and is_over,
        "thanks": shown,
        "consent": shown and shown.consents.filter(withdrawn_at=None).first(),
        "may_publish_thanks": shown and queries.may_publish(shown, request.actor),
        "steps": words.steps_of(row),
        **_code(request, row),
    }


def _code(request: ActorRequest, row: Wish) -> dict[str, str]:
    """The wisher's code: until the wish is published, later only with the name opened, never to who has claimed it."""
    is_early = row.state in (WishState.COLLECTED, WishState.VERIFIED)
    is_own = request.actor.member_id in claimers(row)
    if is_own or not (is_early or queries.asker_for(row, request.actor)):
        return {"code": "", "follow_url": ""}
    code = row.asker.code
    return {
        "code": spelled(code, each=4),
        "follow_url": request.build_absolute_uri(reverse("wishes:followed", args=[code])),
    }


def _own_fulfilments(request: ActorRequest, row: Wish) -> object:
    """What was done, for those who have or had the wish."""
    if request.actor.member_id is None:
        return []
    own = WishClaim.objects.filter(wish=row, member=request.actor.member_id, given_at__isnull=False)
    rows = row.fulfilments.select_related("answer").order_by("-told_at", "pk")
    return rows if own.exists() else []


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find it small and feasible, and write it for everybody to read."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.state not in (WishState.COLLECTED, WishState.VERIFIED):
        return redirect(row)
    form = VerifyForm(posted(request), wish=row)
    page = Page(
        _("Verify the wish"),
        _("It can be done: save the words"),
        (row.get_absolute_url(), words.title_of(row)),
        lead=_("Small enough for one or a few people, and possible? Then write it without a name."),
    )

    def act() -> object:
        return commands.verify_wish(wish=row, **form.cleaned_data, by=request.actor, now=timezone.now())

    return ask(
        request,
        form,
        act,
        page,
        said=_("Verified. Publish it, and members of the community can take it on."),
        to=page.back[0],
    )


@login_required
@require_POST
def publication(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Put the wish on the wall."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    try:
        commands.publish_wish(wish=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    messages.success(request, _("Published without a name. Members of the community can take it on now."))
    return redirect(row)


@login_required
@require_POST
def allotment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give the wish to the first by the announced order."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    try:
        given = commands.allot_wish(wish=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    said = _("Given out; the member is told.") if given else _("Nobody had claimed it: it now goes to whoever comes.")
    messages.success(request, said)
    return redirect(row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Refuse a wish, or end it later, with a sentence for the wisher."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    if request.method != "POST" and row.state in (WishState.CONFIRMED, WishState.ENDED):
        return redirect(row)
    form = EndWishForm(posted(request), wish=row)
    people = WishClaim.objects.live().filter(wish=row).count()
    page = Page(
        _("Do not take the wish on") if row.published_at is None else _("End the wish"),
        _("End it and say why"),
        (row.get_absolute_url(), words.title_of(row)),
        hint=_("%(n)d members who have claimed it are told.") % {"n": people} if people else "",
        danger=True,
    )

    def act() -> object:
        reason, note = WishEnd(form.cleaned_data["reason"]), form.cleaned_data["note"]
        return commands.end_wish(wish=row, reason=reason, note=note, by=request.actor, now=timezone.now())

    return ask(request, form, act, page, said=_("Ended. The wisher reads why with his code."), to=page.back[0])


@login_required
@require_POST
def opening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Show who made the wish, for fifteen minutes; the trail has a line of it."""
    row = found(request, pk)
    commands.open_asker(wish=row, by=request.actor, now=timezone.now())
    return redirect(f"{row.get_absolute_url()}#asker")


@login_required
@require_POST
def code(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A new code for a wisher who lost his."""
    row = found(request, pk, permission=Permission.WISH_EDIT)
    commands.renew_code(wish=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Here is a new code; the old one no longer works."))
    return redirect(f"{row.get_absolute_url()}#code")

"""One post: what it is, one button for a member, the claims and the verbs of the desk."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments.enums import CommitmentState
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.members.queries.person import own_member
from guangcai.orgs.policies import ClaimRule, in_force_at
from guangcai.posts import commands, rules, words
from guangcai.posts.enums import PostEnd, PostState
from guangcai.posts.forms import EndPostForm
from guangcai.posts.models import Post, PostClaim
from guangcai.posts.queries import posts as queries
from guangcai.posts.queries.fitness import applicant_for
from guangcai.posts.queries.turns import lots_of, turn_of
from guangcai.posts.views.refusals import Refused, refused


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Post:
    """The post, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    rows = Post.objects.visible_to(request.actor).select_related("community", "kind__skill")
    post = get_object_or_404(rows, pk=pk)
    if permission is not None:
        request.actor.require(permission, post.path)
    return post


@login_required
@require_safe
def post(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Everything about one post, and what the reader can do with it."""
    return answer(request, found(request, pk))


def answer(request: ActorRequest, row: Post, *, problem: Refused | None = None) -> HttpResponse:
    """The page of a post; with a refusal on top it is a 422."""
    context = _shared(request, row) | _for_member(request, row, now=timezone.now()) | _for_desk(request, row)
    return render(request, "posts/post.html", context | {"problem": problem}, status=422 if problem else 200)


def _shared(request: ActorRequest, row: Post) -> dict[str, object]:
    numbers = queries.with_numbers(Post.objects.filter(pk=row.pk)).get()
    lots = lots_of(row, actor=request.actor)
    return {
        "post": row,
        "numbers": numbers,
        "free": max(0, row.places - numbers.placed),  # type: ignore[attr-defined]
        "when": words.when(row),
        "order": words.order_of(row.claim_order),
        "until": words.until(row),
        "skills": row.required_skills.select_related("skill").order_by("skill__name"),
        "lots": lots,
        "seed": bytes(row.lot_seed or b"").hex() if lots else "",
        "is_own_proposal": row.proposed_by is not None and row.proposed_by == request.actor.user_id,
        "new_id": new_id(),
    }


def _for_member(request: ActorRequest, row: Post, *, now: datetime) -> dict[str, object]:
    """The member's own claim, or whether he could claim, or why not."""
    member = own_member(request.actor)
    if member is None:
        return {"is_member": False, "claim": None, "turn": 0, "why_not": None}
    claim = PostClaim.objects.live().filter(post=row, member=member).first()
    why_not = None if claim else _why_not(row, member, now=now)
    turn = turn_of(claim) if claim and claim.state == CommitmentState.WAITING and not row.is_collecting else 0
    return {"is_member": True, "claim": claim, "turn": turn, "why_not": why_not}


def _why_not(row: Post, member: Member, *, now: datetime) -> Refused | None:
    broken = queries.refusal(row, applicant_for(member, row), now=now)
    return refused(broken, row) if broken else None


def _for_desk(request: ActorRequest, row: Post) -> dict[str, object]:
    """Who claimed, and which verbs the state of the post allows."""
    may_edit = request.actor.can(Permission.POST_EDIT, row.path)
    sees_claims = request.actor.can(Permission.ROSTER_VIEW, row.path)
    missing = rules.missing_words(duties=row.duties, place=row.place, risk_note=row.risk_note, guarantee=row.guarantee)
    is_over = row.claims_until is not None and row.claims_until <= timezone.now()
    return {
        "may_edit": may_edit and row.ended_at is None,
        "sees_claims": sees_claims,
        "claims": queries.claims_of(row, actor=request.actor) if sees_claims else [],
        "missing": missing if may_edit and row.opened_at is None else {},
        "may_allot": may_edit and row.state == PostState.OPEN and row.is_collecting and is_over,
    }


@login_required
@require_POST
def establishment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The community takes a proposal on."""
    row = found(request, pk, permission=Permission.POST_EDIT)
    try:
        commands.establish_post(post=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    messages.success(request, _("Established. Open it when members may claim it."))
    return redirect("posts:post", row.pk)


@login_required
@require_http_methods(["GET", "POST"])
def opening(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Open to claims: who will see it, and in which order places are given."""
    row, now = found(request, pk, permission=Permission.POST_EDIT), timezone.now()
    if request.method == "POST":
        try:
            commands.open_post(post=row, by=request.actor, now=now)
        except RuleBroken as broken:
            return answer(request, row, problem=refused(broken, row))
        messages.success(request, _("Opened. Members of the community can claim it now."))
        return redirect("posts:post", row.pk)
    if row.state != PostState.ESTABLISHED or _for_desk(request, row)["missing"]:
        return redirect("posts:post", row.pk)
    rule = in_force_at(ClaimRule, path=row.path, on=localdate(now))
    days = rule.days if rules.collects(rule.order) else None
    return render(request, "posts/opening.html", {"post": row, "order": words.order_of(rule.order, days=days)})


@login_required
@require_http_methods(["GET", "POST"])
def allotment(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Give the places out in the announced order, once claims are no longer collected."""
    row, now = found(request, pk, permission=Permission.POST_EDIT), timezone.now()
    if request.method == "POST":
        try:
            placed = commands.allot_places(post=row, by=request.actor, now=now)
        except RuleBroken as broken:
            return answer(request, row, problem=refused(broken, row))
        messages.success(request, _("%(n)d have a place and are told.") % {"n": len(placed)})
        return redirect("posts:post", row.pk)
    if not _for_desk(request, row)["may_allot"]:
        return redirect("posts:post", row.pk)
    waiting = PostClaim.objects.waiting().filter(post=row).count()
    context = {"post": row, "order": words.order_of(row.claim_order), "waiting": waiting}
    return render(request, "posts/allotment.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a post, decline a proposal, take one's own back: what happens, and to how many people."""
    row = found(request, pk)
    own = row.proposed_by == request.actor.user_id and row.established_at is None
    if not own:
        request.actor.require(Permission.POST_EDIT, row.path)
    if request.method != "POST" and row.ended_at is not None:
        return redirect("posts:post", row.pk)
    form = EndPostForm(posted(request), post=row, own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = PostEnd(form.cleaned_data["reason"]), form.cleaned_data["note"]
        commands.end_post(post=row, reason=reason, note=note, by=request.actor, now=timezone.now())
        messages.success(request, _("Ended. Everybody who had claimed it is told."))
        return redirect("posts:post", row.pk)
    people = PostClaim.objects.live().filter(post=row).count()
    context = {"form": form, "post": row, "people": people, "own": own}
    return render(request, "posts/end.html", context, status=422 if form.errors else 200)

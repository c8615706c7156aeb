"""Claims: a member claims, the community confirms, he takes up, work is logged, either side ends it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.commitments.forms import EndForm, WorkForm, usual_work
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_in, posted, respond, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.posts import commands
from guangcai.posts.enums import PostState
from guangcai.posts.forms import TenureForm
from guangcai.posts.models import PostClaim
from guangcai.posts.views.posts import answer, found
from guangcai.posts.views.refusals import refused

PEOPLE_SHOWN = 12


def found_claim(request: ActorRequest, pk: UUID) -> PostClaim:
    """The claim, if the actor may see it: his own, or of the area whose roster he sees; 404 else."""
    rows = PostClaim.objects.visible_to(request.actor).select_related("post__community", "post__kind", "member")
    return get_object_or_404(rows, pk=pk)


def may_act(request: ActorRequest, claim: PostClaim, permission: Permission) -> bool:
    """Whether the claim is the actor's own; for another's he needs `permission` there (403 else)."""
    own = request.actor.member_id == claim.member_id
    request.actor.require(Permission.POST_CLAIM if own else permission, claim.path)
    return own


@login_required
@require_POST
def claims(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Claim a post: oneself, or for somebody who asked the desk to."""
    row = found(request, pk)
    key = key_in(request, "member") if request.POST.get("member") else request.actor.member_id
    if key is None:
        request.actor.require(Permission.POST_EDIT, row.path)
        raise RuleBroken(_("Choose for whom you claim the post."))
    own = key == request.actor.member_id
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key)
    try:
        made = commands.claim_post(
            post=row, member=member, by=request.actor, now=timezone.now(), id=key_in(request, "id")
        )
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row, own=own))
    messages.success(request, _claimed(made, is_collecting=row.is_collecting, name="" if own else member.name))
    return redirect("posts:post", row.pk)


def _claimed(made: PostClaim, *, is_collecting: bool, name: str) -> str:
    """What came of it, in words."""
    if is_collecting:
        words = _("The claim is noted. Places are given out when claims are no longer collected.")
    elif made.place_no is None:
        words = _("All places are taken: noted on the waiting list.")
    else:
        words = _("Claimed. The community confirms it next.")
    return f"{name}: {words}" if name else words


@login_required
@require_safe
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find somebody for whom the desk claims the post."""
    row = found(request, pk, permission=Permission.POST_EDIT)
    if row.state != PostState.OPEN:
        return redirect("posts:post", row.pk)
    text = request.GET.get("q", "").strip()
    rows = with_links(found_by(roster(request.actor), text)).filter(path__under=row.path)
    members = list(rows.order_by("name_pinyin", "pk")[:PEOPLE_SHOWN]) if text else []
    held = set(PostClaim.objects.live().filter(post=row, member__in=members).values_list("member_id", flat=True))
    context = {"post": row, "q": text, "found": [(one, one.pk in held, new_id()) for one in members]}
    return respond(request, "posts/people.html#found", context)


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The community agrees to a claim."""
    claim = found_claim(request, pk)
    request.actor.require(Permission.POST_EDIT, claim.path)
    try:
        commands.confirm_claim(claim=claim, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, claim.post, problem=refused(broken, claim.post, own=False))
    messages.success(request, _("Confirmed. %(name)s can take it up now and is told.") % {"name": claim.member.name})
    return redirect("posts:post", claim.post_id)


@login_required
@require_http_methods(["GET", "POST"])
def tenure(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a post up: the member with one button, the desk for somebody who asked, saying how."""
    claim = found_claim(request, pk)
    own = may_act(request, claim, Permission.POST_EDIT)
    if request.method != "POST" and (own or claim.state != CommitmentState.CONFIRMED):
        return redirect("posts:post", claim.post_id)
    form = TenureForm(posted(request))
    if request.method == "POST" and (own or form.is_valid()):
        asked = "" if own else form.cleaned_data["asked"]
        try:
            commands.take_up(claim=claim, by=request.actor, now=timezone.now(), asked=asked)
        except RuleBroken as broken:
            return answer(request, claim.post, problem=refused(broken, claim.post, own=own))
        messages.success(request, _("Taken up. From today on, work under this post can be written down."))
        return redirect("posts:post", claim.post_id)
    context = {"form": form, "claim": claim}
    return render(request, "posts/tenure.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a claim, or do not confirm it: what happens to the place, and who is told."""
    claim = found_claim(request, pk)
    own = may_act(request, claim, Permission.POST_EDIT)
    if request.method != "POST" and claim.ended_at is not None:
        return redirect("posts:post", claim.post_id)
    form = EndForm(posted(request), own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_claim(claim=claim, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Ended. Service given until now stays on record."))
            return redirect("posts:post", claim.post_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    waiting = PostClaim.objects.waiting().filter(post=claim.post_id).exclude(pk=claim.pk).count()
    context = {"form": form, "claim": claim, "own": own, "waiting": waiting}
    return render(request, "posts/claim_end.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def work(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down work done under a post; it counts once somebody else has confirmed it."""
    claim, now = found_claim(request, pk), timezone.now()
    own = may_act(request, claim, Permission.ENTRY_RECORD)
    if request.method != "POST" and claim.state != CommitmentState.HELD:
        return redirect("posts:post", claim.post_id)
    form = WorkForm(posted(request), initial=usual_work(now=now))
    if request.method == "POST" and form.is_valid():
        try:
            commands.log_work(claim=claim, work=form.work(), by=request.actor, now=now)
            messages.success(request, _("Written down. It counts once the community has confirmed it."))
            return redirect("posts:post", claim.post_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    name = "" if own else claim.member.name
    context = {"form": form, "title": claim.post.title, "name": name, "back": claim.post.get_absolute_url()}
    return render(request, "commitments/work.html", context, status=422 if form.errors else 200)

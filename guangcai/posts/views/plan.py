"""Preparing posts: from a kind, several at once, other words."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import communities_run
from guangcai.posts import commands
from guangcai.posts.forms import PostForm, SetForm, initial_of_kind, initial_of_post
from guangcai.posts.models import Post, PostKind
from guangcai.posts.views.posts import found


@login_required
@require_safe
def kinds(request: ActorRequest) -> HttpResponse:
    """Choose what to start from."""
    communities_run(request.actor, Permission.POST_VIEW)
    is_desk = request.actor.holds(Permission.POST_EDIT)
    return render(request, "posts/kinds.html", {"rows": PostKind.objects.all(), "is_desk": is_desk})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, kind: str) -> HttpResponse:
    """A post from a kind: a member proposes it, the desk may open it at once."""
    is_desk = request.actor.holds(Permission.POST_EDIT)
    communities = communities_run(request.actor, Permission.POST_EDIT if is_desk else Permission.POST_VIEW)
    chosen = get_object_or_404(PostKind, code=kind)
    initial = initial_of_kind(chosen)
    form = PostForm(posted(request), initial=initial, kind=chosen, communities=communities, is_desk=is_desk)
    if request.method == "POST" and form.is_valid():
        try:
            row = _add(request, form)
            return redirect("posts:post", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "kind": chosen, "is_desk": is_desk}
    return render(request, "posts/new.html", context, status=422 if form.errors else 200)


def _add(request: ActorRequest, form: PostForm) -> Post:
    """By the desk with one tick established and opened; else a proposal."""
    asked, by, now = form.cleaned_data, request.actor, timezone.now()
    if asked.get("at_once"):
        row = commands.add_post(community=asked["community"], draft=form.draft(), id=asked["id"], by=by, now=now)
        messages.success(request, _("Opened. Members of the community can claim it now."))
        return row
    row = commands.propose_post(
        community=asked["community"],
        draft=form.draft(),
        reason=asked.get("reason", ""),
        id=asked["id"],
        by=by,
        now=now,
    )
    messages.success(request, _("Proposed. The community decides, and you see here what became of it."))
    return row


@login_required
@require_http_methods(["GET", "POST"])
def new_set(request: ActorRequest) -> HttpResponse:
    """Several posts from the shipped kinds, opened together: all of them or none."""
    communities = communities_run(request.actor, Permission.POST_EDIT)
    form = SetForm(posted(request), kinds=list(PostKind.objects.select_related("skill")), communities=communities)
    if request.method == "POST" and form.is_valid():
        try:
            opened = commands.open_posts(
                community=form.cleaned_data["community"],
                chosen=form.chosen(),
                place=form.cleaned_data["place"],
                ids=form.ids(),
                by=request.actor,
                now=timezone.now(),
            )
            words = ngettext("%(n)d post is open to claims.", "%(n)d posts are open to claims.", len(opened))
            messages.success(request, words % {"n": len(opened)})
            return redirect("posts:list")
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "posts/set.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Other words, more or fewer places."""
    row = found(request, pk, permission=Permission.POST_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect("posts:post", row.pk)
    initial = initial_of_post(row)
    form = PostForm(posted(request), initial=initial, kind=row.kind, communities=None, is_desk=True)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_post(post=row, draft=form.draft(), by=request.actor, now=timezone.now())
            messages.success(request, _("Saved. Free places went to those who wait."))
            return redirect("posts:post", row.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "posts/edit.html", {"form": form, "post": row}, status=422 if form.errors else 200)

"""Find people for one post, shift or household: who is nearest, why, and one message to those who are ticked."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guangcai.activities.models import Shift
from guangcai.care.commands import offer_pairings
from guangcai.care.models import Household
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, chosen_ids
from guangcai.core.permissions import Permission
from guangcai.invitations import commands, rules
from guangcai.invitations.commands.invitations import Ask
from guangcai.invitations.enums import Subject
from guangcai.invitations.queries.mine import answers_to
from guangcai.invitations.queries.others import Other, nearest_to
from guangcai.members.models import Member
from guangcai.posts.models import Post

Need = Post | Shift | Household


@login_required
@require_http_methods(["GET", "POST"])
def post(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whom to ask for a post."""
    row = get_object_or_404(Post.objects.visible_to(request.actor).select_related("community"), pk=pk)
    return _people(request, Subject.POSTS, row, title=row.title, back=row.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def shift(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whom to ask for a shift."""
    rows = Shift.objects.visible_to(request.actor).select_related("activity", "community")
    row = get_object_or_404(rows, pk=pk)
    return _people(request, Subject.SHIFTS, row, title=row.activity.title, back=_board(row))


@login_required
@require_http_methods(["GET", "POST"])
def household(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whom to ask to look after a household: one member at a time."""
    row = get_object_or_404(Household.objects.visible_to(request.actor).select_related("community"), pk=pk)
    return _people(request, Subject.HOUSEHOLDS, row, title=row.label, back=row.get_absolute_url())


def _board(row: Shift) -> str:
    return reverse("activities:board", args=[row.pk])


def _people(request: ActorRequest, subject: Subject, row: Need, *, title: str, back: str) -> HttpResponse:
    request.actor.require(Permission.INVITATION_EDIT, row.path)
    error, now = None, timezone.now()
    if request.method == "POST":
        try:
            count = _ask(request, subject, row)
        except RuleBroken as broken:
            error = broken
        else:
            words = ngettext("%(n)d was asked, with one message.", "%(n)d were asked, each with one message.", count)
            messages.success(request, words % {"n": count})
            return redirect(request.path)
    found: Sequence[Other] = nearest_to(subject, row.pk, path=row.community.path, by=request.actor, now=now)
    context = {
        "title": title,
        "back": back,
        "others": found,
        "answers": answers_to(subject, row.pk, actor=request.actor, now=now),
        "only_one": subject == Subject.HOUSEHOLDS,
        "error": error,
    }
    return render(request, "invitations/people.html", context, status=422 if error else 200)


def _ask(request: ActorRequest, subject: Subject, row: Need) -> int:
    """Ask those who are ticked; the sentences are worked out again, not taken from the form."""
    now, ids = timezone.now(), chosen_ids(request)
    rules.check_chosen(count=len(ids))
    members = list(Member.objects.visible_to(request.actor).filter(pk__in=ids).order_by("pk"))
    if isinstance(row, Household):
        return len(offer_pairings(pairs=[(row, member) for member in members], by=request.actor, now=now))
    why = {
        one.member.pk: one.why
        for one in nearest_to(subject, row.pk, path=row.community.path, by=request.actor, now=now)
    }
    asks = [
        Ask(
            member,
            post=row if isinstance(row, Post) else None,
            shift=row if isinstance(row, Shift) else None,
            why=why.get(member.pk, ""),
        )
        for member in members
    ]
    return len(commands.invite(asks=asks, by=request.actor, now=now))

"""Lists of posts: the desk's overview with its export, and what a member could take on."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from guangcai.core.http import ActorRequest, file_answer
from guangcai.core.listing import Listing, listing
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.core.spreadsheet.writing import Cell
from guangcai.members.queries.person import own_member
from guangcai.posts import words
from guangcai.posts.filters import PostFilter
from guangcai.posts.models import Post
from guangcai.posts.queries import posts as queries

SORTS = {
    "title": "title",
    "kind": "kind__position",
    "community": "community__code",
    "proposed": "proposed_at",
    "places": "places",
    "held": "held",
    "waiting": "waiting",
}


def sees_list(request: ActorRequest) -> bool:
    return request.actor.holds(Permission.POST_EDIT) or request.actor.holds(Permission.ROSTER_VIEW)


@login_required
@require_safe
def posts(request: ActorRequest) -> HttpResponse:
    """Posts of one's area, the newest first; members look for something to take on instead."""
    if not sees_list(request):
        return redirect("posts:open")
    shown = _listing(request)
    context = {
        "listing": shown,
        "rows": [(post, words.when(post)) for post in shown.page],
        "may_edit": request.actor.holds(Permission.POST_EDIT),
    }
    return render(request, "posts/list.html", context)


@login_required
@require_safe
def export(request: ActorRequest) -> HttpResponse:
    """Exactly the rows the list shows, as a workbook."""
    columns = [pgettext("post", "Post"), _("Kind"), _("Community"), pgettext("post", "Where"), _("State")]
    columns += [_("Places"), _("Held"), _("Waiting"), _("Hours of service")]
    cells: list[list[Cell]] = [_cells(row) for row in _listing(request).rows]
    name = pgettext("menu", "Posts")
    return file_answer(write_workbook([Sheet(name, columns, cells)]), name=name, kind="xlsx")


def _cells(row: Any) -> list[Cell]:
    first: list[Cell] = [row.title, row.kind.name, row.community.name, row.place, str(row.state.label)]
    return [*first, row.places, row.held, row.waiting, words.when(row)]


def _listing(request: ActorRequest) -> Listing:
    rows = queries.with_numbers(Post.objects.visible_to(request.actor))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(Q(title__icontains=text) | Q(place__icontains=text))
    address = reverse("posts:export")
    return listing(request, rows, sorts=SORTS, default="-proposed", filterset=PostFilter, export_url=address)


@login_required
@require_safe
def open_posts(request: ActorRequest) -> HttpResponse:
    """What I have taken on, then what fits me, or everything with the reason why it does not."""
    member, show_all = own_member(request.actor), request.GET.get("show") == "all"
    offers = []
    if member is not None:
        now = timezone.now()
        offers = queries.offers_for(member, by=request.actor, now=now, only_fitting=not show_all)
    tabs = [
        Tab(_("Fits me"), reverse("posts:open"), not show_all),
        Tab(_("Everything"), reverse("posts:open") + "?show=all", show_all),
    ]
    context = {
        "is_member": member is not None,
        "sees_list": sees_list(request),
        "may_propose": request.actor.holds(Permission.POST_VIEW),
        "claims": queries.own_claims(request.actor) if member else [],
        "proposals": queries.own_proposals(request.actor) if member else [],
        "offers": [(offer, words.when(offer.post)) for offer in offers if offer.claim is None],
        "show_all": show_all,
        "tabs": tabs,
    }
    return render(request, "posts/open.html", context)

"""Calendar links: the page on which one makes and revokes them, and the feed a calendar program reads."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.api import commands, feeds
from guangcai.api.models import FeedKind, FeedLink
from guangcai.api.pace import Pace
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import Node

pace = Pace()


class FeedForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    kind = forms.ChoiceField(label=gettext_lazy("What the calendar shows"), choices=FeedKind.choices)
    node = CommunityField(label=gettext_lazy("Community"), required=False)

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        field: Any = self.fields["node"]
        field.queryset, first = communities, list(communities[:2])
        if len(first) < 2:
            # Nothing is asked that the system knows.
            field.widget, field.initial = forms.HiddenInput(), first[0].pk if first else None
        kind.choices = [(FeedKind.OWN.value, FeedKind.OWN.label), *_of_communities(first)]


def _of_communities(first: list[Node]) -> list[tuple[str, str]]:
    """The choice beside one's own dates: the one community by name, else one that is chosen; nothing without any."""
    if not first:
        return []
    one = _("Activities of %(community)s") % {"community": first[0].name}
    words = one if len(first) == 1 else _("Activities of a community, chosen below")
    return [(FeedKind.COMMUNITY.value, words)]


@require_safe
def feed(request: ActorRequest, secret: str) -> HttpResponse:
    """The calendar behind a link: no session, no cookie; unknown and revoked are alike."""
    if not pace.allows(get_adapter(request).get_client_ip(request), most=settings.GUANGCAI_API_PER_MINUTE):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    now = timezone.now()
    link = feeds.link_behind(secret)
    dates = feeds.dates_of(link, now=now) if link else None
    if link is None or dates is None:
        raise Http404
    content = feeds.as_calendar(link, dates, now=now, language=settings.LANGUAGE_CODE)
    headers = {"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: ActorRequest) -> HttpResponse:
    """My links; a new one's address is shown once."""
    form = FeedForm(posted(request), communities=communities_of(request.actor, Permission.ACTIVITY_VIEW))
    address = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _row, secret = commands.add_link(
                user=request.user,
                kind=FeedKind(said["kind"]),
                node=said["node"],
                id=said["id"],
                by=request.actor,
                now=timezone.now(),
            )
            if not secret:
                return redirect("feeds:links")
            address = request.build_absolute_uri(reverse("feeds:feed", args=[secret]))
            form = FeedForm(communities=communities_of(request.actor, Permission.ACTIVITY_VIEW))
        except RuleBroken as broken:
            show_refusal(form, broken)
    rows = FeedLink.objects.in_force().filter(user=request.user).select_related("node").order_by("-made_at")
    context = {"form": form, "rows": rows, "address": address}
    return render(request, "api/feeds.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revocation(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(FeedLink, pk=pk, user=request.user)
    commands.revoke_link(link=row, by=request.actor, now=timezone.now())
    messages.success(request, _("The link no longer works."))
    return redirect("feeds:links")

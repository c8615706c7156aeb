"""One way to ask: a form on a page of its own, a refusal beside its field, a sentence and the next page when done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.http import ActorRequest, show_refusal
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit

Act = Callable[[Any], Any]


@dataclass(frozen=True)
class Page:
    """The words around a form. back: where it came from, as address and words."""

    title: str
    submit: str
    back: tuple[str, str]
    lead: str = ""
    hint: str = ""
    danger: bool = False


def ask(request: ActorRequest, form: Any, act: Act, page: Page, *, said: str, to: Any = None) -> HttpResponse:
    """Show the form; sent and valid, act(form) writes, and the reader is told what happened.

    `to` is the next page, or act's answer. A refusal stands beside its field with 422, a conflict with 409.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = act(form)
                messages.success(request, said)
                return redirect(to or made)
            except RuleBroken as broken:
                show_refusal(form, broken)
            except Conflict as taken:
                status = taken.status
                _beside(form, taken)
    return render(request, "councils/ask.html", {"form": form, "page": page}, status=status)


def _beside(form: BaseForm, taken: Conflict) -> None:
    form.add_error(taken.field if taken.field in form.fields else None, str(taken))


def room_tabs(current: str) -> list[Tab]:
    """The five lists of the room, as one bar on each of them."""
    words = {
        "bodies": pgettext("menu", "Councils"),
        "proposals": pgettext("menu", "Proposals"),
        "pledges": pgettext("menu", "Promises of units"),
        "agreements": pgettext("menu", "Joint-building agreements"),
        "contests": pgettext("menu", "Project competition"),
    }
    return [Tab(label, reverse(f"councils:{name}"), name == current) for name, label in words.items()]


def nodes_with(request: ActorRequest, permission: Permission, *levels: Level) -> QuerySet[Node]:
    """Places of these levels where the actor holds `permission`; 403 without one."""
    places = Node.objects.in_force(timezone.localdate()).held_by(request.actor, permission).filter(level__in=levels)
    if not places:
        request.actor.require(permission, next(iter(request.actor.paths_with(Permission.COUNCIL_VIEW)), "/"))
    return places.order_by("path")


def units_in_sight(request: ActorRequest) -> QuerySet[WorkUnit]:
    return WorkUnit.objects.visible_to(request.actor).in_force(timezone.localdate()).order_by("name")

"""One way to ask: a form on a page of its own, a refusal beside its field, a sentence and the next page when done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render

from guangcai.core.errors import Conflict, RuleBroken, Text
from guangcai.core.http import ActorRequest, show_refusal
from guangcai.core.once import REUSED

NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class Page:
    """The words around a form. back: where it came from, as address and words. hint: what to know before."""

    title: Text
    submit: Text
    back: tuple[str, Text]
    lead: Text = ""
    hint: Text = ""
    danger: bool = False


def ask(
    request: ActorRequest,
    form: BaseForm,
    act: Callable[[], Any],
    page: Page,
    *,
    said: Text,
    to: Any = None,
    names: Mapping[str, str] = NO_NAMES,
) -> HttpResponse:
    """Show the form; sent and valid, `act` writes, and the reader is told what happened.

    `to` is the next page, or what `act` returned. A refusal stands beside its field with 422, a conflict with 409; a
    form that was sent before with other words is answered by the page of refusals.
    names: what the form calls a field of the rule.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = act()
            except RuleBroken as broken:
                show_refusal(form, broken, **names)
            except Conflict as taken:
                if taken.code == REUSED:
                    # Nothing in this form can be mended: it is opened anew.
                    raise
                status = taken.status
                form.add_error(taken.field if taken.field in form.fields else None, str(taken))
            else:
                messages.success(request, str(said))
                return redirect(to or made)
    return render(request, "core/ask.html", {"form": form, "page": page}, status=status)

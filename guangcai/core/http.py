"""How a view answers: one partial to htmx, the whole page or a redirect to a browser."""

from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank


class ActorRequest(HttpRequest):
    """A request after orgs.middleware.actor: views name this type to say that they read `request.actor`."""

    actor: Actor


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], *, to: Any = None, status: int = 200
) -> HttpResponse:
    """Answer htmx with one partial ("page.html#part"), a browser with the whole page, or a redirect to `to`."""
    page, _, _ = template.partition("#")
    partial = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    if to is not None and not partial:
        return redirect(to)
    response = render(request, template if partial else page, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST is a form sent empty, not one that was never sent.

    Text of which nothing can be seen is read as empty, so that a field refuses it with its own sentence.
    """
    if request.method != "POST":
        return None
    unseen = [key for key, texts in request.POST.lists() if any(text and is_blank(text) for text in texts)]
    if not unseen:
        return request.POST
    read = request.POST.copy()
    for key in unseen:
        read.setlist(key, ["" if is_blank(text) else text for text in read.getlist(key)])
    return read


def show_refusal(form: BaseForm, broken: RuleBroken, **names: str) -> None:
    """A refusal beside the field it names, or on top of the form. names: what the form calls a field of the rule."""
    field = names.get(broken.field or "", broken.field)
    form.add_error(field if field in form.fields else None, str(broken))


FILE_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


def file_answer(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A download, under a name that also a Chinese system shows right; `kind` is a key of FILE_TYPES."""
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.{kind}") or "attachment"}
    return HttpResponse(content, content_type=FILE_TYPES[kind], headers=headers)


def key_in(request: HttpRequest, name: str) -> UUID:
    """The row that a form names in its field `name`. Raises RuleBroken for one that was spoiled on the way."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as wrong:
        raise RuleBroken(_("This form is not complete. Load the page again.")) from wrong


def chosen_ids(request: HttpRequest) -> list[UUID]:
    """The rows ticked in a bulk form; rubbish counts for nothing."""
    return [key for text in request.POST.getlist("ids") if (key := key_or_none(text))]


def key_or_none(text: str) -> UUID | None:
    """A row's key as a form sent it; None for one that was spoiled on the way."""
    try:
        return UUID(text)
    except ValueError:
        return None

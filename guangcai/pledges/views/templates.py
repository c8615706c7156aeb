"""Templates: which items they have where, other items as a new version."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.pledges import commands
from guangcai.pledges.enums import TemplateForm
from guangcai.pledges.forms import TemplateNameForm, VersionForm
from guangcai.pledges.models import Template, Version

ABOVE_COMMUNITIES = (Level.DISTRICT, Level.STREET)


def _paths(request: ActorRequest) -> list[str]:
    """Where the actor writes items, or 404."""
    found = [*request.actor.paths_with(Permission.POLICY_EDIT), *request.actor.paths_with(Permission.PLEDGE_EDIT)]
    if not found:
        raise Http404
    return found


def _versions(request: ActorRequest) -> "QuerySet[Version]":
    """Those that hold where the actor works: his own, those above, and below him those of others."""
    paths = _paths(request)
    above = Version.objects.filter(path__in={up for path in paths for up in ancestors(path)})
    return (above | Version.objects.filter(under("path", paths))).select_related("node")


def _nodes(request: ActorRequest, template: Template) -> "QuerySet[Node]":
    """Places for which the actor may write items of this template, the highest first."""
    here = Node.objects.in_force(timezone.localdate())
    wide = under("path", request.actor.paths_with(Permission.POLICY_EDIT))
    found = here.filter(wide, level__in=ABOVE_COMMUNITIES)
    if template.form == TemplateForm.CHECKLIST:
        return found.order_by("path")
    own = under("path", request.actor.paths_with(Permission.PLEDGE_EDIT))
    return (found | here.filter(own, level=Level.COMMUNITY)).order_by("path")


@login_required
@require_safe
def templates(request: ActorRequest) -> HttpResponse:
    """Every template with how many versions it has here; without items it is not offered."""
    counts: dict[int, list[Version]] = {}
    for version in _versions(request):
        counts.setdefault(version.template_id, []).append(version)
    rows = [(template, len(counts.get(template.pk, ()))) for template in Template.objects.all()]
    context = {"rows": rows, "may_add": request.actor.holds(Permission.POLICY_EDIT)}
    return render(request, "pledges/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A template of the district's own; its items come next."""
    _paths(request)
    if not request.actor.holds(Permission.POLICY_EDIT):
        raise Forbidden()
    form = TemplateNameForm(posted(request), initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data | {"form": TemplateForm(form.cleaned_data["form"])}
        try:
            row = commands.add_template(**asked, by=request.actor, now=timezone.now())
            messages.success(request, _("Added. Write its items: then it is offered."))
            return redirect("pledges:template", row.code)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "pledges/template_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def template(request: ActorRequest, code: str) -> HttpResponse:
    """The versions of a template, newest first, and a form for the next."""
    row = get_object_or_404(Template, code=code)
    known = _versions(request).filter(template=row).prefetch_related("items__kind")
    versions = list(known.order_by("path", "-since_year", "-number"))
    nodes = _nodes(request, row)
    before = list(versions[0].items.all()) if versions else []
    is_words = row.form == TemplateForm.WORDS
    shape: dict[str, Any] = {"nodes": nodes, "before": before, "is_checklist": row.form == TemplateForm.CHECKLIST}
    form = None if is_words or not nodes else VersionForm(posted(request), **shape)
    if request.method == "POST" and form is None:
        request.actor.require(Permission.POLICY_EDIT, _paths(request)[0])
        raise Http404
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _add(request, row, form)
            return redirect("pledges:template", row.code)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"template": row, "versions": versions, "form": form, "is_words": is_words}
    return render(request, "pledges/template.html", context, status=422 if form is not None and form.errors else 200)


def _add(request: ActorRequest, row: Template, form: VersionForm) -> None:
    cleaned = form.cleaned_data
    commands.add_version(
        template=row,
        node=cleaned["node"],
        items=form.written(),
        since_year=cleaned["since_year"],
        source=cleaned["source"],
        by=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("The items are kept. Pledges made before keep theirs."))

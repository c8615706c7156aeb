"""Papers of members: which there are, which make the set, one member's, a whole community's."""

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core import jobs
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, posted, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import JobView
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by
from guangcai.members.rules import ROWS_WITHOUT_REASON
from guangcai.orgs.enums import Level
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import Node
from guangcai.reports import commands, papers
from guangcai.reports.enums import OF_COMMUNITY, FormCode, Part
from guangcai.reports.forms import FormSetForm, PrintForm
from guangcai.reports.models import FormBundle, FormSet
from guangcai.reports.people import people, printable

SHOWN = 12


def _communities(request: ActorRequest) -> "QuerySet[Node]":
    """Communities whose papers the actor may take out of the house; 404 for anybody without one."""
    places = communities_of(request.actor, Permission.ROSTER_EXPORT)
    if not places:
        raise Http404
    return places


@login_required
@require_safe
def forms_page(request: ActorRequest) -> HttpResponse:
    """Every form the program prints, the set of the district, and whom to print it for."""
    return _page(request)


def _page(request: ActorRequest, form: PrintForm | None = None) -> HttpResponse:
    communities, text = _communities(request), request.GET.get("q", "").strip()
    first = communities[0]
    start = {"community": first.code, "year": timezone.localdate().year, "id": new_id()}
    context = {
        "forms": [(code, code in OF_COMMUNITY) for code in FormCode],
        "chosen": FormSet.objects.at(first.path),
        "print_form": form or PrintForm(initial=start, communities=communities),
        "q": text,
        "members": list(found_by(printable(request.actor), text)[:SHOWN]) if text else [],
        "may_choose": request.actor.holds(Permission.POLICY_EDIT),
        "limit": ROWS_WITHOUT_REASON,
    }
    return render(request, "reports/forms.html", context, status=422 if form is not None else 200)


@login_required
@require_http_methods(["GET", "POST"])
def form_set(request: ActorRequest) -> HttpResponse:
    """Choose which three forms and which file make the set: the district, or a street for itself."""
    area = under("path", request.actor.paths_with(Permission.POLICY_EDIT))
    levels = [Level.DISTRICT, Level.STREET]
    nodes = Node.objects.in_force(timezone.localdate()).filter(area, level__in=levels).order_by("path")
    if not nodes:
        raise Http404
    form = FormSetForm(posted(request), nodes=nodes, initial=_initial(nodes[0]))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        chosen = {"forms": form.chosen(Part.FORM), "file": form.chosen(Part.FILE), "source": cleaned["source"]}
        try:
            commands.choose_forms(node=cleaned["node"], **chosen, by=request.actor, now=timezone.now())
            messages.success(request, _("The set is kept. It holds for this place and everything below."))
            return redirect("reports:forms")
        except RuleBroken as broken:
            show_refusal(form, broken)
    return render(request, "reports/form_set.html", {"form": form}, status=422 if form.errors else 200)


def _initial(node: Node) -> dict[str, Any]:
    found = FormSet.objects.at(node.path)
    lines = {f"part-{line.form}": line.part for line in found.lines.all()} if found else {}
    return {"node": node.pk, "source": found.source if found else "", **lines}


@login_required
@require_POST
def prints(request: ActorRequest) -> HttpResponse:
    """Have the set of a whole community printed; it runs in the background."""
    form = PrintForm(posted(request), communities=_communities(request))
    if form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("id", "community", "year", "reason")}
        try:
            made = commands.ask_to_print(**asked, by=request.actor, now=timezone.now())
            return redirect("reports:print", made.pk)
        except RuleBroken as broken:
            show_refusal(form, broken)
    return _page(request, form)


@login_required
@require_safe
def print_page(request: ActorRequest, pk: UUID) -> HttpResponse:
    """How far a print is; afterwards the file."""
    bundle = get_object_or_404(FormBundle.objects.visible_to(request.actor).defer("content"), pk=pk)
    shown, here = jobs.progress(pk, request.actor), reverse("reports:print", args=[pk])
    job = JobView(
        label=shown.label,
        done=shown.done,
        total=shown.total,
        state=shown.state,
        poll_url=here,
        result_url=here if bundle.made_at else "",
        result_text=shown.result_text,
    )
    if request.htmx and not job.is_over:
        return render(request, "components/job.html", {"job": job})
    return render(request, "reports/print.html", {"bundle": bundle, "job": job})


@login_required
@require_safe
def print_file(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The file of a print, for whoever asked for it."""
    bundle = get_object_or_404(FormBundle.objects.visible_to(request.actor).select_related("community"), pk=pk)
    request.actor.require(Permission.ROSTER_EXPORT, bundle.path)
    if bundle.made_at is None:
        raise Http404
    name = _("Forms of %(community)s %(year)d") % {"community": bundle.community.name, "year": bundle.year}
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.zip") or "attachment"}
    return HttpResponse(base64.b64decode(bundle.content), content_type="application/zip", headers=headers)


def _member(request: ActorRequest, pk: UUID) -> Member:
    """A member whose papers the actor may take out; seen but not allowed is 403."""
    member = get_object_or_404(Member.objects.visible_to(request.actor).current(), pk=pk)
    request.actor.require(Permission.ROSTER_EXPORT, member.path)
    return get_object_or_404(printable(request.actor), pk=pk)


@login_required
@require_safe
def member(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The papers of one member, each as Word or PDF, or the whole set."""
    row = _member(request, pk)
    context = {
        "member": row,
        "forms": [code for code in FormCode if code not in OF_COMMUNITY],
        "chosen": FormSet.objects.at(row.path),
        "year": timezone.localdate().year,
    }
    return render(request, "reports/member_forms.html", context)


@login_required
@require_POST
def member_file(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One paper of a member (`form`, `format`), or with form=set all papers of the set in one PDF; written down."""
    row, now = _member(request, pk), timezone.now()
    codes = _codes(request, row)
    year = timezone.localdate().year
    made = papers.papers_of(people([row], year=year, actor=request.actor)[0], codes, year=year)
    if not made:
        raise Http404
    is_word = request.POST.get("format") == "docx" and len(made) == 1
    content = papers.as_docx(made[0], now=now) if is_word else papers.as_pdf(made, now=now)
    commands.record_print(member=row, by=request.actor, now=now, forms=codes)
    name = f"{row.name} {made[0].title if len(made) == 1 else _('Forms')} {year}"
    return file_answer(content, name=name, kind="docx" if is_word else "pdf")


def _codes(request: ActorRequest, row: Member) -> list[FormCode]:
    asked = request.POST.get("form", "")
    if asked == "set":
        chosen = FormSet.objects.at(row.path)
        return chosen.codes if chosen else []
    return [FormCode(asked)] if asked in FormCode.values else []

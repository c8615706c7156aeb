"""Checklists of offices: the holder marks, whoever oversees reads done and not done."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import Tab
from guangcai.orgs.models import Node
from guangcai.pledges import commands, rules
from guangcai.pledges.enums import TemplateForm
from guangcai.pledges.forms import DoneForm
from guangcai.pledges.models import ChecklistMark, Item, Template
from guangcai.pledges.queries.checklists import sheets
from guangcai.pledges.views.asking import year_of


@login_required
@require_safe
def checklists(request: ActorRequest) -> HttpResponse:
    """Done and not done, by community; one's own with a button to mark."""
    if not request.actor.holds(Permission.STATISTICS_VIEW):
        raise Http404
    today, year = timezone.localdate(), year_of(request)
    here = reverse("pledges:checklists")
    tabs = [Tab(str(one), f"{here}?year={one}", one == year) for one in (today.year - 1, today.year)]
    context = {
        "sheets": sheets(request.actor, year=year, on=today),
        "year": year,
        "tabs": tabs,
        "templates": Template.objects.filter(form=TemplateForm.CHECKLIST),
        "may_write": request.actor.holds(Permission.POLICY_EDIT),
    }
    return render(request, "pledges/checklists.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def checklist_mark(request: ActorRequest, community: str, item: int, year: int) -> HttpResponse:
    """Mark an item of one's checklist as done, with a day and a note."""
    seen = Node.objects.in_force(timezone.localdate()).communities()
    area = under("path", request.actor.paths_with(Permission.STATISTICS_VIEW))
    node = get_object_or_404(seen.filter(area), code=community)
    request.actor.require(rules.KEEPS_CHECKLIST, node.path)
    lists = Item.objects.select_related("version__template").filter(version__template__form=TemplateForm.CHECKLIST)
    row = get_object_or_404(lists, pk=item)
    form = DoneForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.mark_checklist(
                community=node, item=row, year=year, **form.cleaned_data, by=request.actor, now=timezone.now()
            )
            messages.success(request, _("Marked as done."))
            return redirect(f"{reverse('pledges:checklists')}?year={year}")
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "item": row, "node": node, "year": year}
    return render(request, "pledges/checklist_mark.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def checklist_mark_removal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take one's own mark back."""
    area = under("path", request.actor.paths_with(Permission.STATISTICS_VIEW))
    mark = get_object_or_404(ChecklistMark.objects.filter(area), pk=pk)
    commands.withdraw_checklist_mark(mark=mark, by=request.actor, now=timezone.now())
    messages.success(request, _("The mark is taken back."))
    return redirect(f"{reverse('pledges:checklists')}?year={mark.year}")

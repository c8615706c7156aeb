"""Statistics on screen and as Excel: every number with its date, its place and its way to the rows behind it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.http import file_answer
from guangcai.core.screens import Tab
from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.reports.forms import QuestionForm
from guangcai.reports.queries import countable_nodes, shown
from guangcai.reports.statistics import STATISTICS, Figures, Question, figures


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The first statistic stands for all: the others are its tabs."""
    return redirect("reports:statistic", name=next(iter(STATISTICS)))


@login_required
@require_safe
def statistic(request: HttpRequest, name: str) -> HttpResponse:
    form = _form(request, name)
    context = {"form": form, "tabs": _tabs(name), "name": name, "title": STATISTICS[name].title}
    try:
        context["shown"] = shown(_answer(request.actor, name, form), actor=request.actor)
    except RuleBroken as broken:
        return render(request, "reports/statistic.html", context | {"error": broken, "shown": None}, status=422)
    return render(request, "reports/statistic.html", context | {"error": None})


@login_required
@require_safe
def workbook(request: HttpRequest, name: str) -> HttpResponse:
    """Exactly what the screen shows, as a workbook."""
    answer = _answer(request.actor, name, _form(request, name))
    told = shown(answer, actor=request.actor)
    sheet = Sheet(
        name=str(answer.title),
        columns=[*told.heads, *told.number_heads],
        rows=[[*row.words, *row.numbers] for row in told.rows],
    )
    file_name = f"{name}-{answer.node.code}-{answer.as_of:%Y%m%d}"
    return file_answer(write_workbook([sheet]), name=file_name, kind="xlsx")


def _form(request: HttpRequest, name: str) -> QuestionForm:
    if name not in STATISTICS:
        raise Http404
    nodes = countable_nodes(request.actor, on=localdate())
    asked = request.GET.copy()
    # What nobody chose is shown as chosen: the whole area, today, the usual break-down.
    if not asked.get("node") and (first := nodes.first()):
        asked["node"] = str(first.pk)
    asked["on"] = asked.get("on") or localdate().isoformat()
    if not asked.get("by"):
        asked.setlist("by", list(STATISTICS[name].default))
    return QuestionForm(asked, statistic=STATISTICS[name], nodes=nodes)


def _answer(actor: Actor, name: str, form: QuestionForm) -> Figures:
    """Raises RuleBroken for a wrong date or dimension, OutOfScope for somebody who may count nothing."""
    if not form.is_valid():
        if "node" in form.errors:
            # A place next door is not admitted to exist.
            raise OutOfScope()
        field, problems = next(iter(form.errors.items()))
        raise RuleBroken(problems[0], field=field)
    asked = form.cleaned_data
    if asked["node"] is None:
        raise OutOfScope()
    question = Question(
        node=asked["node"],
        by=tuple(asked["by"]),
        on=asked["on"] or localdate(),
        since=asked.get("since"),
        until=asked.get("until"),
        actor=actor,
    )
    return figures(name, question)


def _tabs(current: str) -> list[Tab]:
    return [
        Tab(statistic.title, reverse("reports:statistic", args=[name]), current=name == current)
        for name, statistic in STATISTICS.items()
    ]

"""Content for the gallery of components: people and units that do not exist, from gallery.json."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guangcai.core import charts
from guangcai.core.listing import Listing, listing
from guangcai.core.navigation import NavItem
from guangcai.core.screens import Chip, JobView, Tab, TimelineItem

SAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("gallery.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Person:
    pk: int
    name: str
    key: str
    unit: str
    kind: str
    minutes: int
    deeds: int
    tone: str
    state: str


PEOPLE = [Person(number, *row) for number, row in enumerate(SAMPLES["rows"], start=1)]


class SampleForm(forms.Form):
    """One field of each shape."""

    name = forms.CharField(label=_("Name"), max_length=30)
    phone = forms.CharField(label=_("Phone"), help_text=_("Only the community desk sees it."))
    unit = forms.ChoiceField(label=_("Work unit"))
    born = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    times = forms.MultipleChoiceField(label=_("Time"), widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    remark = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=_("I have read the privacy notice"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, labels in SAMPLES["choices"].items():
            self.fields[name].choices = [(label, label) for label in labels]  # type: ignore[attr-defined]


class SampleFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "state"):
            values = sorted({getattr(person, name) for person in PEOPLE})
            self.fields[name].choices = [("", _("All")), *((v, v) for v in values)]  # type: ignore[attr-defined]


def job(step: str) -> JobView:
    """A pretended import that moves on at every look."""
    at = min(4, int(step) if step.isdigit() else 1)
    return JobView(
        label=_("Import"),
        done=at * 250,
        total=1000,
        state="done" if at == 4 else "running",
        poll_url=f"/gallery/job/?step={at + 1}",
        result_url="#job" if at == 4 else "",
        problems=2 if at == 4 else 0,
    )


def menu() -> tuple[NavItem, ...]:
    return (
        NavItem(_("Today"), "/gallery/", "home", current=True, count=3),
        NavItem(_("Members"), "/gallery/members/", "users"),
        NavItem(_("Activities"), "/gallery/activities/", "calendar-event"),
        NavItem(_("Confirmations"), "/gallery/confirmations/", "checks", count=12),
        NavItem(_("Statistics"), "/gallery/statistics/", "chart-bar", group=_("Reports")),
    )


def people(request: HttpRequest) -> Listing:
    sorts = {"name": "key", "unit": "unit", "minutes": "minutes", "deeds": "deeds"}
    return listing(request, PEOPLE, sorts=sorts, default="name", per_page=50, export_url="/gallery/export/")


def _listing(request: HttpRequest) -> Listing:
    shown = people(request)
    return Listing(
        rows=shown.rows,
        page=Paginator(shown.rows * 30, 6).get_page(request.GET.get("page")),
        q=shown.q,
        sort=shown.sort,
        form=SampleFilter(request.GET),
        chips=(Chip(_("Community"), SAMPLES["place"], "?"), Chip(_("State"), PEOPLE[2].state, "?")),
        export_url=shown.export_url,
    )


def context(request: HttpRequest) -> dict[str, Any]:
    refused = SampleForm({"name": PEOPLE[0].name, "phone": "", "times": []})
    communities = SAMPLES["communities"]
    return {
        "listing": _listing(request),
        "panel_url": "/gallery/panel/",
        "place": SAMPLES["place"],
        "person": PEOPLE[0],
        "namesake": PEOPLE[3],
        "tabs": [Tab(name, "#tabs", current=at == 0, count=at * 4 or None) for at, name in enumerate(SAMPLES["tabs"])],
        "timeline": [
            TimelineItem(datetime.fromisoformat(at), title, text, tone=tone, icon=icon)
            for at, title, text, tone, icon in SAMPLES["timeline"]
        ],
        "facts": SAMPLES["facts"],
        "shifts": SAMPLES["shifts"],
        "full": SAMPLES["full"],
        "form": SampleForm(),
        "refused": refused,
        "job": job("1"),
        "done": job("4"),
        "bars": charts.bars(communities, {_("Hours"): SAMPLES["hours"], _("Deeds"): SAMPLES["deeds"]}),
        "lines": charts.lines(SAMPLES["months"], {_("Hours"): SAMPLES["by_month"]}),
        "share": charts.share(SAMPLES["kinds"]),
        "now": datetime.fromisoformat(SAMPLES["timeline"][0][0]),
    }

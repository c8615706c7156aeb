"""Forms of pledges: choosing, marking, reviewing, writing items."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.core.text import is_blank
from guangcai.members.models import ServiceKind
from guangcai.orgs.models import Node
from guangcai.pledges import rules
from guangcai.pledges.commands import Content
from guangcai.pledges.enums import Finding, Measure, TemplateForm
from guangcai.pledges.models import Item, Version
from guangcai.pledges.rules import Promise, Written


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PledgeForm(forms.Form):
    """What a member takes on: items of a template with how often, or his own words, one to a line."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label=pgettext_lazy("pledge", "What I pledge"),
        widget=_lines(4),
        max_length=(rules.LONGEST_TEXT + 2) * rules.MOST_ITEMS,
        help_text=_("One thing to a line. Each line is marked as done by itself."),
    )
    due_on = forms.DateField(label=pgettext_lazy("pledge", "By which day"), widget=_day())
    is_public = forms.BooleanField(
        label=_("Show my name and this pledge to the members of the community"),
        required=False,
        help_text=_("Otherwise only you and the desk see it."),
    )
    asked = forms.CharField(
        label=_("How the member asked for it"),
        max_length=rules.LONGEST_NOTE,
        help_text=_("For example: came to the counter today. It goes into the trail."),
    )

    def __init__(self, *args: Any, version: Version, year: int, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.items: Sequence[Item] = ()
        if version.template.form == TemplateForm.WORDS:
            self.fields["words"].required = True
        else:
            del self.fields["words"]
            self.items = list(version.items.select_related("kind"))
        if own:
            del self.fields["asked"]
        for item in self.items:
            self._offer(item)
        self.initial = {"id": new_id(), "due_on": date(year, 12, 31), **(self.initial or {})}

    def _offer(self, item: Item) -> None:
        self.fields[f"take-{item.position}"] = forms.BooleanField(label=item.text, required=False)
        if item.measure != Measure.NOTE:
            self.fields[f"times-{item.position}"] = forms.IntegerField(
                label=_("Times in the year, “%(item)s”") % {"item": item.text},
                min_value=1,
                max_value=rules.MOST_TIMES,
                initial=1,
                required=False,
            )

    def rows(self) -> list[tuple[Item, Any, Any]]:
        """Each item with its box and its number, as the screen draws them; None where nothing is counted."""
        return [
            (
                item,
                self[f"take-{item.position}"],
                self[name] if (name := f"times-{item.position}") in self.fields else None,
            )
            for item in self.items
        ]

    def content(self) -> Content:
        cleaned = self.cleaned_data
        written = [line.strip() for line in cleaned.get("words", "").splitlines() if not is_blank(line)]
        taken = [item for item in self.items if cleaned.get(f"take-{item.position}")]
        chosen = [
            Promise(item.text, Measure(item.measure), item.kind_id, cleaned.get(f"times-{item.position}") or 1)
            for item in taken
        ]
        return Content(
            [Promise(line) for line in written] or chosen, self.year, cleaned["due_on"], cleaned["is_public"]
        )


class DoneForm(forms.Form):
    """Done: on which day, in a few words."""

    done_on = forms.DateField(label=_("Date"), widget=_day())
    note = forms.CharField(label=_("What was done"), max_length=rules.LONGEST_NOTE, widget=_lines(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"done_on": localdate(), **(self.initial or {})}


class ReviewForm(forms.Form):
    """What became of a pledge, in words."""

    finding = forms.ChoiceField(
        label=pgettext_lazy("pledge", "Finding"), choices=Finding.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=pgettext_lazy("pledge", "In words"),
        max_length=rules.LONGEST_WORDS,
        widget=_lines(3),
        required=False,
        help_text=_("The member reads it and may answer once."),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=pgettext_lazy("pledge", "My answer"), max_length=rules.LONGEST_WORDS, widget=_lines(3)
    )


class TemplateNameForm(forms.Form):
    """A template of the district's own."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("pledge", "Name"), max_length=rules.LONGEST_NAME)
    form = forms.ChoiceField(
        label=_("What it is"),
        choices=[(one.value, one.label) for one in (TemplateForm.ITEMS, TemplateForm.CHECKLIST)],
        widget=forms.RadioSelect,
        initial=TemplateForm.ITEMS,
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=80,
        required=False,
        help_text=_("For example the notice in which the items stand."),
    )


class VersionForm(forms.Form):
    """The items of a template, from a year on, for one place."""

    node = forms.ModelChoiceField(queryset=Node.objects.none(), label=pgettext_lazy("pledge", "For"))
    since_year = forms.IntegerField(
        label=pgettext_lazy("pledge", "From which year"), min_value=rules.FIRST_YEAR, max_value=rules.LAST_YEAR
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("For example the notice in which the items stand."),
    )

    def __init__(self, *args: Any, nodes: Any, before: Sequence[Item], is_checklist: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.is_checklist = is_checklist
        first = nodes.first()
        self.initial = {"since_year": localdate().year, "node": first.pk if first else None, **(self.initial or {})}
        measures = [
            (Measure.NOTE.value, _("marked by the member")),
            (Measure.ALL.value, _("any confirmed service")),
            *((str(kind.pk), kind.name) for kind in ServiceKind.objects.all()),
        ]
        for number in range(1, rules.MOST_ITEMS + 1):
            item = before[number - 1] if number <= len(before) else None
            self._row(number, item, measures)

    def _row(self, number: int, item: Item | None, measures: list[tuple[str, Any]]) -> None:
        self.fields[f"text-{number}"] = forms.CharField(
            label=_("Item %(number)d") % {"number": number},
            max_length=rules.LONGEST_TEXT,
            required=False,
            initial=item.text if item else "",
        )
        if not self.is_checklist:
            drawn = (str(item.kind_id) if item.kind_id else item.measure) if item else Measure.NOTE.value
            self.fields[f"from-{number}"] = forms.ChoiceField(
                label=_("Fulfilment of item %(number)d") % {"number": number},
                choices=measures,
                initial=drawn,
                required=False,
            )

    def rows(self) -> list[tuple[int, Any, Any]]:
        """Number, text and source of fulfilment of each row, as the screen draws them."""
        names = range(1, rules.MOST_ITEMS + 1)
        return [(n, self[f"text-{n}"], None if self.is_checklist else self[f"from-{n}"]) for n in names]

    def written(self) -> list[Written]:
        found = []
        for number in range(1, rules.MOST_ITEMS + 1):
            text = self.cleaned_data.get(f"text-{number}", "").strip()
            if text:
                found.append(self._written(text, self.cleaned_data.get(f"from-{number}") or Measure.NOTE.value))
        return found

    @staticmethod
    def _written(text: str, drawn: str) -> Written:
        return Written(text, Measure.KIND, int(drawn)) if drawn.isdecimal() else Written(text, Measure(drawn))

"""Forms of joint-building agreements and of the competition of projects."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.text import is_blank
from guangcai.councils import commands, rules
from guangcai.councils.enums import Side
from guangcai.councils.forms import Creating, NodeField, UnitField, day_input, lines
from guangcai.councils.models import ContestEntry, Criterion
from guangcai.orgs.models import Node, WorkUnit


def _line(text: str) -> tuple[str, int, str]:
    """`opens its library 24 times` -> (`opens its library`, 24, `times`). Raises ValidationError."""
    parts = text.split()
    if len(parts) < 3 or not parts[-2].isdecimal() or not 1 <= int(parts[-2][:8]) <= rules.MOST_OF_AN_ITEM:
        raise forms.ValidationError(_("Write each line like this: opens its library 24 times"))
    return " ".join(parts[:-2])[: rules.NOTE_LENGTH], int(parts[-2]), parts[-1][: rules.MEASURE_LENGTH]


class AgreementForm(Creating):
    """Parties, term, and what each side does: a line each."""

    node = NodeField(label=pgettext_lazy("level", "Community"), queryset=Node.objects.none())
    work_unit = UnitField(label=_("Work unit"), queryset=WorkUnit.objects.none())
    starts_on = forms.DateField(label=pgettext_lazy("agreement", "From"), widget=day_input())
    until = forms.DateField(label=pgettext_lazy("agreement", "Last day"), widget=day_input())
    unit_items = forms.CharField(
        label=_("What the unit does"),
        max_length=2 * rules.LONG_TEXT,
        widget=lines(4),
        help_text=_(
            "One line each: what, a space, how many, a space, of what. For example: opens its library 24 times"
        ),
    )
    community_items = forms.CharField(
        label=_("What the community does"), max_length=2 * rules.LONG_TEXT, widget=lines(4)
    )

    def __init__(self, *args: Any, nodes: QuerySet[Node], units: QuerySet[WorkUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["node"].offer(nodes)
        fields["work_unit"].queryset = units

    def clean_unit_items(self) -> list[commands.ItemDraft]:
        return self._items("unit_items", Side.UNIT)

    def clean_community_items(self) -> list[commands.ItemDraft]:
        return self._items("community_items", Side.COMMUNITY)

    def _items(self, name: str, side: Side) -> list[commands.ItemDraft]:
        written = [line for line in str(self.cleaned_data[name]).splitlines() if not is_blank(line)]
        return [commands.ItemDraft(side, *_line(line)) for line in written[: rules.MOST_LINES]]

    def draft(self) -> commands.AgreementDraft:
        told = self.cleaned_data
        items = [*told["unit_items"], *told["community_items"]]
        return commands.AgreementDraft(told["work_unit"], told["starts_on"], told["until"], items)


class SignatureForm(forms.Form):
    """The unit's liaison on the screen: his name. The desk: the day on the sheet, and where it is kept."""

    signer_name = forms.CharField(label=_("Who signs for the unit"), max_length=rules.NAME_LENGTH)
    signed_on = forms.DateField(label=_("Date on the paper"), widget=day_input())
    paper_note = forms.CharField(label=_("Where the signed paper is kept"), max_length=rules.NOTE_LENGTH)

    def __init__(self, *args: Any, on_screen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_screen:
            del self.fields["signed_on"], self.fields["paper_note"]

    def signature(self) -> commands.Signature:
        return commands.Signature(**self.cleaned_data)


class DeliveryForm(Creating):
    delivered_on = forms.DateField(label=_("Date"), widget=day_input())
    quantity = forms.IntegerField(label=_("How much"), min_value=1, max_value=rules.MOST_OF_AN_ITEM)
    note = forms.CharField(label=_("In words"), max_length=rules.NOTE_LENGTH, required=False)


class ContestForm(Creating):
    node = NodeField(label=pgettext_lazy("council", "Place"), queryset=Node.objects.none())
    name = forms.CharField(label=_("Name of the competition"), max_length=rules.NAME_LENGTH)
    closes_on = forms.DateField(label=_("Entries until"), widget=day_input())
    criteria = forms.CharField(
        label=_("Scoring sheet"),
        widget=lines(5),
        max_length=1000,
        help_text=_("One line each: what is judged, a space, its weight. The weights make 100 together."),
    )

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["node"]
        field.offer(nodes)

    def clean_criteria(self) -> list[tuple[str, int]]:
        found = []
        for line in str(self.cleaned_data["criteria"]).splitlines():
            name, _gap, weight = line.strip().rpartition(" ")
            if is_blank(line):
                continue
            if is_blank(name) or not weight.isdecimal() or not 1 <= int(weight[:4]) <= rules.WHOLE:
                raise forms.ValidationError(_("Write each line like this: benefit to residents 40"))
            found.append((name.strip()[: rules.NAME_LENGTH], int(weight)))
        return found


class EntryForm(Creating):
    work_unit = UnitField(label=_("Work unit"), queryset=WorkUnit.objects.none())
    title = forms.CharField(label=_("Project"), max_length=rules.TITLE_LENGTH)
    text = forms.CharField(label=_("What it does"), max_length=rules.LONG_TEXT, widget=lines(4))

    def __init__(self, *args: Any, units: QuerySet[WorkUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["work_unit"]
        field.queryset = units


class ScoresForm(forms.Form):
    """The sheet of one judge: a number, and points under every criterion."""

    judge = forms.IntegerField(label=_("Number of the judge"), min_value=1, max_value=99)

    def __init__(self, *args: Any, criteria: list[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            words = {"name": one.name, "weight": one.weight}
            self.fields[f"points_{one.position}"] = forms.IntegerField(
                label=_("%(name)s (%(weight)d%%)") % words, min_value=0, max_value=rules.MOST_POINTS
            )

    def points(self) -> dict[Criterion, int]:
        return {one: self.cleaned_data[f"points_{one.position}"] for one in self.criteria}


class ResultForm(forms.Form):
    """An award in words for each project of the shortlist; empty: none."""

    def __init__(self, *args: Any, entries: list[ContestEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in entries:
            self.fields[f"award_{one.pk}"] = forms.CharField(label=one.title, max_length=40, required=False)
        self.entries = entries

    def awards(self) -> dict[Any, str]:
        return {one.pk: self.cleaned_data[f"award_{one.pk}"] for one in self.entries}

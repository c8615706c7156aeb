"""Forms of the roster import: whose list, which file; what a column means; which unit a name means."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.forms.fields import WorkUnitField
from guangcai.members.roster_import.columns import FIELDS, ID_NUMBER, Columns
from guangcai.members.roster_import.known import Target
from guangcai.orgs.forms.communities import communities_of
from guangcai.orgs.models import WorkUnit

COMMUNITY, UNIT = "community", "unit"


class RosterFileForm(forms.Form):
    """The file, and whose list it is where the actor keeps more than one."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    place = forms.ChoiceField(label=_("Whose list is it?"))
    stands = forms.ChoiceField(
        label=_("Where do these people stand?"),
        choices=[
            ("living", _("They live in the community: put them on its roster")),
            ("expected", _("They are expected: lay slips ready, they report in on the launch day")),
        ],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("The table"),
        help_text=_("Excel or CSV, as it is: titles, notes and totals may stay. ID numbers are not kept."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.html"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs["initial"] = {"id": new_id(), "stands": "living", **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.targets = _targets(actor)
        self.fields["place"].choices = [(key, str(target.place)) for key, target in self.targets.items()]
        if len(self.targets) == 1:
            self.initial["place"] = next(iter(self.targets))
            self.fields["place"].widget = forms.HiddenInput()
        if not any(target.community for target in self.targets.values()):
            del self.fields["stands"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        target = self.targets.get(cleaned.get("place", ""))
        if cleaned.get("stands") == "expected" and target and not target.community:
            self.add_error("stands", _("People are expected in a community: choose one, or import the unit's list."))
        return cleaned

    def target(self) -> Target:
        is_expected = self.cleaned_data.get("stands") == "expected"
        return replace(self.targets[self.cleaned_data["place"]], is_expected=is_expected)


class ColumnsForm(forms.Form):
    """One select per column of the file."""

    def __init__(self, *args: Any, columns: Columns, samples: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not used")), *FIELDS.items()]
        for at, name in enumerate(columns.fields):
            is_fixed = name == ID_NUMBER
            field = forms.ChoiceField(
                choices=[("", _("ID number: not kept"))] if is_fixed else choices,
                required=False,
                disabled=is_fixed,
                label=columns.label(at) or str(at + 1),
                initial="" if is_fixed else name,
                help_text=samples[at] if at < len(samples) else "",
            )
            self.fields[f"column-{at}"] = field

    def meanings(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


class UnitChoiceForm(forms.Form):
    """What a name of a unit in the file means: a unit that is there, or a new one."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput)
    work_unit = WorkUnitField(required=False, label=_("It is this unit"))
    add = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("work_unit") and not cleaned.get("add") and "work_unit" not in self.errors:
            self.add_error("work_unit", _("Choose a unit, or add the name as a new one."))
        return cleaned


def _targets(actor: Actor) -> dict[str, Target]:
    communities = communities_of(actor, Permission.ROSTER_IMPORT)
    found = {f"{COMMUNITY}-{node.pk}": Target(community=node) for node in communities}
    units = WorkUnit.objects.select_related("node").filter(
        pk__in=actor.units_with(Permission.UNIT_ROSTER_IMPORT), ended_on=None
    )
    return found | {f"{UNIT}-{unit.pk}": Target(work_unit=unit) for unit in units.order_by("name")}

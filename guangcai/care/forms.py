"""Forms of care. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.care import rules
from guangcai.care.commands import HouseholdDraft, VisitDraft
from guangcai.care.enums import (
    OF_DESK,
    OF_MEMBER,
    ConsentBy,
    HouseholdCategory,
    HouseholdEnd,
    Outcome,
    PairingKind,
    RiskTier,
    SaidBy,
)
from guangcai.care.models import Household, NeedKind, TaskKind, Visit, VisitKind
from guangcai.core.ids import new_id
from guangcai.core.phones import national
from guangcai.members.forms.fields import PhoneField, buildings_of
from guangcai.members.models import Member
from guangcai.orgs.forms.fields import DayField
from guangcai.orgs.models import Node

MINUTES = (15, 30, 45, 60, 90, 120)
SEALED = ("name", "phone", "address", "guardian_name", "guardian_phone", "notes")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlaceField(forms.ModelChoiceField):
    """A building or stairwell, with the building in front of a stairwell's number."""

    def label_from_instance(self, obj: Node) -> str:
        return obj.name if obj.parent is None or obj.level != "stairwell" else f"{obj.parent.name} {obj.name}"


class HouseholdForm(forms.Form):
    """What the desk writes down of a household. Below the line: what is sealed."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    label = forms.CharField(
        label=pgettext_lazy("household", "Label"),
        max_length=rules.LONGEST_LABEL,
        help_text=_("Stands on lists instead of the name, for example the building and a number."),
    )
    category = forms.ChoiceField(label=_("Category"), choices=HouseholdCategory.choices)
    tier = forms.ChoiceField(label=_("Risk tier"), choices=RiskTier.choices, widget=forms.RadioSelect)
    place = PlaceField(label=_("Building"), queryset=Node.objects.none(), required=False)
    people = forms.IntegerField(label=_("People in the household"), min_value=1, max_value=30, required=False)
    consent_by = forms.ChoiceField(
        label=_("Who agreed anew"),
        choices=[("", "—"), *ConsentBy.choices],
        required=False,
        help_text=_("Only when the category changes to or from a child."),
    )
    consent_how = forms.CharField(
        label=_("How"), max_length=rules.LONGEST_HOW, required=False, help_text=_("On paper, by phone, at the door.")
    )
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(label=_("Phone"), required=False)
    address = forms.CharField(label=_("Address inside the building"), max_length=120, required=False)
    guardian_name = forms.CharField(
        label=_("Guardian"),
        max_length=60,
        required=False,
        help_text=_("Needed for a child: contact goes through the guardian."),
    )
    guardian_phone = PhoneField(label=_("Phone of the guardian"), required=False)
    notes = forms.CharField(
        label=_("Notes"),
        max_length=rules.LONGEST_NOTES,
        widget=_lines(3),
        required=False,
        help_text=_("Read by the desk and the paired member only. Nothing that is not needed for helping."),
    )

    def __init__(self, *args: Any, community: Node, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = buildings_of(community).select_related("parent")  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["tier"]
            del self.fields["id"]
        else:
            del self.fields["consent_by"], self.fields["consent_how"]

    def draft(self) -> HouseholdDraft:
        cleaned = self.cleaned_data
        words = {name: cleaned[name] for name in ("label", "place", "people", *SEALED)}
        return HouseholdDraft(category=HouseholdCategory(cleaned["category"]), **words)


def initial_of_household(row: Household) -> dict[str, Any]:
    """What stands there: only on a record the reader has opened."""
    found = {name: getattr(row, name) for name in ("label", "category", "place", "people", *SEALED)}
    return found | {name: national(getattr(row, name)) for name in ("phone", "guardian_phone")}


class TierForm(forms.Form):
    """Another tier from today on."""

    tier = forms.ChoiceField(label=_("Risk tier"), choices=RiskTier.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("Why"),
        max_length=60,
        required=False,
        help_text=_("In a word or two, nothing personal: “after hospital”."),
    )


class ConsentForm(forms.Form):
    """The household agrees to be looked after."""

    said_by = forms.ChoiceField(label=_("Who agreed"), choices=ConsentBy.choices, widget=forms.RadioSelect)
    how = forms.CharField(label=_("How"), max_length=rules.LONGEST_HOW, help_text=_("On paper, by phone, at the door."))
    given_on = DayField(label=_("On which day"))

    def __init__(self, *args: Any, needs_guardian: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_guardian:
            only = [(ConsentBy.GUARDIAN.value, ConsentBy.GUARDIAN.label)]
            self.fields["said_by"].choices = only  # type: ignore[attr-defined]


class EndHouseholdForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=HouseholdEnd.choices)


class OpeningForm(forms.Form):
    """An overseer opens one household by its label."""

    community = forms.ModelChoiceField(label=_("Community"), queryset=Node.objects.none())
    label = forms.CharField(label=pgettext_lazy("household", "Label"), max_length=rules.LONGEST_LABEL)
    reason = forms.CharField(
        label=_("Why"),
        max_length=rules.LONGEST_REASON,
        help_text=_("Stands in the audit trail beside your name. The record stays open for 15 minutes."),
    )

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]


class DueForm(forms.Form):
    """GET form of the visits that were due: a period, and which households."""

    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    tier = forms.ChoiceField(label=_("Risk tier"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Node.objects.none(), required=False, empty_label=_("All")
    )

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        for name, kinds in (("tier", RiskTier), ("category", HouseholdCategory)):
            self.fields[name].choices = [("", _("All")), *kinds.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned


class OfferCareForm(forms.Form):
    """A member would look after a household."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=_("When, or for whom"),
        max_length=rules.LONGEST_OFFER,
        required=False,
        help_text=_("May stay empty. For example: at weekends, for somebody who lives alone."),
    )


class OfferForm(forms.Form):
    """Which kind of pairing, for whom."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PairingKind.choices, widget=forms.RadioSelect)


class EndPairingForm(forms.Form):
    """Why a pairing ends. Never a mark against anybody."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=pgettext_lazy("household", "Note"),
        max_length=rules.LONGEST_REASON,
        required=False,
        help_text=_("Not about the household."),
    )

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = OF_MEMBER if own else OF_DESK
        self.fields["reason"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


class AskedForm(forms.Form):
    """The desk notes that a member without a phone said yes."""

    asked = forms.CharField(
        label=_("How the member agreed"),
        max_length=rules.LONGEST_REASON,
        help_text=_("For example: by phone today. It goes into the trail."),
    )


class VisitForm(forms.Form):
    """A visit on a phone: what, what is needed, how long, done."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ModelChoiceField(
        label=pgettext_lazy("visit", "What"),
        queryset=VisitKind.objects.all(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    with_guardian = forms.BooleanField(label=_("The guardian was there or was asked"), required=False)
    needs = forms.ModelMultipleChoiceField(
        label=_("What is needed"),
        queryset=NeedKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = forms.TypedChoiceField(
        label=_("Time given"),
        choices=[("", _("Not counted")), *((str(n), _("%(n)d min") % {"n": n}) for n in MINUTES)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    is_major_change = forms.BooleanField(
        label=_("Something serious has changed: visit again within a day"), required=False
    )
    note = forms.CharField(
        label=_("Short note"),
        max_length=rules.LONGEST_NOTE,
        widget=_lines(2),
        required=False,
        help_text=_("Sealed; read by you and the desk."),
    )
    visited_on = DayField(label=pgettext_lazy("visit", "Day"))
    start_time = forms.TimeField(
        label=_("Began at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Only for an earlier day."),
    )

    def __init__(self, *args: Any, household: Household, own: bool, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not household.needs_guardian:
            del self.fields["with_guardian"]
        if is_correction or not own:
            # Time given is corrected in the ledger; the desk's own time is its work.
            del self.fields["minutes"]
            del self.fields["start_time"]

    def draft(self) -> VisitDraft:
        cleaned = self.cleaned_data
        return VisitDraft(
            kind=cleaned["kind"],
            visited_on=cleaned["visited_on"],
            note=cleaned["note"],
            needs=tuple(cleaned["needs"]),
            is_major_change=cleaned["is_major_change"],
            with_guardian=cleaned.get("with_guardian", False),
            minutes=cleaned.get("minutes"),
            start_time=cleaned.get("start_time"),
            id=cleaned["id"] or new_id(),
        )


def usual_visit(*, now: datetime) -> dict[str, Any]:
    """The form as it opens: a visit of today, at the door, not counted."""
    first = VisitKind.objects.first()
    day = timezone.localdate(now)
    return {"id": new_id(), "kind": first.pk if first else None, "visited_on": day, "minutes": ""}


def initial_of_visit(visit: Visit, *, note: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": visit.kind_id,
        "visited_on": visit.visited_on,
        "with_guardian": visit.with_guardian,
        "is_major_change": visit.is_major_change,
        "needs": list(visit.needs.values_list("kind_id", flat=True)),
        "note": note,
    }


class PlanForm(forms.Form):
    """The five of a plan: for whom is the household itself."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    member = forms.ModelChoiceField(label=_("Who"), queryset=Member.objects.none(), required=False)
    times = forms.CharField(label=pgettext_lazy("plan", "When"), max_length=60, required=False)
    what = forms.CharField(label=pgettext_lazy("plan", "What"), max_length=300, widget=_lines(2), required=False)
    effect = forms.CharField(label=_("Intended effect"), max_length=300, widget=_lines(2), required=False)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]


class PlanCheckForm(forms.Form):
    outcome = forms.ChoiceField(label=_("The effect was"), choices=Outcome.choices, widget=forms.RadioSelect)
    said_by = forms.ChoiceField(label=_("Judged by"), choices=SaidBy.choices, widget=forms.RadioSelect)


class TaskForm(forms.Form):
    """One line on the personal card."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ModelChoiceField(
        label=_("Task"), queryset=TaskKind.objects.all(), empty_label=None, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("What was done"), max_length=120)
    done_on = DayField(label=pgettext_lazy("visit", "Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once: a field asks the database each time its choices are drawn.
        field = self.fields["kind"]
        assert isinstance(field, forms.ModelChoiceField)
        field.choices = [(kind.pk, str(kind)) for kind in TaskKind.objects.all()]

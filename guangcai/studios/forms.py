"""Forms of studios. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.activities.forms import SeriesForm
from guangcai.cases.forms import ItemChoice
from guangcai.cases.rules import LONGEST_NOTE, LONGEST_WHAT
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.templatetags.core import clock, day_short
from guangcai.members.forms.fields import PhoneField
from guangcai.members.models import Member, Occupation
from guangcai.members.queries import found_by, roster
from guangcai.orgs.forms.fields import CommunityField, DayField
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places.models import ServicePoint
from guangcai.studios import rules
from guangcai.studios.commands import ReceptionNote, StudioDraft, Wanted
from guangcai.studios.enums import Way
from guangcai.studios.models import Studio, StudioKind
from guangcai.studios.queries.studios import Bookable

DRAFT = ("kind", "name", "host", "point", "place", "services", "lead_name", "slot_minutes")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _fields() -> dict[str, forms.Field]:
    """What a studio says of itself; asked for when it is opened and when it is changed."""
    return {
        "kind": forms.ModelChoiceField(label=_("Kind"), queryset=StudioKind.objects.offered()),
        "name": forms.CharField(label=pgettext_lazy("studio", "Name of the studio"), max_length=60),
        "services": forms.CharField(
            label=_("What it offers"),
            max_length=rules.LONGEST_LIST,
            required=False,
            widget=_lines(3),
            help_text=_("One a line."),
        ),
        "point": forms.ModelChoiceField(
            label=pgettext_lazy("studio", "At which service point"),
            queryset=ServicePoint.objects.none(),
            required=False,
            help_text=pgettext_lazy("studio", "A home, a club or a station of the directory."),
        ),
        "place": forms.CharField(label=pgettext_lazy("studio", "Or where, in words"), max_length=120, required=False),
        "host": forms.ModelChoiceField(label=_("Run by"), queryset=WorkUnit.objects.none(), required=False),
        "lead_name": forms.CharField(label=_("Who leads"), max_length=60),
        "slot_minutes": forms.IntegerField(
            label=pgettext_lazy("studio", "Minutes of an appointment"),
            min_value=0,
            max_value=rules.LONGEST_SLOT,
            initial=0,
            help_text=pgettext_lazy("studio", "0: without appointments, numbers only."),
        ),
    }


def _offer(form: forms.Form, *, actor: Actor, path: str) -> None:
    """Offer the units the actor knows and the points of the place."""
    units = WorkUnit.objects.visible_to(actor).filter(ended_on=None).order_by("name")
    form.fields["host"].queryset = units  # type: ignore[attr-defined]
    points = ServicePoint.objects.open().filter(path__under=path).order_by("name", "pk")
    form.fields["point"].queryset = points  # type: ignore[attr-defined]


def _draft(cleaned: dict[str, Any]) -> StudioDraft:
    return StudioDraft(**{name: cleaned[name] for name in DRAFT})


class OpenForm(SeriesForm):
    """A studio with its opening rule: the same questions as every series of shifts."""

    community = CommunityField(label=_("Community"))
    field_order = (
        "id", "community", "kind", "name", "services", "point", "place", "host", "lead_name", "how", "weekdays",
        "month_days", "starts_on", "ends_on", "start_time", "end_time", "places", "slot_minutes", "on_holiday",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, communities: Any, path: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _fields()
        self.fields["places"].label = pgettext_lazy("studio", "How many sit each time")
        self.fields["places"].initial = 2
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        if communities.count() == 1:
            self.fields["community"].widget = forms.HiddenInput()
            self.fields["community"].initial = communities[0].pk
        _offer(self, actor=actor, path=path)
        self.order_fields(self.field_order)

    def draft(self) -> StudioDraft:
        return _draft(self.cleaned_data)


class StudioForm(forms.Form):
    """Other words for a studio; its opening rule is the series of its activity."""

    def __init__(self, *args: Any, studio: Studio, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _fields()
        self.fields["kind"].queryset = StudioKind.objects.offered(keeping=studio.kind_id)  # type: ignore[attr-defined]
        _offer(self, actor=actor, path=studio.path)
        for name in DRAFT:
            known = studio.activity.lead_name if name == "lead_name" else getattr(studio, name)
            self.initial.setdefault(name, known)

    def draft(self) -> StudioDraft:
        return _draft(self.cleaned_data)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=rules.LONGEST_REASON)


class OfferForm(forms.Form):
    """A member offers to sit; at the desk, who and how he said so."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    who = forms.CharField(
        label=pgettext_lazy("studio", "Who"),
        max_length=60,
        help_text=_("Name, pinyin, initials or last four digits"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    background = forms.ModelChoiceField(
        label=pgettext_lazy("studio", "Profession that residents are told"),
        queryset=Occupation.objects.all(),
        help_text=pgettext_lazy("studio", "Residents read the profession, never the name."),
    )
    until = DayField(label=pgettext_lazy("studio", "Until, if it is to end"), required=False)
    asked = forms.CharField(
        label=_("How the member asked for it"),
        max_length=200,
        help_text=_("For example: came to the counter today. It goes into the trail."),
    )

    def __init__(self, *args: Any, studio: Studio, actor: Actor, own: Member | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.studio, self.actor, self.own = studio, actor, own
        if own is not None:
            del self.fields["who"], self.fields["asked"]

    def clean_who(self) -> Member:
        """The one person of the community who is meant; two are told apart by their last four digits."""
        found = list(found_by(roster(self.actor), self.cleaned_data["who"]).filter(path__under=self.studio.path)[:2])
        if not found:
            raise ValidationError(_("Nobody of this community is called so. Try the last four digits of the phone."))
        if len(found) > 1:
            raise ValidationError(_("More than one person is called so. Type the last four digits of the phone."))
        return found[0]

    def told(self) -> dict[str, Any]:
        """What the command is told."""
        cleaned = self.cleaned_data
        said = {name: cleaned[name] for name in ("background", "until", "id")}
        return said | {"member": self.own or cleaned["who"], "asked": cleaned.get("asked", "")}


class CounterForm(forms.Form):
    """From which counter somebody calls."""

    counter = forms.IntegerField(label=pgettext_lazy("studio", "Counter"), min_value=1, max_value=rules.MOST_COUNTERS)


class NoteForm(forms.Form):
    """A reception in a few taps."""

    DONE, OPEN = "done", "open"

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    item = ItemChoice(label=pgettext_lazy("case", "What it is about"))
    what = forms.CharField(label=pgettext_lazy("case", "What is asked"), max_length=LONGEST_WHAT, widget=_lines(2))
    said = forms.CharField(label=pgettext_lazy("studio", "What was said"), max_length=LONGEST_NOTE, widget=_lines(3))
    outcome = forms.ChoiceField(
        label=pgettext_lazy("studio", "How it goes on"),
        choices=[
            (DONE, pgettext_lazy("studio", "Answered: nothing left to do")),
            (OPEN, pgettext_lazy("studio", "To be followed up until it is done")),
        ],
        initial=DONE,
        widget=forms.RadioSelect,
    )
    seen_to_by = forms.ModelChoiceField(
        label=pgettext_lazy("studio", "Who follows it up"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=pgettext_lazy("studio", "The desk asks somebody"),
    )
    phone = PhoneField(
        label=pgettext_lazy("studio", "Phone to call back"),
        required=False,
        help_text=pgettext_lazy("studio", "Only if the resident wants to be told. Without it the note is anonymous."),
    )

    def __init__(self, *args: Any, community: Node, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item: Any = self.fields["item"]
        item.offer(community)
        # What an item must be asked is asked at the desk; here it is said in words.
        asked = [row.pk for row in item.queryset if any(one.get("required") for one in row.fields)]
        item.queryset = item.queryset.exclude(pk__in=asked)
        item.widget.choices = [("", "---------"), *_grouped(item.queryset)]
        self.fields["seen_to_by"].queryset = people  # type: ignore[attr-defined]

    def note(self) -> ReceptionNote:
        cleaned = self.cleaned_data
        is_final = cleaned["outcome"] == self.DONE
        return ReceptionNote(
            item=cleaned["item"],
            what=cleaned["what"],
            said=cleaned["said"],
            is_final=is_final,
            phone=cleaned["phone"] or "",
            seen_to_by=None if is_final else cleaned["seen_to_by"],
            id=cleaned["id"],
        )


def _grouped(items: Any) -> list[tuple[str, list[tuple[Any, str]]]]:
    groups: dict[str, list[tuple[Any, str]]] = {}
    for row in items:
        groups.setdefault(row.category.name, []).append((row.pk, row.name))
    return list(groups.items())


class SlotForm(forms.Form):
    """An appointment: one of the free times, and a phone if one wants to hear that it is called off."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    slot = forms.ChoiceField(
        label=pgettext_lazy("studio", "Free times"),
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time is taken. Choose another one."),
        },
    )
    phone = PhoneField(
        label=_("Phone"),
        required=False,
        help_text=pgettext_lazy("studio", "Only to tell you if the day is called off. Deleted a week later."),
    )

    def __init__(self, *args: Any, sessions: list[Bookable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {f"{one.shift.pk}|{at.isoformat()}": (one.shift, at) for one in sessions for at in one.free}
        days: dict[str, list[tuple[str, str]]] = {}
        for key, (_shift, at) in self.found.items():
            days.setdefault(day_short(at), []).append((key, f"{day_short(at)} {clock(at)}"))
        self.fields["slot"].choices = [("", "---------"), *days.items()]  # type: ignore[attr-defined]

    def wanted(self) -> tuple[Any, Wanted]:
        shift, at = self.found[self.cleaned_data["slot"]]
        wanted = Wanted(way=Way.SLOT, slot_at=at, phone=self.cleaned_data["phone"] or "", id=self.cleaned_data["id"])
        return shift, wanted


class CodeForm(forms.Form):
    """The code of a slip."""

    code = forms.CharField(
        label=pgettext_lazy("ticket", "Code of the slip"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


def open_initial(*, now: datetime, lead_name: str) -> dict[str, Any]:
    """The form as it opens: from today on for half a year."""
    today = timezone.localdate(now)
    return {"id": new_id(), "starts_on": today, "lead_name": lead_name, "start_time": "09:00", "end_time": "11:00"}

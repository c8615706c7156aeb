"""Forms of places. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.matters import MatterField
from guangcai.orgs.forms.fields import CommunityField, DayField, NodeField, for_actor
from guangcai.orgs.models import Node, WorkUnit
from guangcai.places import rules
from guangcai.places.commands import PointContent, ResourceContent, Use, Wanted
from guangcai.places.enums import ClubKind, PointKind, ResourceKind, Weekday
from guangcai.places.models import ServicePoint, SharedResource
from guangcai.places.rules import Slot

SLOT_LINES = 3


class ClockField(forms.TimeField):
    """A time of day with the browser's own clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PointForm(forms.Form):
    """What a service point says of itself; the place is asked for once, when it is added."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    node = NodeField(label=_("Place it serves"), help_text=_("A community, a street or the district. Name or code."))
    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    name = forms.CharField(label=pgettext_lazy("service point", "Name"), max_length=rules.LONGEST_NAME)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone of the place"), max_length=40, required=False, help_text=_("Anybody reads it.")
    )
    services = forms.CharField(
        label=_("What it offers"), max_length=1000, required=False, widget=_area(4), help_text=_("One a line.")
    )
    host = forms.ModelChoiceField(
        label=_("Run by"), queryset=WorkUnit.objects.none(), required=False, help_text=_("A home always has one.")
    )
    club_kind = forms.ChoiceField(
        label=_("What the club does"),
        choices=[("", "---------"), *ClubKind.choices],
        required=False,
        help_text=_("Only for a club or a team."),
    )
    meets = forms.CharField(
        label=_("When the club meets"),
        max_length=120,
        required=False,
        help_text=_("For example: Wednesday afternoons, and on holidays."),
    )
    since = DayField(label=_("In use since"))

    def __init__(self, *args: Any, actor: Actor, point: ServicePoint | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = WorkUnit.objects.visible_to(actor).filter(ended_on=None).order_by("name")
        self.fields["host"].queryset = units  # type: ignore[attr-defined]
        for_actor(self, actor, ["node"])
        if point is not None:
            del self.fields["id"], self.fields["node"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(point, name))

    def content(self) -> PointContent:
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("id", "node")}
        return PointContent(**said | {"kind": PointKind(said["kind"])})


class PointFileForm(forms.Form):
    """A table of points, and what is true of rows that do not say otherwise."""

    node = NodeField(
        label=_("Place of rows that name none"), help_text=_("A community, a street or the district. Name or code.")
    )
    kind = forms.ChoiceField(
        label=_("Kind of rows that name none"), choices=PointKind.choices, initial=PointKind.OUTLET
    )
    file = forms.FileField(
        label=_("The table"),
        help_text=_("Excel or CSV. Columns: name; if you like kind, community, address, hours, phone, services."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt,.html"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["node"])


class LabelForm(forms.Form):
    """What a kind is called under a place; empty takes the name above again."""

    node = NodeField(label=_("Under"), help_text=_("A community, a street or the district. Name or code."))
    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    label = forms.CharField(
        label=_("Is called"), max_length=40, required=False, help_text=_("Empty: the name of the place above again.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_actor(self, actor, ["node"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=rules.LONGEST_REASON)


class ResourceForm(forms.Form):
    """What is lent, by whom, and when it is free: up to three times of day, each on the days ticked."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    owner = forms.ChoiceField(label=_("Who lends it"), choices=())
    kind = forms.ChoiceField(label=_("Kind"), choices=ResourceKind.choices)
    name = forms.CharField(label=pgettext_lazy("resource", "Name"), max_length=rules.LONGEST_NAME)
    place = forms.CharField(label=_("Where it is"), max_length=120, required=False)
    capacity = forms.IntegerField(label=_("For how many people"), min_value=1, max_value=30_000, required=False)
    conditions = forms.CharField(label=_("Conditions"), max_length=500, required=False, widget=_area(3))
    since = DayField(label=_("Lent from"))

    def __init__(
        self,
        *args: Any,
        owners: list[tuple[str, str]] | None = None,
        resource: SharedResource | None = None,
        lines: int = SLOT_LINES,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if resource is not None:
            del self.fields["id"], self.fields["owner"]
            for name in self.fields:
                self.initial.setdefault(name, getattr(resource, name))
            lines = self._show(resource)
        else:
            self.fields["owner"].choices = owners or []  # type: ignore[attr-defined]
        self.line_count = lines
        for line in range(1, lines + 1):
            self.fields[f"days_{line}"] = forms.TypedMultipleChoiceField(
                label=_("Free on"),
                choices=Weekday.choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"from_{line}"] = ClockField(label=_("From"), required=False)
            self.fields[f"until_{line}"] = ClockField(label=pgettext_lazy("time", "Until"), required=False)

    def _show(self, resource: SharedResource) -> int:
        groups: dict[tuple[int, int], list[int]] = {}
        for slot in resource.slots.all():
            groups.setdefault((slot.begins, slot.ends), []).append(slot.weekday)
        for line, ((begins, ends), days) in enumerate(sorted(groups.items()), start=1):
            self.initial |= {f"days_{line}": days, f"from_{line}": _clock(begins), f"until_{line}": _clock(ends)}
        return max(SLOT_LINES, len(groups) + 1)

    def own_fields(self) -> list[Any]:
        return [
            bound for bound in self.visible_fields() if bound.name.rpartition("_")[0] not in ("days", "from", "until")
        ]

    def slot_fields(self) -> list[list[Any]]:
        return [[self[f"{part}_{n}"] for part in ("days", "from", "until")] for n in range(1, self.line_count + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for line in range(1, self.line_count + 1):
            days, first, last = (cleaned.get(f"{part}_{line}") for part in ("days", "from", "until"))
            if any((days, first, last)) and not all((days, first is not None, last is not None)):
                self.add_error(f"days_{line}", _("Days, a beginning and an end belong together."))
        return cleaned

    def content(self) -> ResourceContent:
        said = self.cleaned_data
        slots = [
            Slot(day, _minute(said[f"from_{line}"]), _end_minute(said[f"until_{line}"]))
            for line in range(1, self.line_count + 1)
            for day in said[f"days_{line}"] or ()
        ]
        names = ("name", "place", "capacity", "conditions", "since")
        return ResourceContent(
            kind=ResourceKind(said["kind"]), slots=tuple(slots), **{name: said[name] for name in names}
        )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _end_minute(clock: time) -> int:
    """Midnight at the end of a day is its last minute, not its first."""
    return _minute(clock) or rules.DAY_MINUTES


def _clock(minute: int) -> time:
    return time(minute % rules.DAY_MINUTES // 60, minute % 60)


class BookingForm(forms.Form):
    """From when to when, what for, whom the owner rings up."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    community = CommunityField(label=_("For the community"))
    day = DayField(label=pgettext_lazy("booking", "Day"))
    start_time = ClockField(label=_("From"))
    end_time = ClockField(label=pgettext_lazy("time", "Until"))
    purpose = forms.CharField(label=_("What for"), max_length=200)
    contact_name = forms.CharField(label=_("Whom the owner rings up"), max_length=60)
    contact_phone = forms.CharField(label=_("Phone of the contact"), max_length=40, required=False)
    matter = MatterField()

    def __init__(self, *args: Any, communities: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["community"]
        field.queryset = communities
        if len(communities) == 1:
            # Nothing is asked that the system knows.
            field.widget, field.initial = forms.HiddenInput(), communities[0].pk

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        starts_at, ends_at = (
            timezone.make_aware(datetime.combine(said["day"], said[name])) for name in ("start_time", "end_time")
        )
        names = ("purpose", "contact_name", "contact_phone")
        return Wanted(starts_at, ends_at, **{name: said[name] for name in names})


class ReturnForm(forms.Form):
    people = forms.IntegerField(label=_("How many people used it"), max_value=rules.MOST_PEOPLE)
    minutes = forms.IntegerField(label=_("For how many minutes"), min_value=1, max_value=rules.DAY_MINUTES)
    condition = forms.CharField(
        label=_("In which condition it is"),
        max_length=200,
        required=False,
        help_text=_("Empty: as it was. Damage and things missing belong here."),
    )
    thanks = forms.CharField(label=_("A line of thanks to the owner"), max_length=300, required=False)

    def __init__(self, *args: Any, may_thank: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_thank:
            del self.fields["thanks"]

    def use(self) -> Use:
        said = self.cleaned_data
        return Use(people=said["people"], minutes=said["minutes"], condition=said["condition"])


class ThanksForm(forms.Form):
    thanks = forms.CharField(label=_("A line of thanks to the owner"), max_length=300)

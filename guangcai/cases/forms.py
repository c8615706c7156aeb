"""Forms of cases. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases import rules
from guangcai.cases.commands import AskerDraft, CaseDraft, Hours, ItemDraft, JobTime, TechnicianDraft
from guangcai.cases.enums import (
    CLOSED_BY_DESK,
    RULED_BY_STREET,
    CallOutcome,
    CaseChannel,
    CloseCode,
    DeclineReason,
    FieldKind,
    ReturnReason,
    TimeCount,
)
from guangcai.cases.forms_photos import PhotosField
from guangcai.cases.models import Case, Category, Item, Technician
from guangcai.commitments import team_roll
from guangcai.core.actor import Actor
from guangcai.core.database.fixed import Lookup
from guangcai.core.ids import new_id
from guangcai.core.scoping import ancestors, covers
from guangcai.core.text import is_blank
from guangcai.members.forms.fields import PhoneField, buildings_of
from guangcai.members.models import Member
from guangcai.members.queries import found_by, roster
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.rules import LOCAL_LEVELS

MINUTES = (15, 30, 45, 60, 90, 120, 180, 240)
WEEKDAYS = (
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
)
LINE = 4


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _reasons(codes: Any) -> list[tuple[str, Any]]:
    return [(one.value, one.label) for one in codes]


class NoteForm(forms.Form):
    """A few words of why."""

    note = forms.CharField(
        label=pgettext_lazy("case", "In a few words"), max_length=rules.LONGEST_NOTE, widget=_lines(2), required=False
    )


def offered(community: Node) -> Any:
    """Items offered in a community today, by category."""
    rows = Item.objects.valid_at(community.path).in_force(timezone.localdate())
    return rows.select_related("category", "unit").order_by("category__position", "position", "pk")


def units_above(path: str) -> Any:
    """Work units of a place and of the nodes above it, by name."""
    rows = WorkUnit.objects.in_force(timezone.localdate()).filter(path__in=ancestors(path))
    return rows.order_by("name", "pk")


class ItemChoice(forms.ModelChoiceField):
    """Items under their categories."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Item.objects.none(), **kwargs)

    def offer(self, community: Node) -> None:
        self.queryset = offered(community)
        groups: dict[str, list[tuple[Any, str]]] = {}
        for row in self.queryset:
            groups.setdefault(row.category.name, []).append((row.pk, row.name))
        self.widget.choices = [("", "---------"), *groups.items()]  # type: ignore[attr-defined]


class BuildingChoice(forms.ModelChoiceField):
    """One of the buildings of a community, of some of its levels. The chosen one is looked up by its key alone."""

    def offer(self, community: Node, *, levels: Collection[str]) -> None:
        self.community, self.levels = community, levels
        self.queryset = buildings_of(community).filter(level__in=levels).select_related("parent")

    def to_python(self, value: Any) -> Node | None:
        if value in self.empty_values:
            return None
        found = _BUILDING.first(pk=int(value)) if str(value).isdecimal() else None
        if found is None or found.level not in self.levels or not covers([self.community.path], found.path):
            wrong = {"value": value}
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params=wrong)
        return found


_BUILDING = Lookup(lambda pk: Node.objects.filter(pk=pk, valid_to=None), pk=0)


class RaiseForm(forms.Form):
    """What, where, how to reach: what a caller says in under a minute. The item's own questions come with it."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    item = ItemChoice(label=pgettext_lazy("case", "What it is about"))
    what = forms.CharField(
        label=pgettext_lazy("case", "What is asked"), max_length=rules.LONGEST_WHAT, widget=_lines(2)
    )
    place = BuildingChoice(label=_("Building"), queryset=Node.objects.none(), required=False)
    place_note = forms.CharField(label=pgettext_lazy("case", "Where exactly"), max_length=120, required=False)
    photos = PhotosField()
    place_levels: Collection[str] = LOCAL_LEVELS

    def __init__(self, *args: Any, community: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        if "item" in self.fields:
            self.fields["item"].offer(community)  # type: ignore[attr-defined]
        self.fields["place"].offer(community, levels=self.place_levels)  # type: ignore[attr-defined]
        self.chosen = self._chosen()
        self.questions = [self._question(at, one) for at, one in enumerate(self.chosen.fields)] if self.chosen else []

    def _chosen(self) -> Item | None:
        text = str(self.data.get("item") or self.initial.get("item") or "")
        return offered(self.community).filter(pk=text).first() if text.isdecimal() and len(text) < 12 else None

    def _question(self, at: int, told: dict[str, Any]) -> Any:
        """The field of one question, under the name by which the form sends it."""
        name, label = f"answer_{at}", told["label"]
        if told["kind"] == FieldKind.CHOICE:
            choices = [(one, one) for one in told["choices"]]
            field: forms.Field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
        elif told["kind"] == FieldKind.NUMBER:
            field = forms.IntegerField(min_value=0, max_value=999_999_999)
        else:
            field = forms.CharField(max_length=rules.LONGEST_ANSWER)
        field.label, field.required = label, bool(told.get("required"))
        self.fields[name] = field
        return self[name]

    @property
    def emergency_numbers(self) -> list[str]:
        return self.chosen.emergency.split() if self.chosen else []

    def answers(self) -> dict[str, str]:
        given = {bound.label: self.cleaned_data.get(bound.name) for bound in self.questions}
        return {str(label): str(value) for label, value in given.items() if value not in (None, "")}

    def _draft(self, channel: CaseChannel, asker: AskerDraft, **about: Any) -> CaseDraft:
        cleaned = self.cleaned_data
        return CaseDraft(
            item=cleaned["item"],
            community=self.community,
            what=cleaned["what"],
            channel=channel,
            asker=asker,
            place=cleaned["place"],
            place_note=cleaned["place_note"],
            answers=self.answers(),
            photos=cleaned["photos"],
            id=cleaned["id"] or new_id(),
            **about,
        )


class IntakeForm(RaiseForm):
    """The desk writes down what a caller or a visitor says."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("case", "Came in"),
        choices=[(one.value, one.label) for one in (CaseChannel.PHONE, CaseChannel.DESK)],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"), max_length=rules.LONGEST_NAME, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    phone = PhoneField(label=_("Phone"), required=False)
    flat = forms.CharField(label=pgettext_lazy("case", "Flat"), max_length=60, required=False)
    is_anonymous = forms.BooleanField(label=pgettext_lazy("case", "Wants to stay unnamed"), required=False)
    wants_word = forms.BooleanField(label=pgettext_lazy("case", "Tell by short message, twice at most"), required=False)
    about = forms.CharField(
        label=pgettext_lazy("case", "Complains of a member"),
        max_length=60,
        required=False,
        help_text=_("Name or phone. The member never sees this case."),
    )

    about_unit = forms.ModelChoiceField(
        label=pgettext_lazy("case", "Complains of a unit"),
        queryset=WorkUnit.objects.none(),
        required=False,
        help_text=_("Its liaison never sees this case."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["about_unit"]
        units.queryset = units_above(self.community.path)
        self.actor = actor
        self.about_member: Member | None = None

    def clean_about(self) -> str:
        text: str = self.cleaned_data["about"].strip()
        if not text:
            return ""
        found = list(found_by(roster(self.actor), text)[:2])
        if len(found) != 1:
            words = _("Nobody, or several, on the roster: write the whole name or the phone.")
            raise forms.ValidationError(words)
        self.about_member = found[0]
        return text

    def draft(self) -> CaseDraft:
        cleaned = self.cleaned_data
        reach = {name: cleaned[name] for name in ("name", "phone", "flat", "is_anonymous", "wants_word")}
        return self._draft(
            CaseChannel(cleaned["channel"]),
            AskerDraft(**reach),
            about_member=self.about_member,
            about_unit=cleaned["about_unit"],
        )


class AskForm(RaiseForm):
    """A member asks for himself: the community knows how to reach him."""

    flat = forms.CharField(label=pgettext_lazy("case", "Flat"), max_length=60, required=False)

    def draft_of(self, member: Member) -> CaseDraft:
        asker = AskerDraft(name=member.name, flat=self.cleaned_data["flat"], member=member)
        return self._draft(CaseChannel.MEMBER, asker)


class DeclineForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=DeclineReason.choices, widget=forms.RadioSelect)
    field_order = ("reason", "note")


class ReturnForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=ReturnReason.choices, widget=forms.RadioSelect)
    field_order = ("reason", "note")


class AppointmentForm(forms.Form):
    """Day and hour agreed with the asker."""

    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"]))


class DoneForm(NoteForm):
    """What was done; a member says how long."""

    minutes = forms.TypedChoiceField(
        label=_("Minutes of service"),
        choices=[("", _("No time to record")), *((number, number) for number in MINUTES)],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Without the way there. Somebody else confirms it."),
    )
    done_by = forms.ModelChoiceField(
        label=pgettext_lazy("team", "Who of the team did it"), queryset=Member.objects.none(), required=False
    )
    photos = PhotosField()
    field_order = ("note", "done_by", "minutes", "photos")

    def __init__(self, *args: Any, counts: bool, team: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].label = _("What was done")
        if not counts:
            del self.fields["minutes"]
        if team is None:
            del self.fields["done_by"]
        else:
            self.fields["done_by"].queryset = team_roll.roll().people(team)  # type: ignore[attr-defined]

    def told(self, *, now: datetime) -> dict[str, Any]:
        """What the command is told."""
        cleaned = self.cleaned_data
        return {
            "note": cleaned["note"],
            "time": self.time(now=now),
            "done_by": cleaned.get("done_by"),
            "photos": cleaned["photos"],
        }

    def time(self, *, now: datetime) -> JobTime | None:
        """The minutes that end now."""
        minutes = self.cleaned_data.get("minutes")
        if not minutes:
            return None
        return JobTime(now.replace(second=0, microsecond=0) - timedelta(minutes=minutes), minutes)


class CallBackForm(NoteForm):
    """What the asker said on the phone."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("case", "What was said"), choices=CallOutcome.choices, widget=forms.RadioSelect
    )
    is_satisfied = forms.TypedChoiceField(
        label=pgettext_lazy("case", "Satisfied"),
        choices=[("yes", _("satisfied")), ("no", _("not satisfied"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Leave out when nobody was reached."),
    )
    field_order = ("outcome", "is_satisfied", "note")


class CloseForm(NoteForm):
    close_code = forms.ChoiceField(label=_("Reason"), choices=_reasons(CLOSED_BY_DESK), widget=forms.RadioSelect)
    other = forms.CharField(
        label=pgettext_lazy("case", "Number of the other case"), max_length=12, required=False, help_text="26-000417"
    )
    field_order = ("close_code", "other", "note")

    def other_among(self, rows: Any) -> Case | None:
        """The case named as the other one, among those the desk sees; None when it is none of them."""
        number = self.cleaned_data["other"].strip()
        return rows.filter(number=number).first() if number else None

    @property
    def code(self) -> CloseCode:
        return CloseCode(self.cleaned_data["close_code"])


class RuleOutForm(NoteForm):
    close_code = forms.ChoiceField(label=_("Reason"), choices=_reasons(RULED_BY_STREET), widget=forms.RadioSelect)
    field_order = ("close_code", "note")


class ReopenForm(NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = True
        self.fields["note"].label = pgettext_lazy("case", "What is still to do")


class TechnicianForm(forms.Form):
    """A technician with trades and hours."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name"), max_length=60)
    phone = PhoneField(label=_("Phone"), required=False)
    is_paid = forms.BooleanField(label=pgettext_lazy("technician", "Is paid for it"), required=False)
    categories = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("technician", "Trades"),
        queryset=Category.objects.offered(),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("technician", "On duty"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=_("Until"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("days") and not (cleaned.get("opens") and cleaned.get("closes")):
            self.add_error("opens", _("Say from when until when."))
        return cleaned

    def draft(self) -> TechnicianDraft:
        cleaned = self.cleaned_data
        hours = [Hours(day, cleaned["opens"], cleaned["closes"]) for day in cleaned["days"]]
        words = {name: cleaned[name] for name in ("name", "phone", "is_paid", "categories")}
        return TechnicianDraft(hours=hours, **words)


def initial_of_technician(row: Technician) -> dict[str, Any]:
    rota = list(row.rota.all())
    first = rota[0] if rota else None
    return {
        "name": row.name,
        "phone": row.phone,
        "is_paid": row.is_paid,
        "categories": [one.category_id for one in row.skills.all() if one.category_id],
        "days": [one.weekday for one in rota],
        "opens": first.opens if first else None,
        "closes": first.closes if first else None,
    }


class ItemForm(forms.Form):
    """An item of the catalogue. One question a line: label; text, number or choice; required."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.offered())
    name = forms.CharField(label=_("Name"), max_length=40)
    questions = forms.CharField(
        label=pgettext_lazy("case item", "Questions"),
        required=False,
        max_length=2000,
        widget=_lines(LINE),
        help_text=_("One a line. A choice lists its answers after a colon, an asterisk makes it required."),
    )
    response_hours = forms.IntegerField(label=_("Hours until an answer"), min_value=1, max_value=720, required=False)
    solution_days = forms.IntegerField(label=_("Days until a solution"), min_value=1, max_value=365, required=False)
    counted_in = forms.ChoiceField(label=_("Counted"), choices=TimeCount.choices, widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(label=_("Work unit"), queryset=WorkUnit.objects.none(), required=False)
    body = forms.CharField(label=_("Who answers"), max_length=60, required=False)
    elsewhere = forms.CharField(label=_("Where to go when it is not ours"), max_length=200, required=False)
    emergency = forms.ChoiceField(
        label=_("Emergency number"),
        choices=[("", "—"), ("110", "110"), ("119", "119"), ("120", "120"), ("110 119 120", "110 119 120")],
        required=False,
    )
    hides_asker = forms.BooleanField(label=_("Whoever sees to it does not learn who asked"), required=False)

    def __init__(self, *args: Any, node: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_above(node.path)  # type: ignore[attr-defined]

    def draft(self) -> ItemDraft:
        cleaned = self.cleaned_data
        words = {name: cleaned[name] for name in ItemDraft.__dataclass_fields__ if name not in ("fields", "counted_in")}
        counted = TimeCount(cleaned["counted_in"])
        return ItemDraft(fields=questions_in(cleaned["questions"]), counted_in=counted, **words)


def questions_in(text: str) -> list[dict[str, Any]]:
    """The questions of lines such as "label*" or "label: one / two"; "label #" asks for a number."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if is_blank(line):
            continue
        words = line.strip()
        is_required = words.endswith("*")
        label, _colon, rest = words.removesuffix("*").strip().replace("\uff1a", ":").partition(":")
        kind = FieldKind.CHOICE if not is_blank(rest) else FieldKind.NUMBER if label.endswith("#") else FieldKind.TEXT
        question: dict[str, Any] = {"label": label.removesuffix("#").strip(), "kind": kind, "required": is_required}
        if kind == FieldKind.CHOICE:
            question["choices"] = [one.strip() for one in rest.split("/") if not is_blank(one)]
        found.append(question)
    return found


def lines_of(fields: list[dict[str, Any]]) -> str:
    """The same the other way round, for the form as it opens."""
    return "\n".join(_line_of(one) for one in fields)


def _line_of(one: dict[str, Any]) -> str:
    label = one["label"] + ("#" if one["kind"] == FieldKind.NUMBER else "")
    words = f"{label}: {' / '.join(one['choices'])}" if one["kind"] == FieldKind.CHOICE else label
    return words + ("*" if one.get("required") else "")

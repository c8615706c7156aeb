"""Forms of bodies, meetings and proposals. They read and shape what was typed; the rules stand in rules.py."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.core.templatetags.core import moment
from guangcai.councils import commands, rules
from guangcai.councils.enums import (
    BodyKind,
    BodyRole,
    MatterKind,
    MinutesStage,
    PartyClass,
    PledgeKind,
    RecordKind,
    Verdict,
)
from guangcai.councils.models import Body, BodyMember, Meeting
from guangcai.councils.queries.bodies import name_of
from guangcai.councils.queries.proposals import PAGES
from guangcai.orgs.models import Node, WorkUnit


def lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Creating(forms.Form):
    """A form that makes a row: it carries the row's id."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)


class NodeField(forms.ModelChoiceField):
    """Where: hidden when there is one place to choose."""

    def offer(self, nodes: QuerySet[Node]) -> None:
        self.queryset = nodes
        first = list(nodes[:2])
        if len(first) == 1:
            self.widget, self.initial = forms.HiddenInput(), first[0].pk


class UnitField(forms.ModelChoiceField):
    def label_from_instance(self, unit: WorkUnit) -> str:
        return unit.name


class BodyForm(Creating):
    node = NodeField(label=pgettext_lazy("council", "Place"), queryset=Node.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=BodyKind.choices)
    name = forms.CharField(label=_("Name of the body"), max_length=rules.NAME_LENGTH)
    purpose = forms.CharField(label=_("What it is for"), max_length=rules.TEXT_LENGTH, widget=lines(2))
    set_up_on = forms.DateField(label=_("Set up on"), widget=day_input())

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["node"]
        field.offer(nodes)

    def draft(self) -> commands.BodyDraft:
        cleaned = self.cleaned_data
        return commands.BodyDraft(cleaned["kind"], cleaned["name"], cleaned["purpose"], cleaned["set_up_on"])


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(label=_("Reason"), max_length=rules.NOTE_LENGTH, widget=lines(2))


class SeatForm(Creating):
    """A unit, or somebody by name; members are found by name on the same page."""

    party = forms.ChoiceField(
        label=_("For whom"), choices=[one for one in PartyClass.choices if one[0] != PartyClass.MEMBER]
    )
    work_unit = UnitField(label=_("Work unit"), queryset=WorkUnit.objects.none(), required=False, empty_label="—")
    party_name = forms.CharField(
        label=_("Or name"),
        max_length=rules.NAME_LENGTH,
        required=False,
        help_text=_("Somebody who is no member and no unit. Only the desk and the body read it."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=BodyRole.choices, initial=BodyRole.MEMBER)

    def __init__(self, *args: Any, units: QuerySet[WorkUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["work_unit"]
        field.queryset = units

    def draft(self) -> commands.SeatDraft:
        cleaned = self.cleaned_data
        return commands.SeatDraft(
            party=cleaned["party"],
            role=cleaned["role"],
            work_unit=cleaned["work_unit"],
            party_name=cleaned["party_name"],
        )


class MonthField(forms.ChoiceField):
    """A month, told by its first day."""

    def clean(self, value: Any) -> date:
        return date.fromisoformat(super().clean(value))


class RecordForm(Creating):
    kind = forms.ChoiceField(label=_("What"), choices=RecordKind.choices)
    month = MonthField(label=_("Month"))
    text = forms.CharField(
        label=pgettext_lazy("record", "Text"),
        max_length=2 * rules.LONG_TEXT,
        widget=lines(8),
        help_text=_("Everybody in the community reads it. One activity a line."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["month"]
        months = [rules.add_months(today.replace(day=1), step) for step in range(-3, 3)]
        field.choices = [(month.isoformat(), date_format(month, "YEAR_MONTH_FORMAT")) for month in months]
        field.initial = rules.add_months(today.replace(day=1), 1).isoformat()


class MeetingForm(Creating):
    title = forms.CharField(label=_("What it is about"), max_length=rules.LINE_LENGTH)
    starts_on = forms.DateField(label=_("Date"), widget=day_input())
    start_time = forms.TimeField(
        label=_("Start"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial="14:00"
    )
    place = forms.CharField(label=pgettext_lazy("council", "Where"), max_length=rules.LINE_LENGTH)
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        max_length=rules.MOST_LINES * rules.LINE_LENGTH,
        widget=lines(5),
        help_text=_("One item a line. Proposals are tabled from their own page."),
    )

    def draft(self) -> commands.MeetingDraft:
        cleaned = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(cleaned["starts_on"], cleaned["start_time"]))
        return commands.MeetingDraft(cleaned["title"], cleaned["place"], starts_at, cleaned["agenda"].splitlines())


class SeatsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, seat: BodyMember) -> str:
        return f"{name_of(seat)} · {seat.get_party_display()}"


class ClosingForm(forms.Form):
    """What is asked when a meeting is over."""

    seats = SeatsField(
        label=_("Who was there"),
        queryset=BodyMember.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All are ticked: take the tick from whoever was not there."),
    )
    residents = forms.IntegerField(
        label=_("How many others came"), min_value=0, max_value=10000, required=False, initial=0
    )
    decisions = forms.CharField(
        label=_("What was decided"),
        required=False,
        max_length=rules.MOST_LINES * rules.TEXT_LENGTH,
        widget=lines(5),
        help_text=_("One decision a line."),
    )
    next_on = forms.DateField(label=_("Meet again on"), widget=day_input())

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["seats"]
        open_seats = BodyMember.objects.open().filter(body=meeting.body_id)
        field.queryset = open_seats.select_related("member", "work_unit").order_by("since", "pk")
        field.initial = field.queryset
        tabled = meeting.agenda.filter(proposal__isnull=False)  # type: ignore[attr-defined]
        self.tabled: list[UUID] = []
        for key, title in tabled.values_list("proposal", "proposal__title"):
            self.tabled.append(key)
            self.fields[rules.decided_field(key)] = forms.CharField(
                label=_("Decided on “%(title)s”") % {"title": title},
                required=False,
                max_length=rules.TEXT_LENGTH,
                help_text=_("Everybody reads it: name no person."),
            )
        self.order_fields(["seats", "residents", *map(rules.decided_field, self.tabled), "decisions", "next_on"])

    def closing(self) -> commands.Closing:
        cleaned = self.cleaned_data
        return commands.Closing(
            seats=list(cleaned["seats"]),
            next_on=cleaned["next_on"],
            decisions=cleaned["decisions"].splitlines(),
            residents=cleaned["residents"] or 0,
            decided={key: cleaned[rules.decided_field(key)] for key in self.tabled},
        )


class MinutesForm(Creating):
    stage = forms.ChoiceField(label=_("Version"))
    text = forms.CharField(
        label=pgettext_lazy("meeting", "Minutes"),
        max_length=rules.MINUTES_LENGTH,
        widget=lines(14),
        help_text=_("The whole text."),
    )

    def __init__(self, *args: Any, stages: list[MinutesStage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stage"]
        field.choices = [(one.value, one.label) for one in stages]


class ProposalForm(Creating):
    """What is proposed; the desk also says by whom."""

    node = NodeField(label=pgettext_lazy("level", "Community"), queryset=Node.objects.none())
    title = forms.CharField(label=_("Title"), max_length=rules.TITLE_LENGTH, help_text=_("Without names of people."))
    text = forms.CharField(label=_("What is proposed, and why"), max_length=rules.LONG_TEXT, widget=lines(5))
    proposer_name = forms.CharField(label=_("Who proposes it"), max_length=rules.NAME_LENGTH)
    proposer_phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("To tell what became of it. Only the desk reads it."),
    )
    source = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, nodes: QuerySet[Node], own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["node"]
        field.offer(nodes)
        if own:
            for name in ("proposer_name", "proposer_phone", "source"):
                del self.fields[name]


class ScreeningForm(forms.Form):
    accepts = forms.ChoiceField(
        label=_("Is it taken up?"),
        choices=[("yes", _("Yes: it is tabled in a meeting")), ("no", _("No, for this reason"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What the proposer is told"), max_length=rules.TEXT_LENGTH, widget=lines(3), required=False
    )


class MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{moment(meeting.starts_at)} · {meeting.body.name} · {meeting.title}"


class TablingForm(forms.Form):
    meeting = MeetingField(label=_("Meeting"), queryset=Meeting.objects.none())

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = meetings


class OwnerForm(forms.Form):
    owner_name = forms.CharField(label=_("Who answers for it in the unit"), max_length=rules.NAME_LENGTH)
    owner_phone = forms.CharField(label=_("Phone"), max_length=20, required=False)


class JointPledgeForm(Creating):
    work_unit = UnitField(label=_("Work unit"), queryset=WorkUnit.objects.none())
    kind = forms.ChoiceField(label=_("What it gives"), choices=PledgeKind.choices)
    item = forms.CharField(
        label=_("What exactly"),
        max_length=rules.LINE_LENGTH,
        help_text=_("One unit a thing: two cannot promise the same."),
    )
    due_on = forms.DateField(
        label=pgettext_lazy("promise", "Until"), widget=day_input(), help_text=_("The day is not moved later.")
    )
    owner_name = forms.CharField(label=_("Who answers for it in the unit"), max_length=rules.NAME_LENGTH)
    owner_phone = forms.CharField(label=_("Phone"), max_length=20, required=False)

    def __init__(self, *args: Any, units: QuerySet[WorkUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["work_unit"]
        field.queryset = units
        first = list(units[:2])
        if len(first) == 1:
            field.widget, field.initial = forms.HiddenInput(), first[0].pk

    def draft(self) -> commands.JointPledgeDraft:
        return commands.JointPledgeDraft(**{name: value for name, value in self.cleaned_data.items() if name != "id"})


class ProgressForm(Creating):
    note = forms.CharField(label=_("How far it has come"), max_length=rules.TEXT_LENGTH, widget=lines(3))


class DoneForm(forms.Form):
    done_on = forms.DateField(label=_("Done on"), widget=day_input())
    evidence = forms.CharField(
        label=_("What was done"),
        max_length=rules.LONG_TEXT,
        widget=lines(3),
        help_text=_("So that anybody can go and see it. No photo is asked for."),
    )
    quantity = forms.IntegerField(label=_("How much"), min_value=1, max_value=100_000_000, required=False)
    measure = forms.CharField(label=_("Of what"), max_length=20, required=False)

    def done(self) -> commands.Done:
        return commands.Done(**self.cleaned_data)


class DelegateField(forms.ModelChoiceField):
    def label_from_instance(self, seat: BodyMember) -> str:
        return name_of(seat)


class JudgementForm(Creating):
    seat = DelegateField(
        label=_("Who judges"), queryset=BodyMember.objects.none(), required=False, empty_label=_("Whoever proposed it")
    )
    verdict = forms.ChoiceField(label=_("Was it kept?"), choices=Verdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In words"), max_length=rules.TEXT_LENGTH, widget=lines(2), required=False)
    asked = forms.CharField(
        label=pgettext_lazy("judgement", "How he said so"),
        max_length=rules.NOTE_LENGTH,
        help_text=_("For example: on the phone today. It goes into the trail."),
    )

    def __init__(self, *args: Any, delegates: QuerySet[BodyMember], own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["seat"]
        field.queryset = delegates
        if own:
            del self.fields["asked"], self.fields["seat"]

    def draft(self, seat: BodyMember | None) -> commands.JudgementDraft:
        """`seat`: of a delegate who judges himself."""
        cleaned = self.cleaned_data
        judge = seat or cleaned.get("seat")
        return commands.JudgementDraft(Verdict(cleaned["verdict"]), cleaned["note"], judge, cleaned.get("asked", ""))


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What is still missing"), max_length=rules.TEXT_LENGTH, widget=lines(3))


class LinkForm(forms.Form):
    """The page of what belongs to the matter, as it stands in the address bar."""

    address = forms.CharField(
        label=_("Address of its page"),
        max_length=300,
        help_text=_("Open the activity, booking, request, wish or agreement and copy the address."),
    )
    label = forms.CharField(label=pgettext_lazy("matter", "What it is"), max_length=rules.LINE_LENGTH)

    def clean_address(self) -> tuple[MatterKind, UUID]:
        text = str(self.cleaned_data["address"])
        path = "/" + text.split("://", 1)[-1].split("/", 1)[-1].split("?", 1)[0].split("#", 1)[0]
        try:
            found = resolve(path)
        except Resolver404:
            found = None
        kind = next((kind for kind, name in PAGES.items() if found and found.view_name == name), None)
        if found is None or kind is None:
            raise forms.ValidationError(
                _("This is no page of an activity, a booking, a request, a wish or an agreement.")
            )
        return kind, found.kwargs["pk"]


def delegates_of(body: Body | None) -> QuerySet[BodyMember]:
    rows = BodyMember.objects.open().filter(body=body, party=PartyClass.DELEGATE)
    return rows.select_related("member", "work_unit").order_by("since", "pk")

"""What desk and mediators fill in; names and words go to sealed columns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.enums import SignedHow
from guangcai.core.ids import new_id
from guangcai.core.openings import LONGEST_REASON
from guangcai.mediation import rules
from guangcai.mediation.commands import AgreementDraft, MatterDraft, MediatorDraft, PartyDraft, SessionDraft
from guangcai.mediation.enums import OriginKind, OtherWay, PartySide, Slip
from guangcai.mediation.models import CauseKind, Mediator, Party
from guangcai.members.models import Member
from guangcai.orgs.models import Node

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
OFF = {"autocomplete": "off"}


def _rows(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **OFF})


def _id() -> forms.UUIDField:
    return forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)


def _name(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=rules.LONGEST_NAME, widget=forms.TextInput(attrs=OFF))


def _phone() -> forms.CharField:
    return forms.CharField(
        label=_("Phone"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel", **OFF})
    )


class MediatorsForm(forms.Form):
    """Who mediates: one or two."""

    mediators = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("mediation", "Mediators"),
        queryset=Mediator.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One or two. Nobody mediates his own quarrel."),
    )

    def __init__(self, *args: Any, node: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mediators"]
        field.queryset = Mediator.objects.serving().filter(node=node).order_by("name", "pk")

    @property
    def chosen(self) -> list[Mediator]:
        return list(self.cleaned_data["mediators"].select_related("member"))


class MatterForm(MediatorsForm):
    """A quarrel in one screen: what about, the two sides, who mediates."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    from_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    cause = forms.ModelChoiceField(
        label=pgettext_lazy("mediation", "Cause"),
        queryset=CauseKind.objects.offered(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    first_name = _name(pgettext_lazy("mediation", "First side: name"))
    first_phone = _phone()
    second_name = _name(pgettext_lazy("mediation", "Second side: name"))
    second_phone = _phone()
    note = forms.CharField(
        label=pgettext_lazy("mediation", "What it is about"),
        max_length=rules.LONGEST_NOTE,
        required=False,
        widget=_rows(3),
    )
    field_order = ("id", "from_id", "cause", "first_name", "first_phone", "second_name", "second_phone", "note")

    def draft(self, community: Node) -> MatterDraft:
        said, sides = self.cleaned_data, (("first", PartySide.FIRST), ("second", PartySide.SECOND))
        parties = [PartyDraft(side, said[f"{key}_name"], said[f"{key}_phone"], f"{key}_name") for key, side in sides]
        from_id: UUID | None = said["from_id"]
        return MatterDraft(
            community=community,
            cause=said["cause"],
            parties=parties,
            mediators=self.chosen,
            note=said["note"].strip(),
            from_kind=OriginKind.CASE if from_id else "",
            from_id=from_id,
            id=said["id"],
        )


class PartyForm(forms.Form):
    """Another person of one side."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    side = forms.ChoiceField(
        label=pgettext_lazy("mediation", "Side"), choices=PartySide.choices, widget=forms.RadioSelect
    )
    name = _name(_("Name"))
    phone = _phone()

    def draft(self) -> PartyDraft:
        said = self.cleaned_data
        return PartyDraft(PartySide(said["side"]), said["name"], said["phone"])


class SessionForm(forms.Form):
    """A session in few taps: it opens with the hour that just ended and everybody there."""

    id = _id()
    day = forms.DateField(label=_("Date"), widget=DAY)
    start_time = forms.TimeField(label=_("Start"), widget=CLOCK)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=rules.SHORTEST_SESSION, max_value=rules.LONGEST_SESSION)
    parties = forms.MultipleChoiceField(
        label=pgettext_lazy("mediation", "Who was there"), widget=forms.CheckboxSelectMultiple, required=False
    )
    mediators = forms.MultipleChoiceField(
        label=pgettext_lazy("mediation", "Mediated by"), widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.CharField(
        label=pgettext_lazy("mediation", "Where"),
        max_length=rules.LONGEST_PLACE,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    note = forms.CharField(label=_("What was said"), max_length=rules.LONGEST_NOTE, widget=_rows(4))

    def __init__(self, *args: Any, labels: dict[UUID, str], mediators: list[Mediator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in mediators}
        parties: Any = self.fields["parties"]
        parties.choices = [(str(key), label) for key, label in labels.items()]
        there: Any = self.fields["mediators"]
        there.choices = [(key, one.name) for key, one in self.known.items()]

    @property
    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        draft = SessionDraft(
            starts_at=timezone.make_aware(datetime.combine(said["day"], said["start_time"])),
            minutes=said["minutes"],
            note=said["note"],
            mediators=[self.known[key] for key in said["mediators"]],
            parties=list(Party.objects.filter(pk__in=said["parties"]).order_by("pk")),
            place=said["place"],
            id=said["id"],
        )
        return {"draft": draft}


class AgreementForm(forms.Form):
    """What both sides agreed."""

    id = _id()
    items = forms.CharField(
        label=_("What both sides agreed"),
        max_length=(rules.LONGEST_ITEM + 2) * rules.MOST_ITEMS,
        widget=_rows(5),
        help_text=_("One item a line: who does what, until when."),
    )
    signed_on = forms.DateField(label=_("Signed on"), widget=DAY, initial=timezone.localdate)
    signed_how = forms.ChoiceField(
        label=pgettext_lazy("agreement", "Signed how"),
        choices=SignedHow.choices,
        widget=forms.RadioSelect,
        initial=SignedHow.PAPER,
    )

    @property
    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        draft = AgreementDraft(said["items"], said["signed_on"], SignedHow(said["signed_how"]), id=said["id"])
        return {"draft": draft}


class VisitForm(forms.Form):
    """Whether an agreement holds."""

    id = _id()
    holds = forms.ChoiceField(
        label=_("Does it hold?"),
        choices=[("yes", pgettext_lazy("mediation", "It holds")), ("no", pgettext_lazy("mediation", "It does not"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("What both sides say"), max_length=rules.LONGEST_NOTE, widget=_rows(3))

    @property
    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"holds": said["holds"] == "yes", "note": said["note"], "id": said["id"]}


class EndForm(forms.Form):
    """It ends without an agreement."""

    id = _id()
    how = forms.ChoiceField(
        label=_("How it ends"),
        choices=[
            ("not_agreed", pgettext_lazy("mediation", "They do not agree")),
            ("withdrawn", pgettext_lazy("mediation", "They withdraw")),
        ],
        widget=forms.RadioSelect,
    )
    other_way = forms.ChoiceField(
        label=_("Which other way you showed them"),
        choices=[("", "—"), *OtherWay.choices],
        required=False,
        help_text=_("Asked for when they do not agree."),
    )
    note = forms.CharField(label=_("Note"), max_length=rules.LONGEST_NOTE, widget=_rows(3))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("how") == "not_agreed" and not said.get("other_way"):
            self.add_error("other_way", _("Say which way you showed them."))
        if said.get("how") == "withdrawn":
            said["other_way"] = ""
        return said

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("other_way", "note", "id")}


class ReopenForm(forms.Form):
    """They come back."""

    id = _id()
    note = forms.CharField(label=_("What has happened"), max_length=rules.LONGEST_NOTE, widget=_rows(3))

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("note", "id")}


class Correcting(forms.Form):
    """A step said again: what was wrong with it, and only the words that change. `words` names the sealed fields."""

    slip = forms.ChoiceField(
        label=pgettext_lazy("mediation", "What was wrong"), choices=Slip.choices, widget=forms.RadioSelect
    )
    field_order = ("id", "slip")
    words: tuple[str, ...] = ("note",)
    slips: tuple[Slip, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slip: Any = self.fields["slip"]
        slip.choices = [(one.value, one.label) for one in self.slips]
        for name in self.words:
            self.fields[name].required = False
            self.fields[name].help_text = _("Left empty, the words stay as they are.")


class CorrectSessionForm(Correcting, SessionForm):
    words = ("note", "place")
    slips = (Slip.TIME, Slip.PEOPLE, Slip.WORDS)


class CorrectAgreementForm(Correcting, AgreementForm):
    words = ("items",)
    slips = (Slip.TIME, Slip.WORDS)


class CorrectVisitForm(Correcting, VisitForm):
    slips = (Slip.FINDING, Slip.WORDS)


class ReasonForm(forms.Form):
    """Why something sealed is opened."""

    what = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why you open it"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(attrs=OFF)
    )


class PaperForm(forms.Form):
    """The agreement leaves the house."""

    kind = forms.ChoiceField(
        label=_("File"), choices=[("docx", "Word"), ("pdf", "PDF")], widget=forms.RadioSelect, initial="docx"
    )
    reason = forms.CharField(
        label=_("What it is printed for"), max_length=LONGEST_REASON, required=False, widget=forms.TextInput(attrs=OFF)
    )


class MediatorForm(forms.Form):
    """A member of the community, or an elder who is none."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    member = forms.ModelChoiceField(
        label=_("Member of the community"), queryset=Member.objects.none(), required=False, empty_label="—"
    )
    name = forms.CharField(
        label=_("Or the name of somebody who is no member"),
        max_length=rules.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    phone = _phone()

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.queryset = members

    def draft(self) -> MediatorDraft:
        said = self.cleaned_data
        return MediatorDraft(member=said["member"], name=said["name"], phone=said["phone"])


class EmptyForm(forms.Form):
    """Nothing to fill in: the button is the answer."""

"""Forms of the resident's page: asking without an account, following by a code, the last word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases import rules
from guangcai.cases.commands import AskerDraft, CaseDraft
from guangcai.cases.enums import CaseChannel
from guangcai.cases.forms import RaiseForm
from guangcai.cases.models import Item
from guangcai.core.ids import new_id
from guangcai.core.text import is_blank
from guangcai.members.forms.fields import PhoneField
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node

SATISFIED, UNSATISFIED, NOT_SOLVED = "satisfied", "unsatisfied", "not_solved"
WORDS = (
    (SATISFIED, pgettext_lazy("asker", "Solved, and I am satisfied")),
    (UNSATISFIED, pgettext_lazy("asker", "Solved, but I am not satisfied")),
    (NOT_SOLVED, pgettext_lazy("asker", "Not solved")),
)


class PublicForm(RaiseForm):
    """What, where, how to reach; the item stands in the address. Nobody has to say who he is."""

    item = None  # type: ignore[assignment]
    place_levels = (Level.BUILDING,)
    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    phone = PhoneField(
        label=pgettext_lazy("asker", "Your phone"),
        help_text=_("Only whoever sees to it rings you, and only about this."),
        error_messages={"required": _("Write your phone, or mark below that you want to stay unnamed.")},
    )
    name = forms.CharField(
        label=pgettext_lazy("asker", "How shall we call you?"),
        max_length=rules.LONGEST_NAME,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    wants_word = forms.BooleanField(label=_("Tell me by short message, twice at most"), required=False, initial=True)
    is_anonymous = forms.BooleanField(
        label=pgettext_lazy("asker", "I want to stay unnamed"),
        required=False,
        help_text=_(
            "Leave the name out. Without a phone nobody can ask you back: you hear of it under your code only."
        ),
    )

    def __init__(self, *args: Any, community: Node, item: Item, **kwargs: Any) -> None:
        self._item = item
        super().__init__(*args, community=community, **kwargs)
        self.fields["what"].label = pgettext_lazy("asker", "What is the matter?")
        self.fields["place_note"].help_text = _("Floor, door, or which spot.")
        # Who stays unnamed need not be reached.
        self.fields["phone"].required = not self.data.get("is_anonymous")
        self.order_fields(["what", *(bound.name for bound in self.questions)])
        place: Any = self.fields["place"]
        place.empty_label = _("Somewhere else, or I do not know")

    def _chosen(self) -> Item:
        return self._item

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or {}), "item": self._item}

    def draft(self) -> CaseDraft:
        cleaned = self.cleaned_data
        reach = {name: cleaned[name] for name in ("name", "phone", "is_anonymous", "wants_word")}
        return self._draft(CaseChannel.WEB, AskerDraft(**reach))


class CodeField(forms.CharField):
    """Asked for, and refused by nobody before it was looked up: nothing typed is a wrong code like every other."""

    def validate(self, value: str) -> None:
        """Everything goes on to the look-up."""


class CodeForm(forms.Form):
    """The code from the end of the request."""

    code = CodeField(
        label=pgettext_lazy("asker", "Your code"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "maxlength": "40"}),
        help_text=_("Ten letters and numbers. Spaces, dashes and small letters do not matter."),
    )


class WordForm(forms.Form):
    """The asker's last word."""

    word = forms.ChoiceField(label=pgettext_lazy("asker", "Is it solved?"), choices=WORDS, widget=forms.RadioSelect)
    note = forms.CharField(
        label=pgettext_lazy("asker", "What is still to do, or what you want to say"),
        max_length=rules.LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when it is not solved."),
    )

    def __init__(self, *args: Any, may_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_confirm:
            word: Any = self.fields["word"]
            word.choices = [one for one in WORDS if one[0] == NOT_SOLVED]
            word.initial = NOT_SOLVED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("word") == NOT_SOLVED and is_blank(cleaned.get("note", "")):
            self.add_error("note", _("Say in a few words what is still to do."))
        return cleaned

"""Forms of wishes. They read and shape what was typed; the rules stand in rules.py, the verbs in commands."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.core.ids import new_id
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import Node
from guangcai.wishes import rules
from guangcai.wishes.commands import Consent, WishDraft, Word
from guangcai.wishes.enums import AT_FIRST_LOOK, LATER, WishChannel, WishEnd, WishState
from guangcai.wishes.models import Wish, WishKind

NO_CODE = _("Type the code of your wish: it stood on the page after you had sent it, or the desk gave it to you.")
OF_THE_DESK = tuple(choice for choice in WishChannel.choices if choice[0] != WishChannel.ONLINE)


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class KeyedForm(forms.Form):
    """A form that makes a row: it carries the row's id, so that sending it twice is doing it once."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id"].initial = new_id()


class InCommunityForm(KeyedForm):
    """The same in one of the actor's communities."""

    community = CommunityField(label=_("Community"))

    def __init__(self, *args: Any, communities: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["community"]
        field.queryset = communities
        if len(communities) == 1:
            # Nothing is asked that the system knows.
            field.widget, field.initial = forms.HiddenInput(), communities[0].pk


class SaidForm(KeyedForm):
    """What somebody wishes for, and how he is reached: on the page of the community."""

    said = forms.CharField(
        label=_("What do you wish for?"),
        max_length=rules.LONGEST_SAID,
        widget=lines(3),
        help_text=_("Something small that one or a few neighbours can do."),
    )
    name = forms.CharField(label=_("How may we call you?"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("Only the community desk, and later whoever fulfils the wish, sees it."),
    )

    def draft(self) -> WishDraft:
        cleaned = self.cleaned_data
        return WishDraft(
            said=cleaned["said"],
            name=cleaned["name"],
            phone=cleaned["phone"],
            address=cleaned.get("address", ""),
            channel=WishChannel(cleaned.get("channel", WishChannel.ONLINE)),
        )


class WishForm(InCommunityForm, SaidForm):
    """The same, written down by the desk."""

    channel = forms.ChoiceField(label=_("How it came"), choices=OF_THE_DESK, initial=WishChannel.VISIT)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)

    field_order = ("id", "community", "channel", "said", "name", "phone", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = False
        self.fields["said"].label = _("What is wished for")
        self.fields["name"].label = _("Name of the wisher")
        for name in ("said", "phone"):
            self.fields[name].help_text = ""
        self.fields["name"].help_text = _("Sealed: it stands on no list, and every opening is written down.")


class VerifyForm(forms.Form):
    """What everybody will read."""

    kind = forms.ModelChoiceField(label=_("Kind"), queryset=WishKind.objects.offered(), empty_label=None)
    title = forms.CharField(
        label=_("Short name"), max_length=40, help_text=_("For example: a radio for listening to opera.")
    )
    words = forms.CharField(
        label=_("What everybody may read"),
        max_length=300,
        widget=lines(3),
        help_text=_("No name, no phone, no house number: they are refused."),
    )
    people = forms.IntegerField(
        label=_("Most members who do it together"), min_value=1, max_value=rules.MOST_PEOPLE, initial=1
    )

    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        if wish.kind_id is not None:
            names = ("kind", "title", "words", "people")
            kwargs["initial"] = {name: getattr(wish, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = WishKind.objects.offered(keeping=wish.kind_id)  # type: ignore[attr-defined]


class EndWishForm(forms.Form):
    """Why a wish ends, and what its wisher is told."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("What the wisher is told"),
        max_length=rules.LONGEST_NOTE,
        widget=lines(2),
        help_text=_("He reads it with his code. Without a code, call him."),
    )

    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = AT_FIRST_LOOK if wish.state in (WishState.COLLECTED, WishState.VERIFIED) else LATER
        if wish.state != WishState.FULFILLED:
            fitting = tuple(one for one in fitting if one != WishEnd.UNREACHABLE)
        self.fields["reason"].choices = [(one.value, one.label) for one in fitting]  # type: ignore[attr-defined]


class FulfilForm(KeyedForm):
    """What was done for a wish."""

    done_on = forms.DateField(label=_("On which day"), widget=day_input())
    what = forms.CharField(label=_("What was done"), max_length=rules.LONGEST_WHAT, widget=lines(2))


class AnswerForm(KeyedForm):
    """The wisher's word."""

    came_true = forms.ChoiceField(
        label=_("Has the wish come true?"),
        choices=[("yes", _("Yes, it has come true")), ("no", _("Not yet"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What is missing, or what else you would like to say"),
        max_length=rules.LONGEST_WHAT,
        widget=lines(2),
        required=False,
    )

    def word(self) -> Word:
        cleaned = self.cleaned_data
        return Word(came_true=cleaned["came_true"] == "yes", words=cleaned["words"], id=cleaned["id"])


class OwnThanksForm(forms.Form):
    """Thanks, as the wisher writes them himself."""

    words = forms.CharField(label=_("A few words of thanks"), max_length=rules.LONGEST_NOTE, widget=lines(2))
    agrees = forms.BooleanField(
        label=_("Others may read them, without my name"),
        required=False,
        help_text=_("You can take it back at any time."),
    )


class ThanksForm(OwnThanksForm):
    """The same, written down by the desk."""

    given_on = forms.DateField(label=_("He agreed on"), widget=day_input(), required=False)
    how = forms.CharField(
        label=_("How he said so"), max_length=rules.LONGEST_HOW, required=False, help_text=_("On the phone, in person.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"].label = pgettext_lazy("wish", "The wisher agrees that others read them")
        self.fields["agrees"].help_text = ""

    def consent(self) -> Consent | None:
        cleaned = self.cleaned_data
        return Consent(cleaned["given_on"], cleaned["how"]) if cleaned["agrees"] else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("agrees") and not cleaned.get("given_on"):
            self.add_error("given_on", _("Say on which day he agreed."))
        return cleaned


class CodeForm(forms.Form):
    """The code from the slip, as typed: capitals, blanks and hyphens do not matter."""

    code = forms.CharField(
        label=_("Code of your wish"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": NO_CODE},
        help_text=_("Sixteen letters and numbers. Spaces, dashes and capitals do not matter."),
    )

    def clean_code(self) -> str:
        code = "".join(sign for sign in self.cleaned_data["code"].lower() if sign.isalnum())
        if not code:
            raise forms.ValidationError(NO_CODE)
        return code

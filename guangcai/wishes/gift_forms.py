"""Forms of campaigns, receipts and aid. Money is typed in yuan and kept in whole fen."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guangcai.members.models import Member
from guangcai.wishes import gift_rules as rules
from guangcai.wishes.commands import GiftDraft
from guangcai.wishes.enums import GiftForm, GiverKind
from guangcai.wishes.forms import InCommunityForm, KeyedForm, day_input, lines
from guangcai.wishes.models import AidKind, AidMeasure, AidOutcome

FEN_IN_YUAN = 100


class YuanField(forms.CharField):
    """A sum as people write it (1, 20.50, 1,200); whole fen inside."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace(",", "").strip()
        if not text:
            return None
        try:
            fen = Decimal(text) * FEN_IN_YUAN
        except InvalidOperation as wrong:
            raise ValidationError(_("Give the sum in yuan, for example 1 or 20.50.")) from wrong
        if not fen.is_finite() or fen != int(fen) or fen <= 0:
            raise ValidationError(_("Give the sum in yuan, for example 1 or 20.50."))
        if fen > rules.MOST_FEN:
            most = {"most": f"{rules.MOST_FEN // FEN_IN_YUAN:,}"}
            raise ValidationError(_("At most %(most)s yuan at a time: look at the figure.") % most)
        return int(fen)


def yuan(**more: Any) -> YuanField:
    return YuanField(
        label=_("Sum in yuan"), max_length=16, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **more
    )


class CampaignForm(InCommunityForm):
    """What is collected for."""

    title = forms.CharField(label=_("Name of the campaign"), max_length=40)
    goal = forms.CharField(label=_("What it is for"), max_length=300, widget=lines(3))


class ResultForm(forms.Form):
    """What became of a campaign."""

    result = forms.CharField(label=_("What became of it"), max_length=300, widget=lines(3))


class ReceiptForm(KeyedForm):
    """Who gave what, on which day."""

    form = forms.ChoiceField(
        label=_("What was given"), choices=GiftForm.choices, widget=forms.RadioSelect, initial=GiftForm.MONEY
    )
    yuan = yuan(required=False)
    goods = forms.CharField(
        label=_("Goods"), max_length=40, required=False, help_text=_("Only for goods: for example books.")
    )
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=rules.MOST_GOODS, required=False)
    measure = forms.CharField(label=_("Counted in"), max_length=10, required=False)
    giver_kind = forms.ChoiceField(
        label=_("Who gave"), choices=GiverKind.choices, widget=forms.RadioSelect, initial=GiverKind.ANONYMOUS
    )
    member = forms.ModelChoiceField(
        label=_("Member"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )
    giver_name = forms.CharField(
        label=_("Name of the giver"),
        max_length=40,
        required=False,
        help_text=_("Sealed: it stands on the receipt only."),
    )
    given_on = forms.DateField(label=_("Date"), widget=day_input())

    def __init__(self, *args: Any, members: QuerySet[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]

    def draft(self) -> GiftDraft:
        cleaned = self.cleaned_data
        kind = GiverKind(cleaned["giver_kind"])
        return GiftDraft(
            form=GiftForm(cleaned["form"]),
            giver_kind=kind,
            given_on=cleaned["given_on"],
            member=cleaned["member"] if kind == GiverKind.MEMBER else None,
            giver_name=cleaned["giver_name"],
            fen=cleaned["yuan"],
            goods=cleaned["goods"],
            quantity=cleaned["quantity"],
            measure=cleaned["measure"],
        )


class SpendingForm(KeyedForm):
    """What the money went to."""

    spent_on = forms.DateField(label=_("Date"), widget=day_input())
    yuan = yuan()
    what = forms.CharField(label=_("What it went to"), max_length=120)


class ReasonForm(forms.Form):
    """Why a row is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=rules.LONGEST_REASON)


class ProgrammeForm(InCommunityForm):
    """A programme of aid."""

    kind = forms.ModelChoiceField(label=_("Kind"), queryset=AidKind.objects.offered(), empty_label=None)
    title = forms.CharField(label=_("Name of the programme"), max_length=40)
    run_by = forms.CharField(label=_("Who runs it"), max_length=60)
    since = forms.DateField(label=_("Since"), widget=day_input())


class ProgrammeEndForm(forms.Form):
    """The last day of a programme."""

    ended_on = forms.DateField(label=_("Last day"), widget=day_input())


class OutcomeForm(KeyedForm):
    """So many of something on a day."""

    measure = forms.ModelChoiceField(
        label=_("What is counted"), queryset=AidMeasure.objects.offered(), empty_label=None
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=rules.MOST_COUNTED)
    on = forms.DateField(label=_("Date"), widget=day_input())
    source = forms.CharField(
        label=_("Where the number comes from"), max_length=80, help_text=_("For example: sign-in list of the fair.")
    )


class CorrectionForm(KeyedForm):
    """The right number in the place of a wrong one."""

    count = forms.IntegerField(
        label=_("The right number"), min_value=0, max_value=rules.MOST_COUNTED, help_text=_("0 takes it back.")
    )
    reason = forms.CharField(label=_("Why the number was wrong"), max_length=rules.LONGEST_REASON)

    def __init__(self, *args: Any, corrects: AidOutcome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"].initial = corrects.count

"""The lists of this room that the district keeps on a screen."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.kinds import KindList
from guangcai.members.models import ServiceKind
from guangcai.wishes.models import AidKind, AidMeasure, WishKind


def _counts_as() -> Mapping[str, forms.Field]:
    field = forms.ModelChoiceField(label=_("Work for such a wish counts as"), queryset=ServiceKind.objects.all())
    return {"service_kind": field}


def _measured() -> Mapping[str, forms.Field]:
    people = forms.BooleanField(
        label=_("These are people in need"),
        required=False,
        initial=True,
        help_text=_("Outside their desk their number is shown in fives."),
    )
    return {"unit": forms.CharField(label=_("Measure word"), max_length=10), "counts_people": people}


LISTS = (
    KindList("wishes", _("Kinds of wishes"), WishKind, fields=_counts_as),
    KindList("aid-programmes", _("Kinds of aid programmes"), AidKind),
    KindList("aid-results", _("What aid programmes count"), AidMeasure, fields=_measured),
)

"""The list of this room that the district keeps on a screen."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.kinds import KindList
from guangcai.members.models import ServiceKind
from guangcai.studios.models import StudioKind


def _counts_as() -> Mapping[str, forms.Field]:
    field = forms.ModelChoiceField(label=_("Sitting there counts as"), queryset=ServiceKind.objects.all())
    return {"service_kind": field}


LISTS = (KindList("studios", _("Kinds of studios"), StudioKind, fields=_counts_as),)

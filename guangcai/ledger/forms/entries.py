"""Typing in a service that no shift recorded; a reason for what is undone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.ledger.forms.fields import TimeSpanForm
from guangcai.members.models import ServiceKind
from guangcai.orgs.models import Node


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The member reads it.")
    )


class BackFillForm(TimeSpanForm):
    """id: made when the form is drawn; it becomes the entry's."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    community = forms.ModelChoiceField(label=_("Recording community"), queryset=Node.objects.none(), empty_label=None)
    activity_name = forms.CharField(label=_("Activity name"), max_length=120)
    kind = forms.ModelChoiceField(label=_("Kind of service"), queryset=ServiceKind.objects.all(), empty_label=None)
    content = forms.CharField(label=_("Content of service"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    place = forms.CharField(label=_("Place"), max_length=120)
    lead_name = forms.CharField(label=_("Activity lead"), max_length=60)
    reason = forms.CharField(
        label=_("Why it is entered later"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays visible with the record. The secretary has to approve it."),
    )
    field_order = (
        "id", "community", "activity_name", "kind", "day", "begins", "ends", "minutes", "place", "content", "lead_name",
        "deeds", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Node.objects.communities().held_by(actor, Permission.ENTRY_RECORD)
        self.fields["community"].queryset = places.order_by("code")  # type: ignore[attr-defined]

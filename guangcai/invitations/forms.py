"""Forms of finding people."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.invitations.enums import Subject
from guangcai.orgs.forms.fields import CommunityField
from guangcai.orgs.models import Node


class RoundForm(forms.Form):
    """For what people are looked for, and in which community."""

    community = CommunityField(label=_("Community"))
    subject = forms.ChoiceField(label=_("For whom or what"), choices=Subject.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Node.objects.in_force(on).communities().held_by(actor, Permission.INVITATION_EDIT).order_by("code")
        field = self.fields["community"]
        assert isinstance(field, CommunityField)
        field.queryset = places
        self.initial.setdefault("subject", Subject.HOUSEHOLDS)
        if places.count() == 1:
            self.initial.setdefault("community", places.first())
            field.widget = forms.HiddenInput()

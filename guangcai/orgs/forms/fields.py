"""Fields other rooms use too: a place found by name or code, time in hours."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.timezone import localdate

from guangcai.core import units
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.orgs.models import Node
from guangcai.orgs.queries import node_named


class NodePicker(forms.TextInput):
    """A text box that offers places while one types; without scripts the name or code is simply typed."""

    template_name = "orgs/node_picker.html"

    def __init__(self, *, level: str = "") -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})
        self.level = level

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_places"
        context["widget"]["attrs"]["list"] = list_id
        context |= {"list_id": list_id, "level": self.level, "places_url": reverse_lazy("orgs:places")}
        return context


class NodeField(forms.CharField):
    """A place of the actor's area, by name or code. Set `field.actor` in the form's constructor."""

    actor: Actor | None = None

    def __init__(self, *, level: str = "", **kwargs: Any) -> None:
        super().__init__(widget=NodePicker(level=level), **kwargs)
        self.level = level

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Node) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        assert self.actor is not None
        seen = Node.objects.visible_to(self.actor)
        try:
            return node_named(text.split(" ")[0], among=seen, level=self.level, on=localdate())
        except RuleBroken as broken:
            raise ValidationError(str(broken)) from broken


class CommunityField(forms.ModelChoiceField):
    """One of the actor's communities, by name. Set the queryset in the form's constructor."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Node.objects.none(), **kwargs)

    def label_from_instance(self, obj: Node) -> str:
        return obj.name


class HoursField(forms.CharField):
    """Hours as people write them (1.5, 1:30, 90 min); whole minutes inside."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return units.hours(value).removesuffix(".00") if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return units.parse_minutes(text, most=self.most)
        except RuleBroken as broken:
            raise ValidationError(str(broken)) from broken


class DayField(forms.DateField):
    """A day with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


def for_actor(form: forms.Form, actor: Actor, names: Iterable[str]) -> None:
    """Tell the place fields of a form who chooses."""
    for name in names:
        field = form.fields[name]
        assert isinstance(field, NodeField)
        field.actor = actor

"""Selects are drawn as Django draws them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from guangcai.core.rendering import QuickSelects

CHOICES: list[Any] = [("", "All"), ("a<b", "南园 & “x”"), ("Street", [("1", "One"), ("2", "<Two>")])]


@pytest.mark.parametrize("value", ["", "a<b", "2", None])
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_a_select_is_drawn_as_django_draws_it(widget: type[forms.Select], value: str | None) -> None:
    attrs = {"id": "id_x", "class": "form-select", "required": True, "disabled": False}
    drawn = widget() if widget is forms.NullBooleanSelect else widget(choices=CHOICES)
    shown = [drawn.render("x<y", value, attrs, renderer) for renderer in (QuickSelects(), DjangoTemplates())]
    assert shown[0].split() == shown[1].split()


def test_the_installation_uses_it() -> None:
    assert isinstance(forms.Form().renderer, QuickSelects)

"""Drawing form fields the house way: label, hint and error above the control, "optional" instead of asterisks."""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, Form
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _

register = template.Library()

Context = dict[str, Any]


def _shape(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "single"


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def _attributes(bound: BoundField) -> dict[str, str | bool]:
    classes = [_css_class(bound.field.widget), bound.field.widget.attrs.get("class", "")]
    described = [f"{bound.id_for_label}_hint"] if bound.help_text else []
    if bound.errors:
        classes.append("is-invalid")
        described.append(f"{bound.id_for_label}_error")
    attributes: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if described and _shape(bound.field.widget) != "choices":
        attributes["aria-describedby"] = " ".join(described)
    return attributes


def _is_always_given(bound: BoundField) -> bool:
    """A tick box says no by itself; of a radio group with a choice made before, one is always sent."""
    widget = bound.field.widget
    return isinstance(widget, forms.CheckboxInput) or (isinstance(widget, forms.RadioSelect) and bool(bound.value()))


def _name_the_blank(widget: forms.Widget) -> None:
    """Django's row of dashes for "nothing chosen" becomes a word."""
    if isinstance(widget, forms.Select):
        dashes, word = BLANK_CHOICE_DASH[0][1], _("Not chosen")
        widget.choices = [(key, word if text == dashes else text) for key, text in _choices(widget)]


def _choices(widget: forms.Select) -> Iterable[tuple[Any, Any]]:
    """Rows to choose from are fetched in one trip; Django opens a cursor on the server for them, three."""
    offered: Any = widget.choices
    if not isinstance(offered, ModelChoiceIterator):
        return list(offered)
    blank = [] if offered.field.empty_label is None else [("", offered.field.empty_label)]
    return blank + [offered.choice(row) for row in offered.queryset]


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, label: str = "", hide_label: bool = False) -> Context:
    """One field with its label, hint and errors."""
    _name_the_blank(bound.field.widget)
    attributes = _attributes(bound)
    if _shape(bound.field.widget) == "choices":
        # Subwidgets take their class from the widget; the field is this form's own copy.
        bound.field.widget.attrs["class"] = "form-check-input"
    return {
        "bound": bound,
        "shape": _shape(bound.field.widget),
        "label": label or bound.label,
        "hide_label": hide_label,
        "control": bound.as_widget(attrs=attributes),
        "options": list(bound.subwidgets) if _shape(bound.field.widget) == "choices" else [],
        "is_optional": not bound.field.required and not _is_always_given(bound),
        "errors": [str(error) for error in bound.errors],
    }


@register.inclusion_tag("components/form_page.html", takes_context=True)
def form_page(
    context: template.Context,
    form: Form,
    *,
    submit: str,
    cancel: str = "",
    action: str = "",
    method: str = "post",
    multipart: bool = False,
    danger: bool = False,
) -> Context:
    """A whole form: summary of errors, fields (or the form's own crispy layout), one primary button."""
    helper: Any = getattr(form, "helper", None)
    has_layout = getattr(helper, "layout", None) is not None
    if has_layout:
        # The form element, its token and the errors on top are drawn here.
        helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, True
    return {
        "csrf_token": context.get("csrf_token", ""),
        "form": form,
        "has_layout": has_layout,
        "submit": submit,
        "cancel": cancel,
        "action": action,
        "method": method,
        "multipart": multipart or form.is_multipart(),
        "danger": danger,
    }

"""Tags that draw one component each, with every parameter spelled out. Loaded through `{% load core %}`."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import segno
from django import template
from django.forms import BoundField, CheckboxSelectMultiple, Form, RadioSelect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from guangcai.core import units
from guangcai.core.listing import Listing
from guangcai.core.screens import JobView, Tab, TimelineItem

register = template.Library()

Context = dict[str, Any]
TONE_ICONS = {
    "good": "circle-check",
    "wait": "clock",
    "bad": "alert-circle",
    "info": "info-circle",
    "idle": "circle-dashed",
}
QR_SIZES = (160, 240, 320)
CHART_HEIGHTS = (240, 320, 480)


def _tone(tone: str) -> str:
    if tone not in TONE_ICONS:
        raise template.TemplateSyntaxError(f"tone {tone!r} is none of {', '.join(TONE_ICONS)}")
    return tone


@cache
def _drawn(name: str) -> SafeString:
    """A list shows hundreds of icons: each is drawn once."""
    use = format_html('<use href="{}#{}"></use>', static("vendor/icons.svg"), name)
    return format_html('<svg class="gc-icon" aria-hidden="true" focusable="false">{}</svg>', use)


@register.simple_tag
def icon(name: str, label: Any = "") -> SafeString:
    """One icon of the sprite (assets/icons.txt). Without a label it is decoration and screen readers skip it."""
    if not label:
        return _drawn(name)
    use = format_html('<use href="{}#{}"></use>', static("vendor/icons.svg"), name)
    return format_html('<svg class="gc-icon" role="img" aria-label="{}">{}</svg>', label, use)


# --- acting ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/button.html")
def button(
    text: str,
    *,
    url: str = "",
    kind: str = "secondary",
    icon: str = "",
    type: str = "submit",  # the HTML attribute's own name
    name: str = "",
    value: str = "",
    form: str = "",
    wide: bool = False,
    disabled: bool = False,
    confirm: str = "",
    external: bool = False,
    download: bool = False,
) -> Context:
    """A link when `url` is given, else a button. One primary per screen."""
    return {
        "text": text,
        "url": url,
        "kind": kind,
        "icon": icon,
        "type": type,
        "name": name,
        "value": value,
        "form": form,
        "wide": wide,
        "disabled": disabled,
        "confirm": confirm,
        "external": external,
        "download": download,
    }


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(
    context: template.Context,
    text: str,
    *,
    action: str,
    fields: dict[str, Any] | None = None,
    kind: str = "secondary",
    icon: str = "",
    confirm: str = "",
    wide: bool = False,
) -> Context:
    """A button that is its own POST form; `fields` travel hidden."""
    return {
        "csrf_token": context.get("csrf_token", ""),
        "text": text,
        "action": action,
        "fields": (fields or {}).items(),
        "kind": kind,
        "icon": icon,
        "confirm": confirm,
        "wide": wide,
    }


@register.inclusion_tag("components/back_link.html")
def back_link(url: str, text: str) -> Context:
    return {"url": url, "text": text}


@register.simple_tag
def panel_attrs(url: str) -> SafeString:
    """Attributes that open `url` in the side panel where scripts run; the link itself stays."""
    return format_html('hx-get="{}" hx-target="#panel-body" hx-swap="innerHTML" data-panel', url)


# --- saying ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def state(text: str, tone: str = "idle", *, icon: str = "") -> SafeString:
    """A word with an icon; the colour only repeats what they say. Without a template: every row of a list has one."""
    drawn = _drawn(icon or TONE_ICONS[_tone(tone)])
    return format_html('<span class="gc-state gc-{}">{}<span>{}</span></span>\n', tone, drawn, text)


@register.simple_block_tag
def notice(content: SafeString, tone: str = "info", *, title: str = "", icon: str = "") -> str:
    """A box with an icon; `bad` and `wait` name the reason and hold the next step."""
    shown = {"tone": _tone(tone), "title": title, "icon": icon or TONE_ICONS[tone], "content": content}
    return render_to_string("components/notice.html", shown)


@register.inclusion_tag("components/broken.html")
def broken(error: Exception | None) -> Context:
    """A caught refusal in its own words; nothing for None."""
    return {"text": str(error) if error else ""}


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, *, text: str = "", url: str = "", action: str = "", icon: str = "inbox") -> Context:
    """What is not there, and the next useful thing."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.simple_block_tag(takes_context=True)
def confirm_page(
    context: template.Context,
    content: SafeString,
    *,
    submit: str,
    cancel: str,
    action: str = "",
    tone: str = "primary",
) -> str:
    """ "Check your answers": what will happen and to whom (the block), then one button."""
    shown = {
        "csrf_token": context.get("csrf_token", ""),
        "content": content,
        "submit": submit,
        "cancel": cancel,
        "action": action,
        "tone": tone,
    }
    return render_to_string("components/confirm_page.html", shown)


# --- figures --------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/figure.html")
def figure(
    label: str, value: Any, *, url: str = "", unit: str = "", note: str = "", tone: str = "", icon: str = ""
) -> Context:
    """One number with its word; `url` opens the rows behind it."""
    return {"label": label, "value": value, "url": url, "unit": unit, "note": note, "tone": tone, "icon": icon}


def _share(value: int, goal: int) -> int:
    """Whole percent of the goal, at most 100; without a goal the circle stays empty."""
    return min(100, value * 100 // goal) if goal else 0


@register.inclusion_tag("components/rings.html")
def rings(minutes: int, minutes_goal: int, deeds: int, deeds_goal: int, *, url: str = "") -> Context:
    """The year as two rings. A goal of 0 means that nothing is owed."""
    return {
        "hours": units.hours(minutes),
        "hours_goal": units.hours(minutes_goal).removesuffix(".00"),
        "hours_share": _share(minutes, minutes_goal),
        "hours_met": minutes >= minutes_goal,
        "deeds": deeds,
        "deeds_goal": deeds_goal,
        "deeds_share": _share(deeds, deeds_goal),
        "deeds_met": deeds >= deeds_goal,
        "nothing_owed": not minutes_goal and not deeds_goal,
        "url": url,
    }


@register.inclusion_tag("components/meter.html")
def meter(value: int, goal: int, label: str, *, unit: str = "") -> Context:
    return {"value": value, "goal": goal, "label": label, "unit": unit, "share": _share(value, goal)}


@register.inclusion_tag("components/chart.html")
def chart(id: str, option: dict[str, Any], caption: str, *, table_url: str = "", height: int = 320) -> Context:
    """An ECharts canvas; the numbers also stand in a table on the page or behind `table_url`."""
    if height not in CHART_HEIGHTS:
        raise template.TemplateSyntaxError(f"height {height} is none of {CHART_HEIGHTS}")
    return {
        "id": id,
        "option": option,
        "option_id": f"{id}-option",
        "caption": caption,
        "table_url": table_url,
        "height": height,
    }


@register.inclusion_tag("components/qr.html")
def qr(text: str, label: str, *, size: int = 240) -> Context:
    """A QR code as SVG shapes, dark on a white plate in every theme. `text` is ASCII (an address, a signed code)."""
    if size not in QR_SIZES:
        raise template.TemplateSyntaxError(f"size {size} is none of {QR_SIZES}")
    code = segno.make(text, error="m", micro=False)
    width = code.symbol_size(scale=1, border=2)[0]
    path = " ".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix_iter(scale=1, border=2))
        for x, dark in enumerate(row)
        if dark
    )
    return {"label": label, "size": size, "width": width, "path": path}


# --- lists ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/sort_th.html", takes_context=True)
def sort_th(context: template.Context, text: str, key: str, listing: Listing, *, numeric: bool = False) -> Context:
    """A table head whose link sorts, and turns the order around when it already does."""
    up = listing.sort == key
    query = context["request"].GET.copy()
    query["sort"] = f"-{key}" if up else key
    query.pop("page", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(listing.sort, "none")
    return {"text": text, "url": f"?{query.urlencode()}", "order": order, "numeric": numeric}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, listing: Listing) -> Context:
    return {"page": listing.page, "request": context["request"]}


@register.inclusion_tag("components/chips.html")
def chips(listing: Listing) -> Context:
    return {"chips": listing.chips, "q": listing.q}


@register.simple_tag
def pick(id: Any, label: Any) -> SafeString:
    """The row's checkbox for the bulk bar."""
    return format_html(
        '<input type="checkbox" class="form-check-input" name="ids" value="{}" form="bulk" aria-label="{}">', id, label
    )


@register.inclusion_tag("components/pick_all.html")
def pick_all() -> Context:
    """The head's checkbox: all rows of this page; drawn by the script, since it does nothing without one."""
    return {}


@register.inclusion_tag("components/search_box.html")
def search_box(*, name: str = "q", value: str = "", label: str, id: str = "search") -> Context:
    return {"name": name, "value": value, "label": label, "id": id}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Tab], *, label: str = "") -> Context:
    return {"items": tuple(items), "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(items: Iterable[TimelineItem]) -> Context:
    return {"items": [(item, item.icon or TONE_ICONS[_tone(item.tone)]) for item in items]}


@register.inclusion_tag("components/job.html")
def job_progress(job: JobView) -> Context:
    return {"job": job}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Form) -> Context:
    """Everything wrong with these forms or formsets, each line linked to its field."""
    lines: list[tuple[str, str, str]] = []
    for form in _flat(forms):
        lines += [("", "", str(error)) for error in form.non_field_errors()]
        for bound in form:
            lines += [(_anchor(bound), _without_colon(bound.label), str(error)) for error in bound.errors]
    return {"lines": lines}


def _without_colon(label: object) -> str:
    """A label as the head of a line: the line sets its own colon, also after a column of a list that ends in one."""
    return str(label or "").rstrip(":\uff1a ")


def _anchor(bound: BoundField) -> str:
    """The control to jump to; of several boxes the first."""
    several = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    return f"#{bound.auto_id}_0" if several else f"#{bound.id_for_label}"


def _flat(forms: Iterable[Any]) -> Iterable[Any]:
    for form in forms:
        if hasattr(form, "management_form"):
            yield from form.forms
        elif form is not None:
            yield form


@register.simple_tag
def hidden_query(query: Any, *without: str) -> SafeString:
    """The query string as hidden inputs, for a GET form that changes only part of it."""
    pairs = ((key, value) for key, values in query.lists() if key not in without for value in values)
    return format_html_join(mark_safe("\n"), '<input type="hidden" name="{}" value="{}">', pairs)

"""The forms people see, filled in as a browser would: what stands in them, and something fitting where they ask.

Collected from every page of the sweep, by the address they are sent to. A new form is filled in without being listed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from lxml import html

Fields = dict[str, list[str]]
# By the name of a field; what no rule of the house would refuse in the demo's November.
FITTING = {
    "phone": "13912345678",
    "pin": "4071",
    "code": "210802004999",
    "since": "2026-11-20",
    "until": "2026-11-25",
    "day": "2026-11-26",
    "on": "2026-11-20",
    "start_time": "09:00",
    "end_time": "10:00",
    "starts_on": "2026-11-26",
    "ends_on": "2026-12-26",
    "minutes": "60",
    "places": "5",
    "count": "1",
    "head_count": "1",
}
FITTING_TEXT = "守护"
BY_TYPE = {"date": "2026-11-20", "time": "09:00", "number": "1", "tel": "13912345678"}
# Said where no page of the demo shows the form just now: what such forms ask for.
SAID: Fields = {
    "csrfmiddlewaretoken": ["guard"],
    "text": [FITTING_TEXT],
    "reason": [FITTING_TEXT],
    "proof": [FITTING_TEXT],
    "answer": ["acknowledged"],
    "opinion": ["active"],
    "kind": ["ill"],
    "since": [FITTING["since"]],
    "on": [FITTING["on"]],
    "hours": ["1"],
    "deeds": ["1"],
}
# A list's form is sent with rows ticked: address -> the addresses of the rows.
TICKED = {
    "appraisal:approvals": "appraisal:sheet",
    "appraisal:verdicts": "appraisal:appraisal",
    "members:acceptances": "members:report_in",
    "ledger:confirmations": "ledger:entry",
    "invitations:decisions": "invitations:others",
}


@dataclass(frozen=True)
class Form:
    """A form on a page: who sees it, where it is sent, and what a browser would send."""

    seen_by: str
    path: str
    fields: Fields = field(default_factory=dict)

    @property
    def key(self) -> str | None:
        """The id of the row it makes, if it makes one."""
        return self.fields["id"][0] if self.fields.get("id") else None


def forms_on(page: bytes, path: str, seen_by: str) -> Iterable[tuple[str, Form]]:
    """(address, form) of every form of `page` that writes."""
    document = html.fromstring(page)
    for form in document.forms:
        if (form.method or "GET").upper() != "POST":
            continue
        target = urlsplit(urljoin(path, form.action or path)).path
        try:
            name = resolve(target).view_name
        except Resolver404:
            continue
        yield name, Form(seen_by, target, _filled(form))


def _filled(form: html.FormElement) -> Fields:
    fields: Fields = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    for control in form.inputs:
        name = control.name
        if name and not any(value.strip() for value in fields.get(name, ())) and _asks(control):
            fields[name] = [_fitting(control)]
    return fields


def _asks(control: html.HtmlElement) -> bool:
    return "required" in control.attrib or control.name in FITTING


def _fitting(control: html.HtmlElement) -> str:
    if isinstance(control, html.SelectElement):
        return next((value for value in control.value_options if value), "")
    if control.get("type") in ("checkbox", "radio"):
        return control.get("value") or "on"
    return FITTING.get(control.name) or BY_TYPE.get(control.get("type", ""), FITTING_TEXT)


def first_of_each(found: Iterable[tuple[str, Form]]) -> Mapping[str, Form]:
    """One form for every address: the first seen."""
    once: dict[str, Form] = {}
    for name, form in found:
        once.setdefault(name, form)
    return once


def said_to(name: str, paths: Mapping[str, str], forms: Mapping[str, Form]) -> Fields:
    """What is posted to an address: its form as a browser fills it in, else what such forms ask for."""
    fields = dict(forms[name].fields if name in forms else SAID)
    if name in TICKED:
        fields |= {"ids": [paths[TICKED[name]].rstrip("/").rpartition("/")[2]]}
        fields.setdefault("verb", ["approve"])
    if name not in forms and "members:person" in paths:
        fields |= {"member": [paths["members:person"].rstrip("/").rpartition("/")[2]]}
    return fields

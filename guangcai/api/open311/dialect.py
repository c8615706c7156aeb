"""How the dialect is written: the same answer as JSON and as XML, and refusals in its own form.

An answer is a list of records or one record: dicts of texts, lists and dicts. In XML a list of `services` holds
elements named `service`. Sources: Open311 GeoReport v2.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

from django.http import HttpResponse

JSON, XML = "json", "xml"
TYPES: Final = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
# What XML 1.0 has no way to write.
UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ELEMENTS: Final = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


class Fault(Exception):
    """A refusal: the status of the answer and one sentence."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


@dataclass(frozen=True)
class Spoken:
    """An answer and the name of its root element in XML."""

    root: str
    body: Sequence[Mapping[str, Any]] | Mapping[str, Any]


def written(spoken: Spoken, form: str, *, status: int = 200) -> HttpResponse:
    """The answer in one of the two forms; kept by nothing on the way."""
    content = _xml(spoken) if form == XML else json.dumps(spoken.body, ensure_ascii=False).encode()
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(content, content_type=TYPES.get(form, TYPES[JSON]), status=status, headers=headers)


def refused(fault: Fault, form: str) -> HttpResponse:
    errors = [{"code": fault.status, "description": fault.description}]
    return written(Spoken("errors", errors), form, status=fault.status)


def moment(value: datetime | None) -> str:
    """A moment as W3C writes it, in UTC; "" for none."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


def _xml(spoken: Spoken) -> bytes:
    root = ElementTree.Element(spoken.root)
    _fill(root, spoken.body)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(ElementTree.SubElement(element, name), inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _fill(ElementTree.SubElement(element, ELEMENTS[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = UNWRITABLE.sub("", str(value))

"""A client of any Open311 GeoReport v2 server, written from the specification alone (wiki.open311.org/GeoReport_v2).

It knows the addresses, the fields and the two forms, and nothing of ours.
"""

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.test import Client

ENDPOINT = "/open311/v2"
# Elements that hold a row of elements of one name; `formats` holds words.
LISTS = ("services", "service_requests", "errors", "attributes", "values", "endpoints", "formats")


@dataclass
class Georeport:
    """A client of any GeoReport v2 server. Both formats are read into the same shapes."""

    browser: Client
    api_key: str = ""
    form: str = "json"
    jurisdiction: str = ""

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        if self.jurisdiction:
            query["jurisdiction_id"] = self.jurisdiction
        return self._read(self.browser.get(f"{ENDPOINT}/{path}.{self.form}", query))

    def post(self, **fields: str) -> tuple[int, Any]:
        return self._read(self.browser.post(f"{ENDPOINT}/requests.{self.form}", {"api_key": self.api_key} | fields))

    def _read(self, answer: Any) -> tuple[int, Any]:
        if self.form == "json":
            assert answer["Content-Type"] == "application/json; charset=utf-8"
            return answer.status_code, json.loads(answer.content)
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
        return answer.status_code, self._from_xml(ElementTree.fromstring(answer.content))

    def _from_xml(self, element: ElementTree.Element) -> Any:
        if element.tag in LISTS:
            return [self._from_xml(one) for one in element]
        return {one.tag: self._from_xml(one) for one in element} if len(element) else element.text or ""

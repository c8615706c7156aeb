"""What is read from a request, strictly: JSON bodies only, every query parameter known and sent once."""

from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from guangcai.api.refusals import WrongContentType, read_strictly, unreadable

JSON = "application/json"


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raises WrongContentType for anything but JSON in UTF-8, RuleBroken for what cannot be read."""
        charset = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type != JSON or charset.lower() not in ("utf-8", "utf8"):
            raise WrongContentType(_("Send the body as application/json in UTF-8."), code="content_type")
        return read_strictly(request.body)

    def parse_querydict(self, data: MultiValueDict, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        for name in data:
            if len(data.getlist(name)) > 1 and name not in list_fields:
                raise unreadable(_("This parameter stands in the address twice."), code="twice", field=name[:60])
        return super().parse_querydict(data, list_fields, request)

"""The methods of the dialect: discovery, services, one service, raising, requests, one request, tokens."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DataError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from guangcai.api.open311 import asking, keys
from guangcai.api.open311.dialect import JSON, TYPES, XML, Fault, Spoken, moment, refused, written
from guangcai.cases import commands
from guangcai.cases.enums import FieldKind
from guangcai.cases.models import Item
from guangcai.cases.queries import exchange
from guangcai.core.errors import DomainError
from guangcai.core.http import posted

View = Callable[..., Spoken]
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When this endpoint last changed what it says.
CHANGED = "2026-11-22T00:00:00Z"
UNREADABLE = (BadRequest, MultiPartParserError, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, DataError)
DATATYPES = {FieldKind.TEXT: "text", FieldKind.NUMBER: "number", FieldKind.CHOICE: "singlevaluelist"}


def _spoken(**views: View) -> Callable[..., HttpResponse]:
    """One address: a view for each method it knows. Every refusal leaves in the dialect's own form."""

    @csrf_exempt
    def answered(request: HttpRequest, *, form: str, **found: Any) -> HttpResponse:
        try:
            return written(_answer(request, views, form, found), form)
        except Fault as fault:
            return refused(fault, form)
        except DomainError as broken:
            return refused(_fault_of(broken), form)
        except UNREADABLE:
            return refused(Fault(400, _("The request cannot be read.")), form)

    return answered


def _fault_of(broken: DomainError) -> Fault:
    """A refusal of ours in the words of the dialect: it begins with the argument that is to be mended."""
    status = 400 if broken.status == 422 else broken.status
    words = str(broken.message) or _("There is nothing here, or nothing for you.")
    name = asking.ARGUMENTS.get(broken.field or "")
    return Fault(status, f"{name}: {words}" if name else words)


def _answer(request: HttpRequest, views: dict[str, View], form: str, found: dict[str, Any]) -> Spoken:
    if form not in TYPES:
        raise Fault(404, _("Answers are written as json or xml."))
    view = views.get("GET" if request.method == "HEAD" else request.method or "")
    if view is None:
        raise Fault(405, _("This address does not know this method."))
    for said in (request.GET, request.POST):
        asking.only_text(said)
    jurisdiction = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    if jurisdiction and not exchange.is_jurisdiction(jurisdiction, on=timezone.localdate()):
        raise Fault(404, _("jurisdiction_id was not found: it is the district's code of six digits."))
    return view(request, **found)


def _discovery(request: HttpRequest) -> Spoken:
    """Where the dialect is spoken, how a key is had, and what is not as other servers have it."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri(reverse("open311:nothing", args=["x"]))[:-1],
        "changeset": CHANGED,
        "type": "production",
        "formats": [TYPES[form].partition(";")[0] for form in (XML, JSON)],
    }
    contact = _(
        "A request names its place by address_id (the community's code) or by an address_string that holds the "
        "community's name. lat, long and media_url are not kept. jurisdiction_id is the district's code of six digits."
    )
    keys_at = request.build_absolute_uri(reverse("accounts:tokens"))
    return Spoken(
        "discovery", {"changeset": CHANGED, "contact": contact, "key_service": keys_at, "endpoints": [endpoint]}
    )


def _services(request: HttpRequest) -> Spoken:
    """Everything that can be asked for in the district."""
    rows = exchange.services(on=timezone.localdate())
    return Spoken("services", [_service(row) for row in rows])


def _service(row: Item) -> dict[str, Any]:
    return {
        "service_code": row.code,
        "service_name": row.name,
        "description": row.elsewhere,
        "metadata": "true" if row.fields else "false",
        "type": "realtime",
        "keywords": row.category.name,
        "group": row.category.name,
    }


def _found(code: str) -> Item:
    row = exchange.services(on=timezone.localdate()).filter(code=code[:60]).first()
    if row is None:
        raise Fault(404, _("service_code was not found."))
    return row


def _definition(request: HttpRequest, *, code: str) -> Spoken:
    """What a service asks besides what and where."""
    row = _found(code)
    questions = [_attribute(at, field) for at, field in enumerate(row.fields)]
    return Spoken("service_definition", {"service_code": row.code, "attributes": questions})


def _attribute(at: int, field: dict[str, Any]) -> dict[str, Any]:
    return {
        "variable": True,
        "code": asking.attribute_code(at),
        "datatype": DATATYPES[field["kind"]],
        "required": bool(field.get("required")),
        "datatype_description": "",
        "order": at + 1,
        "description": field["label"],
        "values": [{"key": one, "name": one} for one in field.get("choices") or []],
    }


def _raise(request: HttpRequest) -> Spoken:
    """Raise a case on behalf of the other system; its number comes back at once."""
    now, said = timezone.now(), posted(request) or QueryDict()
    actor = keys.actor_behind(said.get("api_key", ""), now=now)
    if not said.get("service_code"):
        raise Fault(400, _("service_code is missing."))
    service, community = _found(said["service_code"]), asking.community(said, now=now)
    keys.check_reach(actor, community)
    case = commands.raise_case(draft=asking.draft(said, service=service, community=community), by=actor, now=now)
    told = {"service_request_id": case.number, "service_notice": service.elsewhere, "account_id": ""}
    return Spoken("service_requests", [told])


def _requests(request: HttpRequest) -> Spoken:
    rows = exchange.told(asking.filters(request.GET, now=timezone.now()))
    return Spoken("service_requests", [_request(row) for row in rows])


def _one(request: HttpRequest, *, number: str) -> Spoken:
    rows = exchange.told(exchange.Asked(numbers=[number[:40]]))
    if not rows:
        raise Fault(404, _("service_request_id was not found."))
    return Spoken("service_requests", [_request(row) for row in rows])


def _request(row: exchange.Told) -> dict[str, Any]:
    """Public fields. What the dialect asks for and we never tell stands empty."""
    return {
        "service_request_id": row.number,
        "status": "open" if row.is_open else "closed",
        "status_notes": row.standing,
        "service_name": row.item_name,
        "service_code": row.item_code,
        "description": "",
        "agency_responsible": row.agency,
        "service_notice": "",
        "requested_datetime": moment(row.requested_at),
        "updated_datetime": moment(row.updated_at),
        "expected_datetime": moment(row.expected_at),
        "address": row.community,
        "address_id": row.community_code,
        "zipcode": "",
        "lat": "",
        "long": "",
        "media_url": "",
    }


def _token(request: HttpRequest, *, token: str) -> Spoken:
    """The number of what was sent under a token of one's own."""
    number = exchange.number_of(asking.token_in(token))
    if number is None:
        raise Fault(404, _("token was not found."))
    return Spoken("service_requests", [{"service_request_id": number, "token": token}])


discovery = _spoken(GET=_discovery)
services = _spoken(GET=_services)
definition = _spoken(GET=_definition)
requests = _spoken(GET=_requests, POST=_raise)
one = _spoken(GET=_one)
token = _spoken(GET=_token)


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    return refused(Fault(404, _("There is nothing here, or nothing for you.")), rest.rpartition(".")[2] or JSON)

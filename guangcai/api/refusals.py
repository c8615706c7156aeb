"""How the API says no: one shape, the status of the refusal, the sentence in the language of the caller."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import BaseModel, Field

from guangcai.core.errors import DomainError, RuleBroken


class Refusal(BaseModel):
    """Why nothing was done. `code` is for programs, `message` for people, `field` names what to mend, if one thing."""

    code: str = Field(max_length=60)
    message: str
    field: str | None


# Every status that an operation may answer with instead of its own.
READING: dict[int, Any] = dict.fromkeys((401, 403, 404, 405, 422, 429), Refusal)
WRITING: dict[int, Any] = dict.fromkeys((401, 403, 404, 405, 409, 413, 415, 422, 429), Refusal)


class WrongContentType(DomainError):
    """The body is not JSON."""

    status = 415


class BodyTooLarge(DomainError):
    status = 413


def refuse(status: int, code: str, message: str, field: str | None = None) -> HttpResponse:
    """The answer; never kept by anything on the way."""
    body = {"code": code, "message": message, "field": field}
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JsonResponse(body, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})


def not_found() -> HttpResponse:
    return refuse(404, "not_found", _("There is nothing here, or nothing for you."))


def not_allowed(allowed: str) -> HttpResponse:
    answer = refuse(405, "method", _("This address does not know this method."))
    answer["Allow"] = allowed
    return answer


def install(api: NinjaAPI) -> None:
    """Register one handler per kind of refusal; what is none of them is a fault of ours and stays a 500."""
    api.add_exception_handler(DomainError, _domain)
    api.add_exception_handler(ValidationError, _validation)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, lambda request, exc: not_found())
    api.add_exception_handler(RequestDataTooBig, _too_big)


def _domain(request: HttpRequest, exc: DomainError | type[DomainError]) -> HttpResponse:
    assert isinstance(exc, DomainError)
    if exc.status == 404:
        return not_found()
    message = str(exc.message)
    if not message and exc.status == 403:
        message = _("You may see this, and not change it.")
    return refuse(exc.status, exc.code, message, exc.field)


def _validation(request: HttpRequest, exc: ValidationError | type[ValidationError]) -> HttpResponse:
    """The first problem, by the name of the field as it was sent: "arrivals.3.member"."""
    assert isinstance(exc, ValidationError)
    first = exc.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:] if part not in ("body", "asked"))
    return refuse(422, _CODES.get(first["type"], "invalid"), _words(first), field[:200] or None)


_CODES = {"missing": "missing", "extra_forbidden": "unknown_field"}


def _words(problem: dict[str, Any]) -> str:
    match problem["type"]:
        case "missing":
            return _("This field is missing.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            return _("At most %(count)d characters.") % {"count": problem["ctx"]["max_length"]}
        case "enum" | "literal_error":
            return _("Possible: %(all)s.") % {"all": problem["ctx"]["expected"]}
    return _("This value does not fit: see openapi.json.")


def _http(request: HttpRequest, exc: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(exc, HttpError)
    if isinstance(exc.__cause__, DomainError):
        return _domain(request, exc.__cause__)
    if isinstance(exc.__cause__, RequestDataTooBig):
        return _too_big(request, exc.__cause__)
    if isinstance(exc, AuthenticationError):
        return refuse(401, "sign_in", _("Sign in, or send a key."))
    if isinstance(exc, Throttled):
        return refuse(429, "too_many", _("Too many requests in a minute. Wait a little."))
    # ninja answers 400 when the parser raises: with us that is unreadable JSON.
    return refuse(422, "json", _("This is not JSON."))


def _too_big(request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
    return _domain(request, BodyTooLarge(_("This is too large: send it in parts."), code="too_large"))


def unreadable(message: str, *, code: str = "json", field: str | None = None) -> RuleBroken:
    return RuleBroken(message, code=code, field=field)


def read_strictly(raw: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, no NaN, no name twice. Raises RuleBroken."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as broken:
        raise unreadable(_("This is not JSON.")) from broken


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise unreadable(_("A field stands in the body twice."), code="twice")
    return found

"""What holds for every resource: who is let in, how it refuses, what it never does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guangcai.accounts.commands import revoke_token
from guangcai.accounts.models import ApiToken
from guangcai.api.interface import api
from tests.api.conftest import ROOT, Caller
from tests.cast import Cast

Make = Callable[[str], Caller]
NOWHERE = "01900000-0000-7000-8000-000000000000"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    found = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return [(method, path, details) for path, ways in found.items() for method, details in ways.items()]


def addressed(path: str) -> str:
    """A path with keys that stand for nothing."""
    return "/".join(NOWHERE if part.startswith("{") else part for part in path.removeprefix(ROOT).split("/"))


EVERY = [pytest.param(method, addressed(path), id=f"{method} {path}") for method, path, _ in operations()]


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_nobody_is_let_in_without_a_key(db: None, method: str, path: str) -> None:
    answer = Caller().send(method.upper(), path, None if method == "get" else {})
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "field"}
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_unknown_parameters_are_refused_everywhere(cast: Cast, caller: Make, method: str, path: str) -> None:
    answer = caller("desk").send(method.upper(), path + "?colour=red", None if method == "get" else {})
    assert (answer.status_code, answer.json()["field"]) == (422, "colour")


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_other_methods_are_refused_in_the_same_shape(cast: Cast, caller: Make, method: str, path: str) -> None:
    answer = caller("desk").send("DELETE", path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method")
    assert method.upper() in answer["Allow"]


def test_every_error_is_declared() -> None:
    reading = {200, 401, 403, 404, 405, 422, 429}
    for method, path, details in operations():
        declared = {int(status) for status in details["responses"]}
        wanted = reading if method == "get" else reading | {409, 413, 415}
        assert declared - {201} == wanted, (method, path)


def test_the_description(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    assert client.post("/api/v1/openapi.json").status_code == 405
    assert client.get("/api/v1/docs").status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "", "/members/not-a-key", "/members/"])
def test_where_there_is_nothing(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1{path or '/'}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_revoked_key_stops_at_once(cast: Cast, caller: Make) -> None:
    desk = caller("desk")
    assert desk.get("/members").status_code == 200
    revoke_token(token=ApiToken.objects.get(), by=cast.actor("desk"), now=cast.now)
    answer = desk.get("/members")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (401, "token_unknown", None)


def test_a_session_reads_and_writes_with_its_csrf_token_only(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.desk)
    assert browser.get("/api/v1/members").status_code == 200
    body, path = {"job_title": "校长"}, f"/api/v1/members/{cast.teacher_member.pk}"
    refused = browser.patch(path, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    browser.cookies["csrftoken"] = "x" * 32
    done = browser.patch(path, body, content_type="application/json", headers={"X-CSRFToken": "x" * 32})
    assert done.status_code == 200


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"name": "\xff"}', "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 422),
        (b'{"name": "\\u0000"}', "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"minutes": ' + b"9" * 5000 + b"}", "application/json", 422),
        (b'{"minutes": NaN}', "application/json", 422),
        (b'{"minutes": 1e400}', "application/json", 422),
        (b'{"name": "a", "name": "b"}', "application/json", 422),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=gbk", 415),
        (b"{}", "multipart/form-data; boundary=x", 415),
        (b" " * (13 * 1024 * 1024), "application/json", 413),
    ],
)
@pytest.mark.parametrize("path", ["/members", "/attendance/batch", "/entries"])
def test_rubbish_is_refused_and_never_breaks(
    cast: Cast, caller: Make, path: str, raw: bytes, kind: str, status: int
) -> None:
    desk = caller("desk")
    answer = desk.client.generic(
        "POST", ROOT + path, raw, content_type=kind, headers={"Authorization": f"Bearer {desk.secret}"}
    )
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"code", "message", "field"}


def test_refusals_speak_the_language_of_the_caller(cast: Cast, caller: Make) -> None:
    desk = caller("desk")
    english = desk.get("/members?limit=0").json()["message"]
    desk.language = "zh-hans"
    assert english != desk.get("/members?limit=0").json()["message"]


def test_too_many_requests(cast: Cast, caller: Make, settings: Any) -> None:
    settings.GUANGCAI_API_PER_MINUTE = 0
    answer = caller("desk").get("/members")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 0 < int(answer["Retry-After"]) <= 60


def test_answers_are_not_kept(cast: Cast, caller: Make) -> None:
    assert caller("desk").get("/members")["Cache-Control"] == "no-store"

"""The product's addresses, and the views it is compared with."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from guangcai.core.ids import new_id

INSERT = "INSERT INTO bench_insert (id, member_id, at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING"


@require_POST
def empty(request: HttpRequest) -> JsonResponse:
    """Nothing but the frame."""
    return JsonResponse({"state": "done"})


@require_POST
def one_insert(request: HttpRequest) -> JsonResponse:
    """The frame and one committed row, asking nobody who it is."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [new_id(), new_id()])
    return JsonResponse({"state": "done"})


@require_POST
def one_insert_signed_in(request: HttpRequest) -> JsonResponse:
    """The same after finding out who it is: session, user, rights."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [new_id(), request.actor.member_id or new_id()])  # type: ignore[attr-defined]
    return JsonResponse({"state": "done"})


urlpatterns = [
    path("", include("guangcai.core.urls")),
    path("account/", include("guangcai.accounts.urls")),
    path("activities/", include("guangcai.activities.urls")),
    path("bench/empty/", empty, name="bench_empty"),
    path("bench/insert/", one_insert, name="bench_insert"),
    path("bench/insert-signed-in/", one_insert_signed_in),
]

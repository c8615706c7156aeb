"""Everything under /api/v1/ answers JSON, also where there is nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from guangcai.api import refusals
from guangcai.api.interface import api

app_name = "api"


def _in_one_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals that Django or ninja word themselves, in the API's own shape; answers are not kept on the way."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except Http404:
            return refusals.not_found()
        if answer.status_code == 405:
            return refusals.not_allowed(answer["Allow"])
        if "Cache-Control" not in answer:
            answer["Cache-Control"] = "no-store"
        return answer

    return shaped


@csrf_exempt
def _nothing(request: HttpRequest, rest: str) -> HttpResponse:
    return refusals.not_found()


urlpatterns = [*api.urls[0], path("<path:rest>", _nothing)]
for pattern in urlpatterns:
    pattern.callback = _in_one_shape(pattern.callback)  # type: ignore[union-attr]

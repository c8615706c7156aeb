"""The API itself: its resources, who may call, and how it refuses. Nothing here knows a rule of the house."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from guangcai.api import refusals
from guangcai.api.pace import Pace
from guangcai.api.parsing import StrictParser
from guangcai.api.signing_in import Key, Session
from guangcai.api.views import activities, attendance, entries, feedback, members, series, shifts, sign_ups, statistics

Answer = Callable[..., HttpResponseBase]
DESCRIPTION = """JSON over the same commands, queries and rights as the pages.

Creating operations take an `id` (UUID, best version 7) made by the caller: the same id with the same content answers
200 with the same body, with other content 409. Lists answer `next`, the cursor of the following page, or null.
Everything outside the caller's area answers 404; what he may see and not change answers 403.
Refusals are worded in the language of Accept-Language (zh-hans, en)."""


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function: programs made from the description call it so."""
        return operation.view_func.__name__

    @lru_cache(maxsize=4)  # noqa: B019 - there is one API as long as the program runs
    def _described(self, path_prefix: str) -> OpenAPISchema:
        return super().get_openapi_schema(path_prefix=path_prefix)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Written once: anybody may read it, and writing it takes long."""
        return self._described(path_prefix or self.get_root_path(path_params or {}))


api = Api(
    title="Guangcai",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Key(), Session()],
    throttle=[Pace()],
    parser=StrictParser(),
    docs_url=None,
    docs_decorator=require_safe,
)
refusals.install(api)
for module in (members, activities, series, shifts, sign_ups, attendance, entries, feedback, statistics):
    api.add_router("", module.router)


def _knows(names: set[str], run: Answer) -> Answer:
    """An operation that refuses parameters it does not know: a filter misspelt would show too much."""

    @wraps(run)
    def checked(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if unknown := set(request.GET) - names:
            name = min(unknown)[:60]
            return refusals.refuse(422, "unknown_parameter", _("There is no such parameter."), name)
        return run(request, **kwargs)

    return checked


def _refuse_unknown_parameters() -> None:
    for bound in api._get_bound_routers():
        for path in bound.path_operations.values():
            for operation in path.operations:
                query = [model for model in operation.models if model.__ninja_param_source__ == "query"]
                names = {name for model in query for name in model.__ninja_flatten_map__}
                operation.run = _knows(names, operation.run)  # type: ignore[method-assign]


_refuse_unknown_parameters()

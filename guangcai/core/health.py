"""What a supervisor asks: does the process live, is it ready to serve, how is it doing. No personal data."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

WORKER_SILENCE = timedelta(minutes=2)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations, background jobs: 200 when all are fit, 503 with the names of those that are not.

    Jobs that nobody works on do not stop the desk: `jobs` is reported, and only the first two decide.
    """
    state = {name: _holds(check) for name, check in (("database", _database), ("migrations", _migrations))}
    ready = all(state.values())
    state["jobs"] = ready and _holds(_jobs)
    return JsonResponse({"status": "ok" if ready else "not ready", **state}, status=200 if ready else 503)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError:
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _jobs() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > %s)",
            [timezone.now() - WORKER_SILENCE],
        )
        return bool(cursor.fetchone()[0])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for this machine only: a request that came through a proxy is not local."""
    if request.META.get("REMOTE_ADDR") not in settings.INTERNAL_IPS or "HTTP_X_FORWARDED_FOR" in request.META:
        raise Http404
    return ExportToDjangoView(request)

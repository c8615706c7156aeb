"""Starts granian and the job worker as children of one command."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command

from guangcai.cli import boot, schema
from guangcai.cli.language import _
from guangcai.cli.processes import Children, require_free_port, watch

MANIFEST = "staticfiles.json"
JOBS = [sys.executable, "-m", "django", "procrastinate", "--verbosity", "0", "worker"]


@dataclass(frozen=True)
class Place:
    """Where and how wide the server runs."""

    host: str
    port: int
    workers: int = 2
    threads: int = 4
    with_jobs: bool = True

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - named, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def serve(place: Place, *, on_ready: Callable[[], None]) -> int:
    """Run until somebody stops it (0) or a part of it ends by itself (1)."""
    require_free_port(place.host, place.port)
    collect_static()
    root = str(boot.ROOT)
    children = Children(boot.child_environment())
    children.start("granian", _granian(place), root)
    if place.with_jobs:
        children.start("worker", JOBS, root)
    return watch(children, url=f"{place.url}/healthz", on_ready=on_ready)


def require_schema() -> None:
    """Raises ClickException when the database is older or newer than this version: no page would work."""
    if names := schema.unknown():
        message = _("The database was written by a newer version (%(name)s). Upgrade the program.")
        raise click.ClickException(message % {"name": names[0]})
    if names := schema.pending():
        message = _("The database lacks %(count)d migrations of this version. Run `guangcai migrate`.")
        raise click.ClickException(message % {"count": len(names)})


def collect_static() -> None:
    """Gather the static files once; `make setup` keeps them fresh in a working tree."""
    if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / MANIFEST).exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def _granian(place: Place) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws",
        "--host", place.host, "--port", str(place.port),
        "--workers", str(place.workers), "--blocking-threads", str(place.threads),
        "--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "warning",
        "config.wsgi:application",
    ]  # fmt: skip

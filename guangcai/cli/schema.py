"""Brings the database to the schema of this version, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

LOCK = 0x67756E67  # "gung": any number nobody else uses


def pending() -> list[str]:
    """Migrations of this version that the database does not have yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown() -> list[str]:
    """Migrations in the database that this version does not know: it was written by a newer one."""
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    rooms = {label for label, _name in known}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{label}.{name}" for label, name in applied if label in rooms and (label, name) not in known)


def migrate(verbosity: int = 1) -> list[str]:
    """Apply what is pending and return its names. A second process waits and finds nothing to do."""
    with _alone():
        names = pending()
        if names:
            call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=0)
    return names


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        # A migration of a large table may take longer than a page may.
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        connection.close()  # the pool gets no connection with our time-outs back

"""What must be true of the whole database at any moment, collected from every room's `checks.py`.

    @invariant("ledger.entries.minutes")
    def minutes_are_whole() -> Iterable[str]:
        "Yield one description per broken row, with ids only: the report may be read by anybody."

Constraints refuse what they can; an invariant finds what no constraint can say (sums, chains, roll-ups).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


@dataclass(frozen=True)
class Broken:
    """One row, or one sum, that breaks the invariant `code`."""

    code: str
    what: str


def invariant(code: str) -> Callable[[Check], Check]:
    """Register a check under `code` (room.subject.promise). Raises ValueError for a code that is taken."""

    def register(check: Check) -> Check:
        if _checks.setdefault(code, check) is not check:
            raise ValueError(f"The invariant {code} is registered twice.")
        return check

    return register


def codes() -> list[str]:
    """Every registered code, sorted, after looking into every room."""
    autodiscover_modules("checks")
    return sorted(_checks)


def broken_by(code: str) -> list[Broken]:
    """What breaks one invariant now."""
    return [Broken(code, what) for what in _checks[code]()]


def ids(sql: str, words: str) -> Iterator[str]:
    """Run `sql`, which selects the keys of broken rows: one description each, `words` and the key."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (key,) in cursor.fetchall():
            yield f"{words} {key}"


@contextmanager
def one_moment() -> Iterator[None]:
    """Every read inside sees the database at the same moment, however long it takes, and nothing is written.

    Inside a transaction that runs already (a test), that transaction's own view is used.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # Whole tables are joined: without it a million rows go through files.
            cursor.execute("SET LOCAL work_mem = '64MB'")
        yield

"""A first roster is loaded as a restored table is: indexes and keys are built once, after the rows.

Row by row they take two thirds of the time of 100,000 people; PostgreSQL undoes all of it if the load fails.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from guangcai.orgs.commands.bulk import without_indexes

# Nobody waits two seconds for the whole program because a hundred people arrive.
LEAST_ROWS = 10_000
TABLES = (
    "members_member",
    "members_employment",
    "members_residence",
    "members_unitreceipt",
    "members_orgrelation",
    "members_skill",
    "members_intention",
)
# Taking a foreign key away locks both its tables. Whoever reads on must not be kept waiting behind us for long.
LOCK = f"""
SET LOCAL lock_timeout = '2s';
LOCK TABLE {", ".join(TABLES)}, members_occupation, members_skillkind, members_servicekind,
    orgs_node, orgs_workunit, orgs_partyorganisation IN ACCESS EXCLUSIVE MODE;
"""
# Checks that wait for the end of the transaction stand in the way of a change to their tables.
CHECK_NOW = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
IS_FIRST = "SELECT count(*) <= %s FROM (SELECT FROM members_member LIMIT %s + 1) AS there"


@contextmanager
def as_first_load(rows: int) -> Iterator[None]:
    """Inside the block, indexes and keys of the roster's tables are away, if `rows` outnumber those that are there.

    Readers wait until the transaction ends (about 4 s for 100,000 rows). A program that is busy at this moment is
    not held up: then the rows go in one by one.
    """
    if rows < LEAST_ROWS or not _is_first(rows) or not _locked():
        yield
        return
    with ExitStack() as built_afterwards:
        for table in TABLES:
            built_afterwards.enter_context(without_indexes(table))
        yield


def _is_first(rows: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(IS_FIRST, [rows, rows])
        return bool(cursor.fetchone()[0])


def _locked() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CHECK_NOW)
            cursor.execute(LOCK)
    except OperationalError:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    return True

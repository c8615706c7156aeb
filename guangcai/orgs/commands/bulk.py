"""Loading a table from empty: its indexes and foreign keys are built once at the end, not row by row.

Measured on 665,000 places: 20 s with them in place, 7 s this way. PostgreSQL undoes all of it if the load fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype::text = ANY(%s) ORDER BY contype DESC, conname
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def without_indexes(table: str, *, foreign_keys: bool = True) -> Iterator[None]:
    """Take the table's secondary indexes, unique, exclusion and foreign keys away, and make them again as they were.

    Inside a transaction; nobody else reads the table meanwhile. Without `foreign_keys` those stay.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(KEYS, [table, ["u", "x", *(["f"] if foreign_keys else [])]])
        keys = cursor.fetchall()
        cursor.execute(INDEXES, [table])
        indexes = cursor.fetchall()
        name = connection.ops.quote_name
        for key, _definition in keys:
            cursor.execute(f"ALTER TABLE {name(table)} DROP CONSTRAINT {name(key)}")
        for index, _definition in indexes:
            cursor.execute(f"DROP INDEX {index}")
        yield
        for _index, definition in indexes:
            cursor.execute(definition)
        for key, definition in keys:
            cursor.execute(f"ALTER TABLE {name(table)} ADD CONSTRAINT {name(key)} {definition}")

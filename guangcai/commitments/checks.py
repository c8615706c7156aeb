"""What must be true of work under a commitment at any moment and no constraint can say."""

from collections.abc import Iterable

from django.db import connection

from guangcai.commitments import sources
from guangcai.core.invariants import invariant

# The table comes from the registered models, never from a row.
ENTRY_OF_NO_COMMITMENT = """
SELECT entry.id FROM ledger_serviceentry AS entry
LEFT JOIN {table} AS row ON row.id = split_part(entry.source, ':', 2)::uuid
     AND row.district_code = entry.district_code AND row.member_id = entry.member_id
WHERE entry.origin = 'claim' AND split_part(entry.source, ':', 1) = %s
  AND (row.id IS NULL OR row.held_since IS NULL OR entry.served_on < row.held_since)
"""
ENTRY_OF_NO_KIND = """
SELECT entry.id FROM ledger_serviceentry AS entry
WHERE entry.origin = 'claim' AND split_part(entry.source, ':', 1) <> ALL(%s)
"""


@invariant("commitments.work.under_a_held_commitment")
def work_belongs_to_a_commitment() -> Iterable[str]:
    """Work is of somebody who held what it was done under, and of a kind that is known."""
    kinds = sources.kinds()
    with connection.cursor() as cursor:
        for word, kind in kinds.items():
            table = connection.ops.quote_name(kind._meta.db_table)
            cursor.execute(ENTRY_OF_NO_COMMITMENT.format(table=table), [word])
            yield from (f"entry {key}" for (key,) in cursor.fetchall())
        cursor.execute(ENTRY_OF_NO_KIND, [list(kinds)])
        yield from (f"entry {key}" for (key,) in cursor.fetchall())

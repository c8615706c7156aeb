"""The connection to PostgreSQL: Django's own, with two savings that every request feels.

May import: nothing of the house. `prepared()` is for the few statements that every request runs.
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


def prepared() -> CursorWrapper:
    """A cursor whose statements the database parses and plans once per connection, not once per request.

    For fixed texts with named or positional parameters only: every different text stays prepared on the server. Wants
    a direct connection to PostgreSQL, or a pooler that knows prepared statements.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(Cursor(connection.connection))  # type: ignore[attr-defined]

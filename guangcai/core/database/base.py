"""Django's PostgreSQL backend; settings.DATABASES names this package as its engine."""

from select import POLLIN, poll
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import Connection


class Operations(DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """What a log or a test is shown. A prepared statement leaves only its text."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection from the pool is looked at before it is used, without asking the server each time."""

    ops_class = Operations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and has_ended(connection):
            # The pool puts a fresh one in the place of a closed one.
            connection.close()
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection


def has_ended(connection: "Connection[Any]") -> bool:
    """Whether the server hung up while the connection lay in the pool.

    Between statements a server speaks first only to say goodbye, so anything to read means that it is over; what else
    it might say (a changed setting) costs one fresh connection.
    """
    watched = poll()
    watched.register(connection.fileno(), POLLIN)
    return bool(watched.poll(0))

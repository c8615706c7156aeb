"""A connection that the server ended is noticed before it is used; statements of every request are planned once."""

from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from guangcai.core.database import prepared

TEXT = "SELECT %(number)s::int + 1"


def pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def hang_up_on(number: int) -> None:
    """As a restart of the server does to a connection that lies in the pool."""
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{n: parameters[n] for n in names if n in parameters}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [number])


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_ended_in_the_pool_is_replaced() -> None:
    ended = pid()
    connection.close()
    hang_up_on(ended)
    assert pid() != ended


@pytest.mark.django_db(transaction=True)
def test_one_that_ends_in_use_is_an_error_once() -> None:
    ended = pid()
    hang_up_on(ended)
    with pytest.raises(OperationalError):
        pid()
    connection.close()
    assert pid() != ended


@pytest.mark.django_db
def test_a_statement_of_every_request_is_planned_once() -> None:
    for number in (1, 2, 3):
        with prepared() as cursor:
            cursor.execute(TEXT, {"number": number})
            assert cursor.fetchone() == (number + 1,)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements "
            "WHERE statement LIKE '%%::int + 1'"
        )
        assert cursor.fetchone() == (1, 3)


@pytest.mark.django_db
def test_its_errors_and_its_text_are_seen_like_any_other(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as seen, prepared() as cursor:
        cursor.execute(TEXT, {"number": 1})
    assert "::int + 1" in seen.captured_queries[0]["sql"]

"""Rows read and written by statements that never change: Django words them once, PostgreSQL plans them once.

Wording a query costs Django several times what PostgreSQL takes to answer it. For what a whole district does in the
same minute; everywhere else a QuerySet is shorter.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models

from guangcai.core.database import prepared

Row = TypeVar("Row", bound=models.Model)
Value = str | int | date | UUID
Converter = Callable[[Any, Any, Any], Any]


class Lookup(Generic[Row]):
    """A query of which only the values change.

    build: makes the query of the values by name. It compares them as they are: what is made of a value (a list, the
    end of a range) would stay what it was the first time, so a value that is not found in the query is refused.
    like: one value of the right type for each name.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[Row]"], **like: Value) -> None:
        self._build, self._like = build, like

    def first(self, **values: Value) -> Row | None:
        """The first row, without what it refers to; None when there is none."""
        model, sql, names, fixed = self._worded
        with prepared() as cursor:
            cursor.execute(sql, [fixed[at] if name is None else values[name] for at, name in enumerate(names)])
            found = cursor.fetchone()
        return None if found is None else _row(model, found)

    @cached_property
    def _worded(self) -> tuple[type[Row], str, list[str | None], list[Any]]:
        """The model, the SQL, the name of the value at each of its places, and what stands there otherwise."""
        marks = {name: _mark(like, at) for at, (name, like) in enumerate(self._like.items())}
        rows = self._build(**marks)[:1]
        sql, given = rows.query.sql_with_params()
        names = [next((name for name, mark in marks.items() if mark == one), None) for one in given]
        if missing := set(marks) - set(names):
            raise ValueError(f"not compared as they are: {sorted(missing)}")
        return rows.model, sql, names, list(given)


def _mark(like: Value, at: int) -> Value:
    """A value of the same type that stands nowhere else in the query."""
    if isinstance(like, str):
        return f"<{at}>"
    if isinstance(like, UUID):
        return UUID(int=at)
    return date.min + timedelta(days=at) if isinstance(like, date) else -(1_000_000 + at)


def _row(model: type[Row], found: tuple[Any, ...]) -> Row:
    names, converters = _reading(model)
    values = list(found)
    for at, each in converters:
        for convert, column in each:
            values[at] = convert(values[at], column, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _reading(model: type[models.Model]) -> tuple[list[str], list[tuple[int, list[tuple[Converter, Any]]]]]:
    """The columns of a table in Django's order, and what makes Python values of those that need it."""
    fields, converters = model._meta.concrete_fields, []
    for at, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        each = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        if each:
            converters.append((at, [(convert, column) for convert in each]))
    return [field.attname for field in fields], converters


def insert(row: Row) -> Row:
    """Write a new row, as save() does with nobody listening; what the database computes or numbers is not read back."""
    sql, fields = _writing(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with prepared() as cursor:
        cursor.execute(sql, values)
    row._state.adding, row._state.db = False, connection.alias
    return row


@cache
def _writing(model: type[models.Model]) -> tuple[str, list["models.Field[Any, Any]"]]:
    fields = [
        one for one in model._meta.local_concrete_fields if not one.generated and not isinstance(one, models.AutoField)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(one.column)) for one in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", fields  # noqa: S608

"""Key rotation: rows sealed with an old key, and look-ups made with one, are rewritten in batches.

1. Add a key at the end of GUANGCAI_KEYS ("1:old,2:new") and restart: new rows are sealed with it, old ones open.
2. `reseal_all()`: every token is under the new key. It may be stopped and run again; people go on working.
3. Remove the old key ("2:new") in a quiet hour, restart, and run it again at once: only now the blind indexes change,
   and until it ends people are not found by phone. A few seconds for 100,000 rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from guangcai.core.crypto import (
    EncryptedTextField,
    blind_index,
    current_key_id,
    index_key_id,
    key_id_of,
    open_sealed,
    seal,
)

Report = Callable[[int, int], None]
Model = type[models.Model]
_BATCH = 2_000


@dataclass(frozen=True)
class _Index:
    """A blind index beside a sealed column: `of` turns the text into what is looked up."""

    column: str
    source: str
    purpose: str
    of: Callable[[str], str]


_indexes: dict[Model, list[_Index]] = {}


def indexed(model: Model, column: str, *, source: str, purpose: str, of: Callable[[str], str] = str) -> None:
    """Declare that `column` holds blind_index(of(text of `source`), purpose), so that rotation keeps it true."""
    _indexes.setdefault(model, []).append(_Index(column, source, purpose, of))


def sealed_models() -> list[Model]:
    """Every table with a sealed column."""
    return [model for model in apps.get_models() if model._meta.managed and _Columns.of(model).sealed]


def reseal_all(report: Report | None = None) -> int:
    """Rewrite every table; the number of rows rewritten. `report(done, total)` counts rows looked at."""
    total = sum(model._base_manager.count() for model in sealed_models())
    changed = seen = 0
    for model in sealed_models():
        for looked_at, rewritten in _batches(model):
            seen, changed = seen + looked_at, changed + rewritten
            if report is not None:
                report(min(seen, total), total)
    return changed


def stale(model: Model) -> int:
    """Rows of `model` that an old key sealed or indexed: 0 before a key may be taken out of the ring."""
    columns = _Columns.of(model)
    rows = model._base_manager.values_list("pk", *columns.names).iterator()
    return sum(1 for _key, *values in rows if columns.are_stale(values))


@dataclass(frozen=True)
class _Columns:
    """The columns of one table that hang on keys: sealed ones first, then their indexes."""

    sealed: list[EncryptedTextField]
    indexes: list[_Index] = field(default_factory=list)

    @classmethod
    def of(cls, model: Model) -> "_Columns":
        sealed = [column for column in model._meta.concrete_fields if isinstance(column, EncryptedTextField)]
        return cls(sealed, _indexes.get(model, []))

    @property
    def names(self) -> list[str]:
        return [column.attname for column in self.sealed] + [index.column for index in self.indexes]

    def are_stale(self, values: list[Any]) -> bool:
        tokens, found = values[: len(self.sealed)], values[len(self.sealed) :]
        prefix = f"{index_key_id()}:"
        return any(token and key_id_of(token) != current_key_id() for token in tokens) or any(
            index and not index.startswith(prefix) for index in found
        )

    def rewritten(self, key: Any, values: list[Any]) -> list[Any]:
        texts = {
            column.attname: None if token is None else open_sealed(token, key, column.purpose)
            for column, token in zip(self.sealed, values, strict=False)
        }
        tokens = [
            None if (text := texts[column.attname]) is None else seal(text, key, column.purpose)
            for column in self.sealed
        ]
        indexes = []
        for index, old in zip(self.indexes, values[len(self.sealed) :], strict=True):
            text = texts[index.source]
            indexes.append(blind_index(index.of(text), index.purpose) if text and old else old)
        return tokens + indexes


def _batches(model: Model) -> Iterator[tuple[int, int]]:
    """(rows looked at, rows rewritten) per batch, each in its own transaction, in the order of the key."""
    columns, last = _Columns.of(model), None
    while True:
        with transaction.atomic():
            rows = model._base_manager.order_by("pk").select_for_update(of=("self",))
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows.values_list("pk", *columns.names)[:_BATCH])
            changes = [[*columns.rewritten(key, values), key] for key, *values in batch if columns.are_stale(values)]
            _write(model, columns, changes)
        if not batch:
            return
        last = batch[-1][0]
        yield len(batch), len(changes)


def _write(model: Model, columns: _Columns, changes: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    meta = model._meta
    names = [meta.get_field(name).column for name in columns.names]
    assignments = ", ".join(f"{quote(name)} = %s" for name in names)
    statement = f"UPDATE {quote(meta.db_table)} SET {assignments} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608
    if changes:
        with connection.cursor() as cursor:
            cursor.executemany(statement, changes)

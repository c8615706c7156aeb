"""Key rotation: rows sealed with an old key, and look-ups made with one, are rewritten in batches.

1. Add a key at the end of GUANGCAI_KEYS ("1:old,2:new") and restart: new rows are sealed with it, old ones open.
2. `guangcai rotate-keys` (`reseal_all()`): every token is under the new key. It may be stopped and run again; people
   go on working.
3. Remove the old key ("2:new") in a quiet hour, restart, and run it again at once: only now the blind indexes change,
   and until it ends people are not found by phone. A few seconds for 100,000 rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from guangcai.core.crypto import (
    CannotOpen,
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
_others: list[Callable[[], int]] = []


def indexed(model: Model, column: str, *, source: str, purpose: str, of: Callable[[str], str] = str) -> None:
    """Declare that `column` holds blind_index(of(text of `source`), purpose), so that rotation keeps it true."""
    _indexes.setdefault(model, []).append(_Index(column, source, purpose, of))


def also(rewrite: Callable[[], int]) -> None:
    """Declare sealed values in a package's own table: `rewrite` reseals those of an old key and says how many."""
    if rewrite not in _others:
        _others.append(rewrite)


def sealed_models() -> list[Model]:
    """Every table with a sealed column."""
    return [model for model in apps.get_models() if model._meta.managed and _Columns.of(model).sealed]


def reseal_all(report: Report | None = None) -> int:
    """Rewrite every table; the number of rows rewritten. `report(done, total)` counts rows looked at."""
    total = sum(model._base_manager.count() for model in sealed_models())
    changed, seen = sum(rewrite() for rewrite in _others), 0
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


def opens() -> bool:
    """Whether GUANGCAI_KEYS holds the keys of this database: one value of every sealed column is opened."""
    for model in sealed_models():
        for column in _Columns.of(model).sealed:
            rows = model._base_manager.filter(**{f"{column.attname}__isnull": False}).order_by("pk")
            key, token = next((row for row in rows.values_list("pk", column.attname)[:_BATCH] if row[1]), (None, b""))
            try:
                open_sealed(token, str(key), column.purpose)
            except CannotOpen:
                return False
    return True


def broken_rows(model: Model) -> Iterator[str]:
    """Rows with a value that does not open, or with an index that is not its text's: table, key and column only."""
    columns = _Columns.of(model)
    for key, *values in model._base_manager.order_by("pk").values_list("pk", *columns.names).iterator():
        try:
            expected = columns.expected(columns.texts(key, values), values)
        except CannotOpen:
            yield f"{model._meta.label} {key}: does not open"
            continue
        for index, found, right in zip(columns.indexes, values[len(columns.sealed) :], expected, strict=True):
            if found != right:
                yield f"{model._meta.label} {key}: {index.column}"


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

    def texts(self, key: Any, values: list[Any]) -> dict[str, str | None]:
        return {
            column.attname: None if token is None else open_sealed(token, key, column.purpose)
            for column, token in zip(self.sealed, values, strict=False)
        }

    def expected(self, texts: dict[str, str | None], values: list[Any]) -> list[Any]:
        """The indexes these texts have now. A row that has none on purpose (a closed account) keeps none."""
        found = values[len(self.sealed) :]
        return [
            blind_index(index.of(text), index.purpose) if (text := texts[index.source]) and old else old
            for index, old in zip(self.indexes, found, strict=True)
        ]

    def rewritten(self, key: Any, values: list[Any]) -> list[Any]:
        texts = self.texts(key, values)
        tokens = [
            None if (text := texts[column.attname]) is None else seal(text, key, column.purpose)
            for column in self.sealed
        ]
        return tokens + self.expected(texts, values)


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
    fields = {column.attname: str(column.column) for column in model._meta.concrete_fields}
    assignments = ", ".join(f"{quote(fields[name])} = %s" for name in columns.names)
    key = quote(str(model._meta.pk.column))
    statement = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {key} = %s"  # noqa: S608
    if changes:
        with connection.cursor() as cursor:
            cursor.executemany(statement, changes)

"""How each relation to a member follows when two records become one.

Most simply move. A relation with a promise on the member (once per shift, once a year, no overlap) may meet a row of
the record that stays: the room that owns it says what happens then, by a mover registered at start.

    @merging.mover("activities.signup.member")
    def sign_ups(merge: Merge) -> int: ...

Without a mover such a relation moves if nothing is in the way, and the merge is refused by name if something is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.members.models import Member


@dataclass(frozen=True)
class Merge:
    """`gone` becomes `kept`. For movers `gone.merged_into` is set already, under the lock of both rows."""

    kept: Member
    gone: Member
    by: Actor
    now: datetime


Column = models.ForeignKey
Mover = Callable[[Merge], int]
_movers: dict[str, Mover] = {}
_stays: dict[str, models.Q] = {}
_locks: list[Callable[[Merge], None]] = []
_afterwards: list[Mover] = []


def mover(relation: str, *, stays: models.Q | None = None) -> Callable[[Mover], Mover]:
    """Register how `app.model.field` follows; returns how many rows moved. Raises ValueError when it is taken.

    stays: rows that were frozen as they are, and speak of the merged record; their readers look up where it went.
    """

    def register(function: Mover) -> Mover:
        if _movers.setdefault(relation, function) is not function:
            raise ValueError(f"{relation} has a mover already")
        if stays is not None:
            _stays[relation] = stays
        return function

    return register


def locks_first(function: Callable[[Merge], None]) -> Callable[[Merge], None]:
    """Register rows that a room locks before the two members, because everybody else locks them in that order."""
    _locks.append(function)
    return function


def lock_first(merge: Merge) -> None:
    for function in _locks:
        function(merge)


def afterwards(function: Mover) -> Mover:
    """Register what is computed anew once every relation has moved; returns how many rows changed."""
    _afterwards.append(function)
    return function


def relations() -> dict[str, Column]:
    """Every foreign key to a member in the whole program, by `app.model.field`, hidden ones too."""
    found: dict[str, Column] = {}
    for relation in Member._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            column: Any = relation.field  # type: ignore[union-attr]
            found[f"{column.model._meta.label_lower}.{column.name}"] = column
    return dict(sorted(found.items()))


def has_promise(column: Column) -> bool:
    """Whether a constraint of the table speaks of the member, so that two rows may not stand side by side."""
    if column.unique:
        return True
    for constraint in column.model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and column.name in constraint.fields:
            return True
        if isinstance(constraint, ExclusionConstraint) and any(
            expression == column.name for expression, _operator in constraint.expressions
        ):
            return True
    return False


def move_all(merge: Merge) -> dict[str, int]:
    """Move every relation; rows moved by relation, none left out. Raises RuleBroken(code="merge_in_the_way")."""
    moved = {}
    for name, column in relations().items():
        count = _movers[name](merge) if name in _movers else _move(column, merge)
        if count:
            moved[name] = count
    for function in _afterwards:
        function(merge)
    return moved


def left_behind(members: Iterable[UUID]) -> dict[str, int]:
    """Rows that still point to merged records and should not, by relation."""
    keys = list(members)
    counts = {name: pointing(name, column, keys).count() for name, column in relations().items()}
    return {name: count for name, count in counts.items() if count}


def pointing(name: str, column: Column, members: Any) -> "models.QuerySet[Any]":
    """Rows of a relation that point to `members` (ids or a query), without those that may."""
    rows = column.model._base_manager.filter(**{f"{column.name}__in": members})
    return rows.exclude(_stays[name]) if name in _stays else rows


def _move(column: Column, merge: Merge) -> int:
    rows = column.model._base_manager.filter(**{column.name: merge.gone})
    try:
        with transaction.atomic():
            return rows.update(**{column.name: merge.kept})
    except IntegrityError as refusal:
        raise RuleBroken(
            _("Both records have “%(what)s” that exclude each other. Settle that first.")
            % {"what": capfirst(str(column.model._meta.verbose_name))},
            code="merge_in_the_way",
        ) from refusal

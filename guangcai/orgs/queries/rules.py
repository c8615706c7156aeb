"""Reads of the rules in force at a place, with the owner each comes from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from guangcai.core.scoping import ancestors
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Node, Policy
from guangcai.orgs.wording import rule_in_words


@dataclass(frozen=True)
class RuleRow:
    """One dated rule as a page shows it. `is_own`: set at the place that is looked at."""

    id: int
    value: dict[str, Any]
    words: str
    owner_id: int
    owner: str
    since: date
    until: date | None
    source: str
    is_own: bool


@dataclass(frozen=True)
class RuleInForce:
    """A kind of rule at a place: the row in force (None is a fault), what is to come, and what was."""

    key: str
    label: str
    now: RuleRow | None
    coming: tuple[RuleRow, ...]
    past: tuple[RuleRow, ...]


def rules_at(node: Node, *, on: date) -> list[RuleInForce]:
    """Every kind of rule at a node on a day; the nearest owner wins. One query."""
    rows = Policy.objects.filter(path__in=ancestors(node.path)).select_related("node").order_by("since", "pk")
    by_key: dict[str, list[Policy]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    return [_rule(key, by_key.get(key.value, []), node, on) for key in PolicyKey]


def _rule(key: PolicyKey, rows: list[Policy], node: Node, on: date) -> RuleInForce:
    holding = [row for row in rows if row.since <= on and (row.until is None or row.until > on)]
    nearest = max(holding, key=lambda row: (len(row.path), row.since), default=None)
    own = [row for row in rows if row.node_id == node.pk]
    return RuleInForce(
        key=key.value,
        label=str(key.label),
        now=_row(nearest, node) if nearest else None,
        coming=tuple(_row(row, node) for row in rows if row.since > on),
        past=tuple(_row(row, node) for row in reversed(own) if row.until and row.until <= on),
    )


def _row(row: Policy, node: Node) -> RuleRow:
    words = rule_in_words(row.key, row.value)
    return RuleRow(
        id=row.pk,
        value=row.value,
        words=words,
        owner_id=row.node_id,
        owner=row.node.name,
        since=row.since,
        until=row.until,
        source=row.source,
        is_own=row.node_id == node.pk,
    )

"""Rooms above hear here of moves and mergers, which change a path in rows that are no facts (where somebody lives now),
and of units that end.

A room calls `follow` or `follow_end` once at start; its function runs inside the transaction of the command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from guangcai.core.actor import Actor


@dataclass(frozen=True)
class PathChange:
    """Everything under `old_path` now belongs under `new_path`.

    old_node_id differs from node_id after a merger: the old node has ended, `node_id` succeeds it.
    """

    old_path: str
    new_path: str
    old_node_id: int
    node_id: int
    by: Actor
    now: datetime

    @property
    def is_merger(self) -> bool:
        return self.old_node_id != self.node_id


Follower = Callable[[PathChange], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Have `follower` told of every change, each once."""
    if follower not in _followers:
        _followers.append(follower)


def tell(change: PathChange) -> None:
    for follower in _followers:
        follower(change)


@dataclass(frozen=True)
class UnitEnd:
    """The work unit ended at `now`: what it holds and owes in the rooms above ends with it."""

    work_unit_id: int
    by: Actor
    now: datetime


_end_followers: list[Callable[[UnitEnd], None]] = []


def follow_end(follower: Callable[[UnitEnd], None]) -> None:
    """Have `follower` told of every unit that ends, each once."""
    if follower not in _end_followers:
        _end_followers.append(follower)


def tell_end(end: UnitEnd) -> None:
    for follower in _end_followers:
        follower(end)

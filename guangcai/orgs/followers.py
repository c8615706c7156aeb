"""Rooms above that keep a path in rows which are no facts (where somebody lives now) hear of moves and mergers here.

A room calls `follow` once at start; its function runs inside the transaction of the command.
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

"""The teams there are, for rooms that give them something to do and may not import the teams room.

The teams room registers once at start (AppConfig.ready); who wants to hear of a team's end registers as well:

    team_roll.provide(TeamRoll(...))
    team_roll.on_end(cases_go_back)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from guangcai.core.actor import Actor
from guangcai.members.models import Member


@dataclass(frozen=True)
class TeamRoll:
    """What the teams room answers. Rows of teams have `pk` and `name`; each answer is one statement or part of one.

    serving: live teams that may be asked at a place, those of the nodes above it included. answering: those of them
    that somebody leads, with their `path` and `trade` (skill or field in words, "" for neither); without the teams in
    which the first of two members is, and those the second leads. led_by: live teams a member
    answers for. leaders, people: members of a team now, by their keys; people counts the leaders in. hold: lock a team
    until the transaction ends, so that it does not end meanwhile.
    """

    serving: Callable[[str], "QuerySet[Any]"]
    answering: Callable[[str, UUID | None, UUID | None], "QuerySet[Any]"]
    led_by: Callable[[UUID], "QuerySet[Any]"]
    leaders: Callable[[UUID], "QuerySet[Any, UUID]"]
    people: Callable[[UUID], "QuerySet[Member]"]
    hold: Callable[[UUID], None]


Ended = Callable[[UUID, Actor, datetime], None]
_rolls: list[TeamRoll] = []
_listeners: list[Ended] = []


def provide(roll: TeamRoll) -> None:
    """Register who knows the teams. The last one counts."""
    _rolls[:] = [roll]


def roll() -> TeamRoll:
    """Raises IndexError before the teams room has registered: a fault of the installation."""
    return _rolls[0]


def on_end(listener: Ended) -> None:
    """Have `listener` told, inside the transaction, that a team has ended and by whom; each listener once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell_ended(team: UUID, *, by: Actor, now: datetime) -> None:
    for listener in _listeners:
        listener(team, by, now)

"""What the steps of loading hand to each other: the day, the places, the people and who acts for whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.timezone import get_default_timezone, localdate

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit
from guangcai.orgs.queries import actor_of

YEAR = timedelta(days=365)
SATURDAY = 5
Step = Callable[[], None]


@dataclass(frozen=True)
class Person:
    """An invented member: the row of people.json, and the record made from it."""

    row: dict[str, Any]
    member: Member


@dataclass
class Stage:
    """`launch`: the Saturday a year ago on which everybody reported in. All other dates count from it or from today."""

    now: datetime
    nodes: dict[str, Node] = field(default_factory=dict)
    buildings: dict[tuple[str, int], Node] = field(default_factory=dict)
    units: dict[str, WorkUnit] = field(default_factory=dict)
    branches: dict[str, PartyOrganisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    _actors: dict[tuple[UUID, UUID | None], Actor] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return localdate(self.now)

    @property
    def launch(self) -> date:
        year_ago = self.today - YEAR
        return year_ago + timedelta(days=(SATURDAY - year_ago.weekday()) % 7)

    @property
    def founded_at(self) -> datetime:
        """When the district was set up: a month before the launch."""
        return self.at(self.launch - timedelta(days=30), "09:00")

    def at(self, day: date, clock: str) -> datetime:
        """`clock` on `day` as the clocks there show it; never later than now."""
        return min(self.planned(day, clock), self.now)

    def planned(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), tzinfo=get_default_timezone())

    def actor(self, key: str) -> Actor:
        """The rights of a user of the demo; `desk:<community>` and `secretary:<community>` for those who run it."""
        user = self.users[key]
        known = (user.pk, user.member_id)
        if known not in self._actors:
            self._actors[known] = actor_of(user_id=user.pk, member_id=user.member_id, on=self.today)
        return self._actors[known]

    @property
    def own(self) -> Node:
        """The community in which most sign-ins of the demo work, and the member who signs in lives."""
        return self.nodes[self.person(self.users["member"].name).row["community"]]

    def person(self, name: str) -> Person:
        return next(one for people in self.people.values() for one in people if one.row["name"] == name)


def fixed_id(*parts: object) -> UUID:
    """The same key for the same thing at every loading."""
    return uuid5(NAMESPACE_URL, "guangcai-demo:" + ":".join(str(part) for part in parts))

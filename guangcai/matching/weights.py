"""The numbers of a matching: points (what is better) and limits (what must not be). Both come from dated rule rows.

There is no default: a missing rule is a fault, not a guess.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Weights:
    """Points against a pair, whole numbers from 0 on; the pair with fewer points is the better one.

    A pair pays for each of: distance (one of the five places, or metres where both sides have coordinates and
    `per_100_metres` is above 0, from `building` on and never above `elsewhere`), skill, time, load, hours served.
    """

    stairwell: int
    building: int
    compound: int
    community: int
    elsewhere: int
    per_100_metres: int  # 0: coordinates are not used
    without_skill: int  # the need names a skill and the member has not got it
    without_certificate: int  # he has it, without a certificate, where none is required
    without_time: int  # none of the half-days wanted is free
    time_unknown: int  # the member has not said when he is free
    per_commitment: int  # for each thing he has taken on already
    per_hour_served: int  # for each of `hours_counted` hours that he no longer misses this year
    hours_counted: int

    def __post_init__(self) -> None:
        if negative := [field.name for field in fields(self) if getattr(self, field.name) < 0]:
            raise ValueError(f"points cannot be negative: {', '.join(negative)}")
        if list(self.places) != sorted(self.places):
            raise ValueError("a nearer place cannot cost more than a farther one")

    @property
    def places(self) -> tuple[int, int, int, int, int]:
        """Points by Nearness."""
        return (self.stairwell, self.building, self.compound, self.community, self.elsewhere)


@dataclass(frozen=True)
class Limits:
    """What a proposal never breaks, and how many candidates are looked at.

    households_each: households of one member, those he holds included (A62: five).
    barred_units: (unit of the need, work unit of a member) that may not meet, such as a unit and those it is set over.
    candidates: the best so many members of a need go to the solver (K). More arcs, more time; see ADR 0017.
    fewest: with fewer candidates than that in its community, a need looks over the whole set.
    """

    households_each: int
    barred_units: frozenset[tuple[int, int]] = frozenset()
    candidates: int = 20
    fewest: int = 5

    def __post_init__(self) -> None:
        if self.households_each < 0 or self.fewest < 1 or self.candidates < self.fewest:
            raise ValueError("households_each >= 0 and candidates >= fewest >= 1")

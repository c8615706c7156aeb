"""One matching, from the database to the arrays: who can be asked for what, by the rules in force."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from django.conf import settings
from django.utils import translation
from django.utils.timezone import localdate

from guangcai.commitments.belonging import place_now
from guangcai.core.actor import Actor
from guangcai.invitations.enums import Subject
from guangcai.invitations.queries.people import Kinds, People, people
from guangcai.invitations.queries.places import Places
from guangcai.invitations.queries.wants import Wants, forbidden, wants_of
from guangcai.matching.problem import Problem
from guangcai.matching.sentences import reasons
from guangcai.matching.tables import Ints
from guangcai.matching.weights import Limits, Weights
from guangcai.orgs.policies import AnnualDuty, HouseholdLimit, MatchFit, MatchPlace, in_force_together

Pair = tuple[UUID, UUID]  # key of the need, key of the member


@dataclass(frozen=True)
class Posed:
    """A problem with the keys of its rows."""

    problem: Problem
    wants: Wants
    people: People
    kinds: Kinds

    def why(self, need: Ints, member: Ints) -> Iterator[str]:
        """One sentence a pair, in the language of the installation: several people read what is stored."""
        with translation.override(settings.LANGUAGE_CODE):
            yield from reasons(self.problem, need, member, skills=self.kinds.names)


def pose(
    subject: Subject,
    path: str,
    *,
    by: Actor,
    now: datetime,
    pinned: Sequence[Pair] = (),
    only: UUID | None = None,
) -> Posed:
    """Everything of a subject under `path` that looks for people, and everybody who could be asked there.

    pinned: pairs that stay; those that name somebody who is gone are left out. only: one need alone.
    Raises NoRule where no rule of matching is in force. A fixed number of statements.
    Needs and people meet where their places are now.
    """
    on, path = localdate(now), place_now(path)
    shapes = (MatchFit, MatchPlace, HouseholdLimit, AnnualDuty)
    fit, place, limit, duty = in_force_together(*shapes, path=path, on=on)
    places, kinds = Places.beneath(path), Kinds.read()
    wants = wants_of(subject, path, by=by, places=places, kinds=kinds, now=now, only=only)
    asked = people(path, places=places, kinds=kinds, duty=duty, fit=fit, on=on)
    table = asked.table
    if subject == Subject.SHIFTS:
        # A flow does not see that two shifts clash: one each (docs/adr/0017).
        table = replace(table, capacity=np.minimum(table.capacity, 1))
    problem = Problem.of(
        table,
        wants.table,
        weights=_weights(place, fit),
        limits=Limits(households_each=limit.households, candidates=fit.candidates),
        pinned=_rows(pinned, wants, asked),
        forbidden=forbidden(wants, asked, kinds),
    )
    return Posed(problem, wants, asked, kinds)


def _weights(place: MatchPlace, fit: MatchFit) -> Weights:
    return Weights(
        stairwell=place.stairwell,
        building=place.building,
        compound=place.compound,
        community=place.community,
        elsewhere=place.elsewhere,
        per_100_metres=0,  # the tree says who lives near; coordinates of people are not kept
        without_skill=fit.without_skill,
        without_certificate=fit.without_certificate,
        without_time=fit.without_time,
        time_unknown=fit.time_unknown,
        per_commitment=fit.per_commitment,
        per_hour_served=fit.per_hour_served,
        hours_counted=fit.hours_counted,
    )


def _rows(pairs: Iterable[Pair], wants: Wants, asked: People) -> list[tuple[int, int]]:
    need_at = {key: row for row, key in enumerate(wants.keys)}
    member_at = {key: row for row, key in enumerate(asked.keys)}
    return [(need_at[need], member_at[member]) for need, member in pairs if need in need_at and member in member_at]

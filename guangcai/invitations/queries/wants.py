"""What wants people, as the columns that matching works on, and which pairs must not be proposed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate, localtime

from guangcai.activities.models import Shift, SignUp
from guangcai.activities.models.activity import RequiredSkill
from guangcai.activities.rules import AGE_OF_MEMBERS, age_on
from guangcai.care.models import Pairing
from guangcai.care.queries.needs import HouseholdNeed, unpaired
from guangcai.commitments.belonging import heirs_under
from guangcai.core.actor import Actor
from guangcai.core.scoping import under
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Invitation, Proposal
from guangcai.invitations.queries.people import Kinds, People
from guangcai.invitations.queries.places import Places
from guangcai.matching.enums import NeedKind
from guangcai.matching.tables import AFTERNOON, EVENING, MORNING, NO_SKILL, NOT_KNOWN, Needs, half_days
from guangcai.posts.models import Post, PostClaim, PostSkill

# Nobody plans further ahead than that, and a shift of next month still fills itself.
SHIFTS_AHEAD: Final = timedelta(days=14)
NOON, EVENING_BEGINS = 12, 18
# care counts from 1 to 3, the highest risk last; here the smaller the more urgent.
HIGHEST: Final = 3
Pairs = list[tuple[UUID, UUID]]
# The column of a need, and the tables that say who was asked for it or took it.
TOLD: Final[dict[Subject, tuple[str, tuple[Any, ...]]]] = {
    Subject.POSTS: ("post", (PostClaim, Invitation)),
    Subject.SHIFTS: ("shift", (SignUp, Invitation)),
    Subject.HOUSEHOLDS: ("household", (Pairing,)),
}


@dataclass(frozen=True)
class Want:
    """One post, shift or household that looks for somebody. skills: kinds without all of which nobody may come."""

    key: UUID
    community: int
    place: int | None = None
    places: int = 1
    skills: tuple[int, ...] = ()
    category: str = ""
    minimum_age: int = 0
    on: date | None = None
    wanted: int = 0
    consent: bool = True
    urgency: int = 0


@dataclass(frozen=True)
class Wants:
    """Needs in the order of `keys`; row n of `table` has the id n."""

    subject: Subject
    paths: tuple[str, ...]  # under which they were written
    rows: tuple[Want, ...]
    table: Needs

    @cached_property
    def keys(self) -> tuple[UUID, ...]:
        return tuple(row.key for row in self.rows)


def wants_of(
    subject: Subject, path: str, *, by: Actor, places: Places, kinds: Kinds, now: datetime, only: UUID | None = None
) -> Wants:
    """Everything of one subject under `path` that still looks for people; `only` one of them.

    What was written where a community stood before, or in one that went over to it, is wanted by the one it is now.
    """
    found = {Subject.POSTS: _posts, Subject.SHIFTS: _shifts, Subject.HOUSEHOLDS: _households}[subject]
    heirs = heirs_under(path)
    paths = (path, *heirs.paths)
    rows = sorted(found(paths, by=by, now=now), key=lambda row: row.key)
    rows = [
        replace(row, community=heirs.of[row.community]) if row.community in heirs.of else row
        for row in rows
        if only is None or row.key == only
    ]
    return Wants(subject, paths, tuple(rows), _table(subject, rows, places, kinds))


def _table(subject: Subject, rows: Sequence[Want], places: Places, kinds: Kinds) -> Needs:
    kind = {
        Subject.POSTS: NeedKind.POST,
        Subject.SHIFTS: NeedKind.SHIFT,
        Subject.HOUSEHOLDS: NeedKind.HOUSEHOLD,
    }[subject]
    # One skill decides the points and names the reason; a certificate goes before the others.
    main = [_main_skill(row, kinds) for row in rows]
    return Needs(
        ids=tuple(range(len(rows))),
        kind=np.full(len(rows), kind),
        places=np.array([row.places for row in rows], dtype=np.int32),
        skill=np.array(main, dtype=np.int32),
        certificate=np.array([at != NO_SKILL and kinds.needs_certificate[at] for at in main], dtype=bool),
        wanted=np.array([row.wanted for row in rows], dtype=np.int32),
        position=places.positions([(row.place, row.community) for row in rows]),
        metres=np.full((len(rows), 2), NOT_KNOWN, dtype=np.int32),
        consent=np.array([row.consent for row in rows], dtype=bool),
        tier=np.array([row.urgency for row in rows], dtype=np.int32),
        work_unit=np.zeros(len(rows), dtype=np.int32),
    )


def _main_skill(row: Want, kinds: Kinds) -> int:
    asked = [kinds.number[skill] for skill in row.skills]
    return min(asked, key=lambda at: (not kinds.needs_certificate[at], at), default=NO_SKILL)


# --- what is open ---------------------------------------------------------------------------------------------------


def _posts(paths: Sequence[str], *, by: Actor, now: datetime) -> Iterable[Want]:
    """Open posts with fewer claims than places: two queries."""
    claims = _count(PostClaim.objects.live().filter(post=OuterRef("pk")))
    rows = Post.objects.visible_to(by).open().filter(under("path", paths))
    rows = rows.filter(Q(until=None) | Q(until__gte=localdate(now)))
    rows = rows.annotate(free=F("places") - claims).filter(free__gt=0).order_by("pk")
    asked = _skills(PostSkill.objects.filter(post__in=rows.values("pk")).values_list("post_id", "skill_id"))
    for key, community, free, category in rows.values_list("pk", "community_id", "free", "category"):
        yield Want(key, community, places=free, skills=asked.get(key, ()), category=category)


def _shifts(paths: Sequence[str], *, by: Actor, now: datetime) -> Iterable[Want]:
    """Shifts of the next two weeks with free places; the sooner the more urgent: two queries."""
    taken = _count(SignUp.objects.live().filter(shift=OuterRef("pk")))
    rows = Shift.objects.visible_to(by).planned().filter(under("path", paths), activity__published_at__isnull=False)
    rows = rows.filter(starts_at__gt=now, starts_at__lt=now + SHIFTS_AHEAD, activity__cancelled_at=None)
    rows = rows.annotate(free=F("places") - taken).filter(free__gt=0).order_by("pk")
    activities = rows.values("activity")
    asked = _skills(RequiredSkill.objects.filter(activity__in=activities).values_list("activity_id", "skill_id"))
    columns = rows.values_list("pk", "community_id", "free", "activity_id", "activity__minimum_age", "starts_at")
    for key, community, free, activity, age, starts_at in columns:
        on = localdate(starts_at)
        yield Want(
            key,
            community,
            places=free,
            skills=asked.get(activity, ()),
            minimum_age=age or 0,
            on=on,
            wanted=_half_day(starts_at),
            urgency=(on - localdate(now)).days,
        )


def _households(paths: Sequence[str], *, by: Actor, now: datetime) -> Iterable[Want]:
    """Households that agreed to be looked after and have nobody; the higher the risk the more urgent."""
    return (_household(row) for row in unpaired(by, paths))


def _household(row: HouseholdNeed) -> Want:
    return Want(row.id, row.community_id, place=row.place_id, consent=row.consent, urgency=HIGHEST - row.urgency)


def _half_day(moment: datetime) -> int:
    begins = localtime(moment)
    part = MORNING if begins.hour < NOON else AFTERNOON if begins.hour < EVENING_BEGINS else EVENING
    return half_days((begins.weekday(), part))


def _count(rows: QuerySet[Any]) -> Any:
    """How many rows, as a column of the row they are about."""
    counted = rows.order_by().values("district_code").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _skills(rows: Iterable[tuple[UUID, int]]) -> dict[UUID, tuple[int, ...]]:
    asked: dict[UUID, tuple[int, ...]] = {}
    for key, skill in rows:
        asked[key] = (*asked.get(key, ()), skill)
    return asked


# --- pairs that must not be proposed --------------------------------------------------------------------------------


def forbidden(wants: Wants, people: People, kinds: Kinds) -> list[tuple[int, int]]:
    """(row of the need, row of the member): unfit by the rules of its own room, asked before, or skipped."""
    need_at = {key: row for row, key in enumerate(wants.keys)}
    member_at = {key: row for row, key in enumerate(people.keys)}
    known = [
        (need_at[need], member_at[member]) for need, member in _told(wants) if need in need_at and member in member_at
    ]
    return [*known, *unfit(wants, people, kinds)]


def _told(wants: Wants) -> Pairs:
    """Pairs that were asked, taken or skipped before: no one is asked twice for the same thing."""
    need, sources = TOLD[wants.subject]
    there = under(f"{need}__path", wants.paths)
    tables = [Proposal.objects.filter(decision=Decision.SKIPPED), *(model.objects.all() for model in sources)]
    told = [pair for rows in tables for pair in rows.filter(there).values_list(f"{need}_id", "member_id")]
    return told + (_clashes(wants.keys) if wants.subject == Subject.SHIFTS else [])


def _clashes(shifts: Sequence[UUID]) -> Pairs:
    """(shift, member) where he has signed up for another one at the same time. Two queries."""
    rows = list(Shift.objects.filter(pk__in=shifts).values_list("pk", "starts_at", "ends_at"))
    if not rows:
        return []
    first, last = min(starts for _pk, starts, _ends in rows), max(ends for _pk, _starts, ends in rows)
    other = SignUp.objects.live().filter(shift__cancelled_at=None, shift__closed_at=None)
    near = other.filter(shift__starts_at__lt=last, shift__ends_at__gt=first)
    busy = list(near.values_list("member_id", "shift_id", "shift__starts_at", "shift__ends_at"))
    return [
        (key, member)
        for key, starts, ends in rows
        for member, shift, begins, over in busy
        if shift != key and begins < ends and over > starts
    ]


def unfit(wants: Wants, people: People, kinds: Kinds) -> Iterable[tuple[int, int]]:
    """Members of the need's own community whom its room would refuse: skill, category, age."""
    table = people.table
    proved = table.skills & (table.certified | ~kinds.needs_certificate)
    categories = np.array(people.categories, dtype=object)
    community = table.position[:, 3]
    for row, want in enumerate(wants.rows):
        if not (want.skills or want.category or want.minimum_age):
            continue
        may = np.ones(len(people.keys), dtype=bool)
        if want.skills:
            may &= proved[:, [kinds.number[skill] for skill in want.skills]].all(axis=1)
        if want.category:
            may &= categories == want.category
        if want.minimum_age:
            may &= np.array([_is_old_enough(born, want) for born in people.births], dtype=bool)
        here = community == want.community
        yield from ((row, int(member)) for member in np.flatnonzero(here & ~may))


def _is_old_enough(born: date | None, want: Want) -> bool:
    if born is None or want.on is None:
        return want.minimum_age <= AGE_OF_MEMBERS
    return age_on(born, want.on) >= want.minimum_age

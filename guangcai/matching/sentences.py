"""Why this member: one sentence for each pair, such as "同楼、会水电、周六有空、今年还差 6 小时".

Made from the features the points are made of, what speaks against the pair included. 150,000 pairs have few different
features: what was said once is not put together again.
"""

from collections.abc import Iterator, Sequence
from functools import cache, partial

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.matching.enums import Binding, Nearness
from guangcai.matching.left_out import LeftOut
from guangcai.matching.plan import RefusedPin
from guangcai.matching.problem import Problem
from guangcai.matching.scoring import MINUTES_PER_HOUR, metres_apart, nearness
from guangcai.matching.tables import DAYS, NO_SKILL, NOT_KNOWN, PARTS, Ints

Said = tuple[str, bool]  # a phrase, and whether it speaks for the pair
NOTHING: Said = ("", True)
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))


def reasons(problem: Problem, need: Ints, member: Ints, *, skills: Sequence[str]) -> Iterator[str]:
    """One sentence a pair, in the language that is active. `skills`: the name of each kind, by number."""
    say_place, say_skill, say_time = cache(place), cache(partial(skilled, skills)), cache(time)
    say_missing, say_load = cache(missing), cache(load)
    comma, but = pgettext("between two reasons", ", "), pgettext("before what speaks against", ", but ")

    def sides(*phrases: Said) -> tuple[list[str], list[str]]:
        merits = [words for words, speaks_for in phrases if speaks_for and words]
        return merits, [words for words, speaks_for in phrases if words and not speaks_for]

    @cache
    def of_pair(level: int, metres: int, skill: int, held: int, overlap: int, said: bool) -> tuple[str, str]:
        merits, drawbacks = sides(say_place(level, metres), say_skill(skill, held), say_time(overlap, said))
        return comma.join(merits), comma.join(drawbacks)

    @cache
    def of_member(before: tuple[str, str], minutes: int, count: int) -> str:
        merits, drawbacks = sides((before[0], True), (before[1], False), say_missing(minutes), say_load(count))
        return but.join(comma.join(side) for side in (merits, drawbacks) if side)

    columns = (column.tolist() for column in features(problem, need, member))
    for *pair, minutes, count in zip(*columns, strict=True):
        yield of_member(of_pair(*pair), minutes, count)


def features(problem: Problem, need: Ints, member: Ints) -> tuple[Ints, ...]:
    """What the sentences are made of, a column each."""
    needs, members = problem.needs, problem.members
    skill, wanted = needs.skill[need], needs.wanted[need]
    level = nearness(problem, need, member)
    metres = np.full(len(need), NOT_KNOWN, dtype=np.int64)
    if problem.weights.per_100_metres:
        metres = np.where(level > Nearness.BUILDING, metres_apart(problem, need, member), NOT_KNOWN)
    held = np.zeros(len(need), dtype=np.int8)
    if members.skills.shape[1]:
        held = np.maximum(members.skills[member, skill], members.certified[member, skill] * np.int8(2))
    overlap = np.where(wanted == 0, -1, wanted & members.free[member])
    said = members.free[member] != 0
    return level, metres, skill, held, overlap, said, members.missing_minutes[member], members.load[member]


def place(level: int, metres: int) -> Said:
    if metres != NOT_KNOWN:
        return _("%(metres)s m away") % {"metres": metres}, True
    return near(level), level != Nearness.ELSEWHERE


def skilled(skills: Sequence[str], skill: int, held: int) -> Said:
    """held: 0 not at all, 1 without a certificate, 2 with one."""
    if skill == NO_SKILL:
        return NOTHING
    words = (_("cannot do %(skill)s"), _("can do %(skill)s"), _("certified in %(skill)s"))[held]
    return words % {"skill": skills[skill]}, held > 0


def time(overlap: int, said: bool) -> Said:
    """overlap: half-days wanted and free, -1 when any time will do; said: whether the member has named free times."""
    if overlap < 0:
        return NOTHING
    if not overlap:
        return (_("other free times") if said else _("free times not known")), False
    return _("free %(times)s") % {"times": times(overlap)}, True


def missing(minutes: int) -> Said:
    return (_("%(time)s still missing this year") % {"time": duration(minutes)}, True) if minutes > 0 else NOTHING


def load(count: int) -> Said:
    return (_("has taken on %(count)s already") % {"count": count}, False) if count > 0 else NOTHING


def near(level: int) -> str:
    return {
        Nearness.STAIRWELL: _("same stairwell"),
        Nearness.BUILDING: _("same building"),
        Nearness.COMPOUND: _("same compound"),
        Nearness.COMMUNITY: _("same community"),
        Nearness.ELSEWHERE: _("another community"),
    }[Nearness(level)]


def duration(minutes: int) -> str:
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def times(bits: int) -> str:
    """Half-days in words: the days, and the part of the day when it is always the same."""
    chosen = [divmod(bit, PARTS) for bit in range(DAYS * PARTS) if bits >> bit & 1]
    parts = {part for _day, part in chosen}
    words = {"days": which_days(frozenset(day for day, _part in chosen))}
    if len(parts) > 1:
        return words["days"]
    named = (pgettext("half-day", "morning"), pgettext("half-day", "afternoon"), pgettext("half-day", "evening"))
    return pgettext("half-day", "%(days)s %(part)s") % {**words, "part": named[parts.pop()]}


def which_days(days: frozenset[int]) -> str:
    if len(days) == DAYS:
        return _("every day")
    if days == WORKDAYS:
        return _("on workdays")
    if days == WEEKEND:
        return _("at the weekend")
    if len(days) > 2:
        return _("on %(count)s days of the week") % {"count": len(days)}
    names = (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )
    return pgettext("between two weekdays", " and ").join(names[day] for day in sorted(days))


def why_left_out(left: LeftOut) -> str:
    """Why places of a need stay empty, and so what would fill them."""
    words = {
        Binding.NO_CONSENT: _("No consent yet: ask for it first."),
        Binding.NOBODY: _("No member lives in this community."),
        Binding.NO_CERTIFICATE: _("None of the %(before)s members has the certificate required."),
        Binding.EXCLUDED: _("All who have what is required (%(before)s) are ruled out for this one."),
        Binding.SUPERIOR: _("The %(before)s members left work in units that may not be asked here."),
        Binding.FULL: _("All %(before)s members who could do it had taken on as much as they may before."),
        Binding.TAKEN: _("All %(before)s members who could do it are proposed elsewhere in this round."),
        Binding.TOO_FEW: _("Only %(before)s members may do it, and all are proposed: there are more places."),
    }
    return words[left.binding] % {"before": left.before}


def why_refused(pin: RefusedPin) -> str:
    """Why a pair that a person chose is not kept."""
    return {
        Binding.NO_CONSENT: _("No consent yet: ask for it first."),
        Binding.NO_CERTIFICATE: _("This member has not got the certificate required."),
        Binding.EXCLUDED: _("This pair is ruled out."),
        Binding.SUPERIOR: _("This member works in a unit that may not be asked here."),
        Binding.FULL: _("This member has taken on as much as he may."),
        Binding.TAKEN: _("Other choices have used up what this member may take on."),
        Binding.NO_PLACE: _("All places are taken already."),
    }[pin.binding]

"""The statistics by name (S1 to S5, S6, S7, S12): one shape for the screen, Excel, the API and `guangcai stats`.

Each is a function over the rooms' own counts; nothing is stored. A number on a screen and the same number on the
command line come from the same call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.activities.queries.counts import count_activities
from guangcai.appraisal.queries import count_duty, count_feedback
from guangcai.care.queries.figures import count_linked
from guangcai.cases.queries.counts import count_cases
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken, Text
from guangcai.core.permissions import Permission
from guangcai.councils.queries.counts import count_agreements, count_promises, count_proposals, coverage
from guangcai.mediation.queries.counts import count_mediations
from guangcai.members.queries.counts import count_links, count_members, reported_in_rates
from guangcai.orgs.models import Node
from guangcai.pledges.queries.counts import count_pledges
from guangcai.posts.queries.counts import count_posts
from guangcai.reports.wording import LINK_WORDS, MEASURE_WORDS, REQUEST_FIGURES
from guangcai.studios.queries.figures import count_studios
from guangcai.teams.queries.counts import count_teams
from guangcai.wishes.queries.aid import count_aid
from guangcai.wishes.queries.counts import count_wishes
from guangcai.zones.enums import ZoneKind
from guangcai.zones.queries.coverage import count_zones

Row = dict[str, Any]
# Statistics reach from the first rules in force to the end of the century.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Question:
    """What is asked: a place, dimensions, a period or a day, and who asks (None: the program itself)."""

    node: Node
    by: tuple[str, ...]
    on: date
    since: date | None = None
    until: date | None = None
    actor: Actor | None = None

    @property
    def paths(self) -> list[str]:
        """The place as far as the asker may count: all of it, his part of it, or nothing."""
        if self.actor is None:
            return [self.node.path]
        allowed = self.actor.paths_with(Permission.STATISTICS_VIEW)
        if any(self.node.path.startswith(path) for path in allowed):
            return [self.node.path]
        return [path for path in allowed if path.startswith(self.node.path)]

    @property
    def year(self) -> int:
        return (self.until or self.on).year

    @property
    def first_day(self) -> date:
        """Where a period begins that names no beginning: with the year."""
        return self.since or date(self.year, 1, 1)


@dataclass(frozen=True)
class Figures:
    """An answer: rows of dimension values with `count` (and more figures), and the total of `count`."""

    name: str
    title: Text
    node: Node
    as_of: date
    by: tuple[str, ...]
    measures: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    # First and last local day of what is counted over a period; None where a day is asked.
    period: tuple[date, date] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "node": self.node.name,
            "as_of": self.as_of.isoformat(),
            "rows": self.rows,
            "total": self.total,
        }


@dataclass(frozen=True)
class Statistic:
    """One statistic: what it may be broken down by, what it is broken down by at first, and how it is counted."""

    title: Text
    dimensions: tuple[str, ...]
    default: tuple[str, ...]
    count: Callable[[Question], list[Row]]
    measures: tuple[str, ...] = ("count",)
    has_period: bool = False


def _members(asked: Question) -> list[Row]:
    counted = count_members(path=asked.node.path, by=asked.by, on=asked.on, actor=asked.actor)
    return [{**row.values, "count": row.count} for row in counted]


def _links(asked: Question) -> list[Row]:
    if len(asked.by) > 1:
        raise RuleBroken(
            _("Links are counted by kind of link or by work unit, not by both."), field="by", code="one_dimension"
        )
    if asked.by == ("unit",):
        rates = reported_in_rates(path=asked.node.path, on=asked.on, actor=asked.actor)
        return [{"unit": rate.work_unit, "count": rate.members, "reported_in": rate.reported_in} for rate in rates]
    counts = count_links(path=asked.node.path, on=asked.on, actor=asked.actor)
    return [{"link": name, "count": getattr(counts, name)} for name in LINK_WORDS]


def _activities(asked: Question) -> list[Row]:
    """Shifts held; broken down by outcome, the sums of what they achieved by unit of measure (A41)."""
    by = tuple(name for name in asked.by if name != "outcome")
    counted = [
        row
        for path in asked.paths
        for row in count_activities(path, by=by, since=asked.first_day, until=asked.until or asked.on)
    ]
    if "outcome" not in asked.by:
        return [{**row.dimensions, "count": row.shifts, "participants": row.participants} for row in counted]
    return [
        {**row.dimensions, "outcome": f"{name} ({unit})", "count": quantity}
        for row in counted
        for (name, unit), quantity in sorted(row.outcomes.items())
    ]


def _teams(asked: Question) -> list[Row]:
    """Teams, different people in them, entries of their logs in the period (S5, as far as teams go)."""
    counted = count_teams(asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on)
    return [{**row.dimensions, "count": row.teams, "people": row.members, "logged": row.entries} for row in counted]


def _studios(asked: Question) -> list[Row]:
    """Studios with sessions in the period: held against planned, residents received, notes and those closed (S5)."""
    counted = count_studios(asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on)
    return [
        {
            **row.dimensions,
            "count": row.studios,
            "studio_held": row.held,
            "studio_planned": row.planned,
            "studio_received": row.received,
            "studio_cases": row.cases,
            "studio_closed": row.closed,
        }
        for row in counted
    ]


def _duty(asked: Question) -> list[Row]:
    counted = count_duty(paths=asked.paths, by=asked.by, year=asked.year, on=asked.on)
    return [{**dict(zip(asked.by, key, strict=True)), "count": count} for key, count in counted.items()]


def _feedback(asked: Question) -> list[Row]:
    counted = count_feedback(paths=asked.paths, by=asked.by, since=asked.since, until=asked.until)
    return [
        {
            **row.values,
            "count": row.drafted,
            "sent": row.sent,
            "read": row.read,
            "acknowledged": row.acknowledged,
            "disputed": row.disputed,
        }
        for row in counted
    ]


def _requests(asked: Question) -> list[Row]:
    """S9: requests dispatched in the period, with the raw counts of the three rates; never by person."""
    rows = count_cases(paths=asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on)
    shown = {name: f"requests_{name}" for name in REQUEST_FIGURES}
    return [
        {**{name: row[name] for name in (*asked.by, "count")}, **{to: row[name] for name, to in shown.items()}}
        for row in rows
    ]


def _pledges(asked: Question) -> list[Row]:
    """Pledges made for the year, and what the communities found (A57)."""
    counted = count_pledges(paths=asked.paths, by=asked.by, year=asked.year)
    return [
        {**row.values, "count": row.made, "fulfilled": row.fulfilled, "partly": row.partly, "not_yet": row.not_yet}
        for row in counted
    ]


def _posts(asked: Question) -> list[Row]:
    """Posts open, their places, how many are claimed and taken up, and the rate of claims (S3)."""
    counted = count_posts(paths=asked.paths, by=asked.by, on=asked.on)
    return [
        {
            **dict(zip(asked.by, key, strict=True)),
            "count": row.posts,
            "places": row.places,
            "claimed": row.claimed,
            "taken_up": row.taken_up,
            "rate": row.rate,
        }
        for key, row in counted.items()
    ]


def _zones(asked: Question) -> list[Row]:
    """Zones in all, held, with a signed agreement, and the share of those (S4)."""
    counted = count_zones(paths=asked.paths, by=asked.by, on=asked.on)
    kinds = dict(ZoneKind.choices)
    return [
        {
            **{name: str(kinds.get(value, value)) for name, value in zip(asked.by, key, strict=True)},
            "count": row.total,
            "held": row.held,
            "signed": row.signed,
            "share": row.share,
        }
        for key, row in counted.items()
    ]


def _households(asked: Question) -> list[Row]:
    """Households looked after, visits in the period, due in it and made of these, overdue today (S8)."""
    counted = count_linked(
        asked.actor, paths=asked.paths, by=asked.by, on=asked.until or asked.on, since=asked.first_day, now=now()
    )
    rows: list[Row] = []
    for row in counted:
        found: Row = {**row.values, "count": row.households, "visits": row.visits, "due": row.due, "made": row.made}
        rows.append(found if row.late is None else {**found, "overdue": row.late})
    return rows


def _wishes(asked: Question) -> list[Row]:
    """Wishes collected, taken on and come true in the period, each by the day on which that happened (S10)."""
    counted = count_wishes(paths=asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on)
    return [
        {**row.values, "count": row.collected, "wishes_claimed": row.claimed, "wishes_fulfilled": row.fulfilled}
        for row in counted
    ]


def _mediations(asked: Question) -> list[Row]:
    """Quarrels opened, agreed and found holding in the period; in bands outside their own desk (A23)."""
    counted = count_mediations(
        asked.actor, paths=asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on
    )
    return [
        {**row.values, "count": row.opened, "mediations_agreed": row.agreed, "mediations_holding": row.holding}
        for row in counted
    ]


def _aid(asked: Question) -> list[Row]:
    """What programmes of aid came to in the period, by what is counted (S15); people in need in bands."""
    counted = count_aid(
        asked.actor, paths=asked.paths, by=asked.by, since=asked.first_day, until=asked.until or asked.on
    )
    return [{**row.values, "count": row.total} for row in counted]


def _proposals(asked: Question) -> list[Row]:
    return count_proposals(asked.paths, by=asked.by, on=asked.on)


def _promises(asked: Question) -> list[Row]:
    """What units promised for proposals: kept in time, kept late, late now (S11)."""
    return count_promises(asked.paths, by=asked.by, on=asked.on)


def _agreements(asked: Question) -> list[Row]:
    return count_agreements(asked.paths, by=asked.by, on=asked.on)


def _joint_meetings(asked: Question) -> list[Row]:
    """Communities, of these with a joint meeting of units, of these with an agreement (S11: 11 of 60)."""
    return [
        {"street": row.street, "count": row.communities, "joint": row.joint, "agreed": row.agreed}
        for row in coverage(asked.paths, on=asked.on)
    ]


STATISTICS: Mapping[str, Statistic] = {
    "members": Statistic(
        _("Members"),
        ("community", "occupation", "skill", "category", "type", "unit"),
        ("community",),
        _members,
    ),
    "links": Statistic(_("Links"), ("link", "unit"), ("link",), _links),
    "activities": Statistic(
        _("Activities"),
        ("theme", "kind", "community", "activity", "month", "outcome"),
        ("theme",),
        _activities,
        measures=("count", "participants"),
        has_period=True,
    ),
    "posts": Statistic(
        pgettext_lazy("menu", "Posts"),
        ("kind", "community"),
        ("kind",),
        _posts,
        measures=("count", "places", "claimed", "taken_up", "rate"),
    ),
    "zones": Statistic(
        _("Zones"),
        ("community", "kind"),
        ("community",),
        _zones,
        measures=("count", "held", "signed", "share"),
    ),
    "teams": Statistic(
        pgettext_lazy("menu", "Teams"),
        ("kind", "field", "basis", "community"),
        ("kind",),
        _teams,
        measures=("count", "people", "logged"),
        has_period=True,
    ),
    "studios": Statistic(
        pgettext_lazy("menu", "Studios"),
        ("studio", "kind", "community"),
        ("studio",),
        _studios,
        measures=("count", "studio_held", "studio_planned", "studio_received", "studio_cases", "studio_closed"),
        has_period=True,
    ),
    "households": Statistic(
        _("Households looked after (in fives outside their own desk)"),
        ("tier", "pairing", "category", "community"),
        ("tier",),
        _households,
        measures=("count", "visits", "due", "made", "overdue"),
        has_period=True,
    ),
    "duty": Statistic(_("Annual duty"), ("verdict", "community", "unit"), ("verdict",), _duty),
    "feedback": Statistic(
        _("Quarterly feedback"),
        ("quarter", "community", "unit"),
        ("quarter",),
        _feedback,
        measures=("count", "sent", "read", "acknowledged", "disputed"),
        has_period=True,
    ),
    "proposals": Statistic(pgettext_lazy("menu", "Proposals"), ("state", "community"), ("state",), _proposals),
    "promises": Statistic(
        pgettext_lazy("menu", "Promises of units"),
        ("unit", "community", "kind"),
        ("unit",),
        _promises,
        measures=("count", "kept", "kept_late", "late"),
    ),
    "agreements": Statistic(
        pgettext_lazy("menu", "Joint-building agreements"),
        ("community", "unit"),
        ("community",),
        _agreements,
        measures=("count", "units"),
    ),
    "joint_meetings": Statistic(
        _("Communities with a joint meeting"),
        ("street",),
        ("street",),
        _joint_meetings,
        measures=("count", "joint", "agreed"),
    ),
    "pledges": Statistic(
        pgettext_lazy("menu", "Pledges"),
        ("pledge", "community"),
        ("pledge",),
        _pledges,
        measures=("count", "fulfilled", "partly", "not_yet"),
    ),
    "requests": Statistic(
        pgettext_lazy("menu", "Requests"),
        ("category", "item", "community"),
        ("category",),
        _requests,
        measures=("count", *(f"requests_{name}" for name in REQUEST_FIGURES)),
        has_period=True,
    ),
    "wishes": Statistic(
        pgettext_lazy("menu", "Wishes"),
        ("kind", "channel", "community"),
        ("kind",),
        _wishes,
        measures=("count", "wishes_claimed", "wishes_fulfilled"),
        has_period=True,
    ),
    "mediations": Statistic(
        _("Mediation between neighbours (in fives outside their own desk)"),
        ("cause", "community"),
        ("community",),
        _mediations,
        measures=("count", "mediations_agreed", "mediations_holding"),
        has_period=True,
    ),
    "aid": Statistic(
        _("Outcomes of aid (people in need in fives outside their own desk)"),
        ("outcome", "programme", "community"),
        ("outcome",),
        _aid,
        has_period=True,
    ),
}


def figures(name: str, asked: Question) -> Figures:
    """Answer one statistic.

    Raises RuleBroken for a name or dimension that does not exist, OutOfScope where the actor may count nothing.
    """
    statistic = STATISTICS.get(name)
    if statistic is None:
        raise RuleBroken(
            _("There is no statistic “%(name)s”. There are: %(all)s.") % {"name": name, "all": ", ".join(STATISTICS)},
            code="no_statistic",
        )
    asked = _checked(asked, statistic)
    rows = statistic.count(asked)
    measures = _measures(statistic, rows)
    return Figures(
        name=name,
        title=statistic.title,
        node=asked.node,
        as_of=asked.on,
        by=asked.by,
        measures=measures,
        rows=rows,
        total=sum(row["count"] for row in rows),
        period=(asked.first_day, asked.until or asked.on) if statistic.has_period else None,
    )


def _checked(asked: Question, statistic: Statistic) -> Question:
    unknown = [name for name in asked.by if name not in statistic.dimensions]
    if unknown:
        raise RuleBroken(
            _("This statistic cannot be broken down by “%(name)s”. Possible: %(all)s.")
            % {"name": unknown[0], "all": ", ".join(statistic.dimensions)},
            field="by",
            code="no_dimension",
        )
    if any(day and not FIRST_DAY <= day <= LAST_DAY for day in (asked.on, asked.since, asked.until)):
        raise RuleBroken(
            _("Give a day between %(first)s and %(last)s.") % {"first": FIRST_DAY, "last": LAST_DAY}, code="day_range"
        )
    if asked.since and asked.until and asked.since > asked.until:
        raise RuleBroken(_("The period ends before it begins."), field="until", code="period")
    if not asked.paths:
        raise OutOfScope()
    return Question(
        node=asked.node,
        by=tuple(dict.fromkeys(asked.by)) or statistic.default,
        on=asked.on,
        since=asked.since,
        until=asked.until,
        actor=asked.actor,
    )


def _measures(statistic: Statistic, rows: Sequence[Row]) -> tuple[str, ...]:
    """The figures of these rows, in their fixed order, `count` first; those to be expected where there is no row."""
    present = {name for row in rows for name in row} or set(statistic.measures)
    return tuple(name for name in MEASURE_WORDS if name in present)

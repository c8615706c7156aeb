"""Bodies as screens show them: seats, parties that are missing, what is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.councils import rules
from guangcai.councils.enums import RecordKind
from guangcai.councils.models import Body, BodyMember, BodyRecord, Meeting, RequiredParty
from guangcai.councils.queries.rights import run_by, runs
from guangcai.orgs.policies import MeetingRhythm, in_force_at_each

OPEN_SEAT = Q(seats__until=None, seats__id__isnull=False)


def with_numbers(bodies: QuerySet[Body]) -> QuerySet[Body]:
    """Each body with how many sit there, for whom they speak, when it met last and when it meets next."""
    met = Meeting.objects.held().filter(body=OuterRef("pk")).order_by("-starts_at")
    planned = Meeting.objects.open().filter(body=OuterRef("pk")).order_by("starts_at")
    return bodies.select_related("node").annotate(
        seat_count=Count("seats", filter=OPEN_SEAT, distinct=True),
        seated=ArrayAgg("seats__party", filter=OPEN_SEAT, distinct=True, default=[]),
        met_at=Subquery(met.values("starts_at")[:1]),
        wanted_on=Subquery(met.values("next_on")[:1]),
        planned_at=Subquery(planned.values("starts_at")[:1]),
    )


def required_parties() -> dict[str, list[str]]:
    """Kind of body -> the classes of party it asks for. One query."""
    found: dict[str, list[str]] = {}
    for row in RequiredParty.objects.all():
        found.setdefault(row.kind, []).append(row.party)
    return found


@dataclass(frozen=True)
class Line:
    """One body in the list; missing: in words."""

    body: Body
    missing: list[str]


def lines(bodies: Iterable[Body]) -> list[Line]:
    """Rows of with_numbers with the parties that are missing: one query more."""
    asked = required_parties()
    return [Line(body, rules.missing_parties(asked.get(body.kind, ()), _seated(body))) for body in bodies]


def _seated(body: Body) -> Collection[str]:
    return set(getattr(body, "seated", ()))


@dataclass(frozen=True)
class Seat:
    """One seat as the reader may see it: `name` is empty where a person's name is not his to read."""

    row: BodyMember
    name: str


def seats_of(body: Body, actor: Actor) -> list[Seat]:
    """Who sits there now. Units are named to everybody, people to whoever sees the roster or sits there too."""
    rows = list(BodyMember.objects.open().filter(body=body).select_related("member", "work_unit"))
    sits = actor.member_id is not None and any(row.member_id == actor.member_id for row in rows)
    sees = sits or actor.can(Permission.ROSTER_VIEW, body.path) or runs(actor, body)
    order = ("chair", "convener", "secretary", "member")
    return [
        Seat(row, row.work_unit.name if row.work_unit else name_of(row) if sees else "")
        for row in sorted(rows, key=lambda row: (order.index(row.role), row.since, row.pk))
    ]


def name_of(seat: BodyMember) -> str:
    """Who sits there, for those who may read it."""
    if seat.work_unit is not None:
        return seat.work_unit.name
    return seat.member.name if seat.member is not None else str(seat.party_name)


@dataclass(frozen=True)
class BodyDue:
    """Something a body owes: a meeting, a menu or a survey, by a local date."""

    body: Body
    due: rules.DueOn
    is_late: bool


def due(actor: Actor, *, on: date) -> list[BodyDue]:
    """What the bodies that the actor runs owe, what is late first: two queries."""
    mine = run_by(actor)
    rows = list(_kept_up(Body.objects.live().filter(mine), on=on))
    return _due(rows, on=on)


def due_of(body: Body, *, on: date) -> list[BodyDue]:
    """The same for one body."""
    return _due(list(_kept_up(Body.objects.live().filter(pk=body.pk), on=on)), on=on)


def _kept_up(bodies: QuerySet[Body], *, on: date) -> QuerySet[Body]:
    records = BodyRecord.objects.filter(body=OuterRef("pk")).order_by().values("body")
    menus = records.filter(kind=RecordKind.MENU, month__gte=on.replace(day=1)).annotate(all=ArrayAgg("month"))
    surveys = records.filter(kind=RecordKind.SURVEY).annotate(last=Max("month"))
    return with_numbers(bodies).annotate(
        menus=Subquery(menus.values("all")), last_survey=Subquery(surveys.values("last"))
    )


def _due(rows: list[Body], *, on: date) -> list[BodyDue]:
    rhythms = in_force_at_each(MeetingRhythm, paths={row.path for row in rows}, on=on) if rows else {}
    found = [
        BodyDue(row, one, one.by < on) for row in rows for one in rules.due_of(_kept(row), rhythms[row.path], today=on)
    ]
    return sorted(found, key=lambda one: (one.due.by, one.body.name, one.due.duty))


def _kept(row: Body) -> rules.Kept:
    told: dict[str, object] = row.__dict__
    met_at, planned_at = told["met_at"], told["planned_at"]
    return rules.Kept(
        kind=row.kind,
        last_met=localdate(met_at) if met_at else row.set_up_on,  # type: ignore[arg-type]
        wanted_on=told["wanted_on"],  # type: ignore[arg-type]
        planned_on=localdate(planned_at) if planned_at else None,  # type: ignore[arg-type]
        menus=told["menus"] or (),  # type: ignore[arg-type]
        last_survey=told["last_survey"],  # type: ignore[arg-type]
        since=row.set_up_on,
    )

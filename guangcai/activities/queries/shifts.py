"""Shifts as screens show them: on the calendar, on an activity's page, to a member who looks for something to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from guangcai.activities import rules
from guangcai.activities.enums import ActivityKind, Presence
from guangcai.activities.models import Activity, Attendance, Shift, ShiftNotice, SignUp
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.core.workdays import is_working_day
from guangcai.members.fitness import SkillHeld
from guangcai.members.models import Member
from guangcai.members.queries.abilities import skills_of
from guangcai.orgs.policies import RecordingDeadline, in_force_at
from guangcai.orgs.queries import workday_overrides

SHOWN_TO_MEMBER = 60
# A year of theme days would bury what is on this week.
OFFERED_AHEAD = timedelta(days=45)


@dataclass(frozen=True)
class ShiftRow:
    """One shift with its numbers. `state` is planned, running, to_close, closed, cancelled or draft."""

    id: UUID
    activity_id: UUID
    title: str
    kind: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int
    placed: int
    waiting: int
    present: int
    state: str
    community: str = ""

    @property
    def on(self) -> date:
        return localdate(self.starts_at)

    @property
    def free(self) -> int:
        return max(0, self.places - self.placed)

    @property
    def gives_hours(self) -> bool:
        return ActivityKind(self.kind).gives_hours


@dataclass(frozen=True)
class DueShift:
    """A shift that is over and not closed, and the last day on which its record is in time."""

    id: UUID
    title: str
    ended_at: datetime
    due_on: date
    tone: str

    @property
    def is_overdue(self) -> bool:
        return self.tone == "bad"


@dataclass(frozen=True)
class Offer:
    """A shift a member can look at: whether it fits, and if not, why."""

    row: ShiftRow
    fits: bool
    why: str = ""
    place_no: int | None = None
    has_signed_up: bool = False


def _count(rows: QuerySet) -> Coalesce:
    """How many `rows` belong to the outer shift, as a subquery: joins of two lists would multiply each other."""
    counted = rows.filter(shift=OuterRef("pk")).order_by().values("shift").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_numbers(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    return shifts.select_related("activity", "community").annotate(
        placed=_count(SignUp.objects.placed()),
        waiting=_count(SignUp.objects.filter(cancelled_at=None, place_no=None)),
        present=_count(Attendance.objects.present()),
    )


def shift_row(shift: Shift, *, now: datetime) -> ShiftRow:
    """A shift that came out of `with_numbers`."""
    activity = shift.activity
    return ShiftRow(
        id=shift.pk,
        activity_id=activity.pk,
        title=activity.title,
        kind=activity.kind,
        place=activity.place,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        places=shift.places,
        placed=shift.placed,  # type: ignore[attr-defined]
        waiting=shift.waiting,  # type: ignore[attr-defined]
        present=shift.present,  # type: ignore[attr-defined]
        state=state_of(shift, now=now),
        community=shift.community.name,
    )


def state_of(shift: Shift, *, now: datetime) -> str:
    if shift.cancelled_at is not None or shift.activity.cancelled_at is not None:
        return "cancelled"
    if shift.closed_at is not None:
        return "closed"
    if shift.activity.published_at is None:
        return "draft"
    if now > shift.ends_at:
        return "to_close"
    return "running" if now >= shift.starts_at - rules.OPENS_BEFORE else "planned"


def shifts_between(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[ShiftRow]:
    """Shifts of the actor's area that begin in [since, until), in order: one query."""
    shifts = Shift.objects.visible_to(actor).filter(starts_at__gte=since, starts_at__lt=until)
    return [shift_row(shift, now=now) for shift in with_numbers(shifts).order_by("starts_at", "pk")]


def shifts_of(activity: Activity, *, now: datetime) -> list[ShiftRow]:
    shifts = with_numbers(activity.shifts.all()).order_by("starts_at", "pk")
    return [shift_row(shift, now=now) for shift in shifts]


def shifts_to_close(actor: Actor, *, now: datetime) -> list[DueShift]:
    """Shifts that are over and wait to be closed, the most urgent first (Order 67 art 11: ten working days).

    Of alternatives of one week, those nobody came to are left out once another was held (A20).
    """
    paths = actor.paths_with(Permission.ATTENDANCE_TAKE)
    held = Shift.objects.filter(alternative_group=OuterRef("alternative_group"), closed_at__isnull=False)
    seen = Attendance.objects.filter(shift=OuterRef("pk"))
    over = Shift.objects.planned().filter(under("path", paths), ends_at__lt=now, activity__published_at__isnull=False)
    over = over.exclude(~Q(alternative_group=""), Exists(held), ~Exists(seen))
    rows = list(over.select_related("activity").order_by("ends_at", "pk")[:500])
    if not rows:
        return []
    overrides, today = workday_overrides(), localdate(now)
    days = {path: in_force_at(RecordingDeadline, path=path, on=today).working_days for path in {r.path for r in rows}}
    due = []
    for row in rows:
        due_on = rules.record_due_on(localdate(row.ends_at), working_days=days[row.path], overrides=overrides)
        tone = rules.due_tone(due_on, today=today, is_working_day=lambda day: is_working_day(day, overrides))
        due.append(DueShift(row.pk, row.activity.title, row.ends_at, due_on, tone))
    return due


def running_shifts(path: str, *, now: datetime) -> list[ShiftRow]:
    """Shifts of a community where people check in now: what the kiosk offers."""
    shifts = Shift.objects.planned().filter(
        path__under=path,
        activity__published_at__isnull=False,
        activity__cancelled_at=None,
        starts_at__lte=now + rules.OPENS_BEFORE,
        ends_at__gte=now - rules.CLOSES_AFTER,
    )
    return [shift_row(shift, now=now) for shift in with_numbers(shifts).order_by("starts_at", "pk")]


def offers_for(member: Member, *, by: Actor, now: datetime, only_fitting: bool = True) -> list[Offer]:
    """Shifts to come in the member's community, with the reason where one does not fit. A fixed number of queries."""
    soon = Q(starts_at__gt=now, starts_at__lt=now + OFFERED_AHEAD)
    shifts = Shift.objects.visible_to(by).planned().filter(soon, activity__cancelled_at=None)
    shifts = shifts.filter(activity__published_at__isnull=False).prefetch_related("activity__required_skills__skill")
    rows = list(with_numbers(shifts).order_by("starts_at", "pk")[:SHOWN_TO_MEMBER])
    mine = SignUp.objects.live().filter(member=member, shift__ends_at__gt=now).select_related("shift__activity")
    signed_up = list(mine.order_by("pk"))
    skills = skills_of(member)
    offers = [_offer(shift, member, signed_up, skills, now=now) for shift in rows]
    return [offer for offer in offers if offer.fits or offer.has_signed_up or not only_fitting]


def _offer(
    shift: Shift, member: Member, signed_up: Iterable[SignUp], skills: tuple[SkillHeld, ...], *, now: datetime
) -> Offer:
    own = next((row for row in signed_up if row.shift_id == shift.pk), None)
    row = shift_row(shift, now=now)
    if own is not None:
        return Offer(row, fits=True, place_no=own.place_no, has_signed_up=True)
    wanted = rules.Wanted(
        is_published=True,
        starts_at=shift.starts_at,
        on=localdate(shift.starts_at),
        minimum_age=shift.activity.minimum_age,
        skills=tuple(required.skill.name for required in shift.activity.required_skills.all()),
    )
    applicant = rules.Applicant(
        is_in_area=covers([shift.path], member.path),
        is_on_roster=member.ended_at is None,
        birth_date=member.birth_date,
        skills=skills,
        clashes=tuple(
            other.shift.activity.title
            for other in signed_up
            if other.shift.starts_at < shift.ends_at and other.shift.ends_at > shift.starts_at
        ),
    )
    try:
        rules.check_sign_up(wanted, applicant, now=now)
    except RuleBroken as broken:
        return Offer(row, fits=False, why=str(broken.message))
    return Offer(row, fits=True)


@dataclass(frozen=True)
class MyShift:
    """A shift a member signed up for or was at."""

    row: ShiftRow
    sign_up_id: UUID | None
    place_no: int | None
    waits_at: int | None
    attendance: Attendance | None

    @property
    def is_present(self) -> bool:
        return self.attendance is not None and self.attendance.presence == Presence.PRESENT


def my_shifts(member_id: UUID, *, now: datetime, back: timedelta = timedelta(days=60)) -> list[MyShift]:
    """A member's own shifts from `back` before now on, soonest first: four queries."""
    shifts = Shift.objects.filter(
        Q(pk__in=SignUp.objects.live().filter(member=member_id).values("shift"))
        | Q(pk__in=Attendance.objects.filter(member=member_id).values("shift")),
        ends_at__gte=now - back,
    )
    rows = list(with_numbers(shifts).order_by("starts_at", "pk"))
    sign_ups = {row.shift_id: row for row in SignUp.objects.live().filter(member=member_id, shift__in=rows)}
    seen = {row.shift_id: row for row in Attendance.objects.filter(member=member_id, shift__in=rows)}
    queue = _queues([shift for shift in rows if shift.pk in sign_ups])
    return [
        MyShift(
            row=shift_row(shift, now=now),
            sign_up_id=sign_ups[shift.pk].pk if shift.pk in sign_ups else None,
            place_no=sign_ups[shift.pk].place_no if shift.pk in sign_ups else None,
            waits_at=queue.get((shift.pk, member_id)),
            attendance=seen.get(shift.pk),
        )
        for shift in rows
    ]


def _queues(shifts: Iterable[Shift]) -> dict[tuple[UUID, UUID], int]:
    """(shift, member) -> position on the waiting list, 1 is next."""
    positions: dict[tuple[UUID, UUID], int] = {}
    counts: dict[UUID, int] = {}
    waiting = SignUp.objects.waiting().filter(shift__in=[shift.pk for shift in shifts])
    for shift_id, member_id in waiting.values_list("shift_id", "member_id"):
        counts[shift_id] = counts.get(shift_id, 0) + 1
        positions[shift_id, member_id] = counts[shift_id]
    return positions


def my_notices(actor: Actor, *, now: datetime) -> list[ShiftNotice]:
    """What the member was told lately about his shifts, newest first."""
    rows = ShiftNotice.objects.visible_to(actor).filter(told_at__gte=now - timedelta(days=30))
    return list(
        rows.select_related("shift__activity").order_by(F("seen_at").desc(nulls_first=True), "-told_at", "pk")[:20]
    )

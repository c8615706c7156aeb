"""Entries as lists and pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.spreadsheet.writing import Cell
from guangcai.core.units import hours
from guangcai.core.workdays import add_working_days
from guangcai.ledger import rules
from guangcai.ledger.enums import EntryOrigin, EntryState, Refusal
from guangcai.ledger.models import Objection, ServiceEntry, WaitingEntry
from guangcai.ledger.models.entries import ServiceEntryQuerySet
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by
from guangcai.orgs.queries import workday_overrides

TONES = {
    EntryState.WAITING: "wait",
    EntryState.CONFIRMED: "good",
    EntryState.DECLINED: "idle",
    EntryState.REVERSED: "bad",
    EntryState.REVERSAL: "idle",
}
# A page of confirmations; what is beyond comes when these are done.
MOST_WAITING = 200


@dataclass(frozen=True)
class EntryRow:
    """One entry of a list. marks: what is unusual about it, in words."""

    id: UUID
    member_name: str
    community: str
    activity_name: str
    content: str
    place: str
    kind: str
    served_on: date
    starts_at: datetime
    ends_at: datetime
    minutes: int
    deeds: int
    state: str
    state_text: str
    tone: str
    marks: tuple[str, ...]
    has_objection: bool

    @property
    def is_waiting(self) -> bool:
        return self.state == EntryState.WAITING

    @property
    def may_be_objected_to(self) -> bool:
        return self.state != EntryState.REVERSAL and not self.has_objection


def entries(actor: Actor) -> ServiceEntryQuerySet:
    """What the actor may see, with `state` and `has_objection`, ready for `entry_row`: a list needs one query."""
    open_objection = Objection.objects.open().filter(entry=OuterRef("pk"))
    rows = ServiceEntry.objects.visible_to(actor).with_state().annotate(has_objection=Exists(open_objection))
    return rows.select_related("member", "community", "kind")


def entries_of_area(actor: Actor) -> ServiceEntryQuerySet:
    """The same without the actor's own service elsewhere: for desks and overseers."""
    return entries(actor).filter(under("path", actor.paths_with(Permission.ENTRY_VIEW)))


def own_entries(actor: Actor) -> ServiceEntryQuerySet:
    """The actor's own service."""
    return entries(actor).filter(member_id=actor.member_id) if actor.member_id else entries(actor).none()


def search(rows: ServiceEntryQuerySet, text: str) -> ServiceEntryQuerySet:
    """Entries of a person (name, pinyin, initials, last four digits) or of an activity."""
    plain = text.strip()
    if not plain:
        return rows
    people = found_by(Member.objects.all(), plain)
    return rows.filter(Q(member__in=people.values("pk")) | Q(activity_name__icontains=plain))


def entry_row(entry: ServiceEntry) -> EntryRow:
    state = EntryState(entry.state)  # type: ignore[attr-defined]  # annotated by with_state
    return EntryRow(
        id=entry.pk,
        member_name=entry.member.name,
        community=entry.community.name,
        activity_name=entry.activity_name,
        content=entry.content,
        place=entry.place,
        kind=entry.kind.name,
        served_on=entry.served_on,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        minutes=entry.minutes,
        deeds=entry.deeds,
        state=state,
        state_text=str(state.label),
        tone=TONES[state],
        marks=marks(entry),
        has_objection=entry.has_objection,  # type: ignore[attr-defined]
    )


def marks(entry: ServiceEntry) -> tuple[str, ...]:
    """What is unusual about an entry: shown wherever it is."""
    found = []
    if entry.origin not in (EntryOrigin.ATTENDANCE, EntryOrigin.REVERSAL):
        found.append(str(EntryOrigin(entry.origin).label))
    if entry.is_late:
        found.append(_("Recorded late"))
    if entry.in_office_hours:
        found.append(_("In office hours"))
    return tuple(found)


# --- what waits -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WaitingRow:
    """One line of the confirmation list; `refusal`: why this person cannot confirm it."""

    entry: EntryRow
    recorded_at: datetime
    refusal: str


@dataclass(frozen=True)
class WaitingGroup:
    """The people of one shift, waiting together."""

    key: str
    activity_name: str
    served_on: date
    place: str
    community: str
    rows: tuple[WaitingRow, ...]

    @property
    def minutes(self) -> int:
        return sum(row.entry.minutes for row in self.rows)

    @property
    def ready(self) -> int:
        return sum(not row.refusal for row in self.rows)


def waiting_entries(actor: Actor) -> ServiceEntryQuerySet:
    """Entries that somebody has to confirm where the actor may confirm, oldest first."""
    # By the path of the short table: what waits is found without reading what is done.
    area = under("wait__path", actor.paths_with(Permission.ENTRY_CONFIRM))
    return entries(actor).waiting().filter(area).order_by("served_on", "activity_name", "community_id", "place", "pk")


def count_waiting(actor: Actor) -> int:
    """How many of them there are."""
    return WaitingEntry.objects.filter(under("path", actor.paths_with(Permission.ENTRY_CONFIRM))).count()


def waiting_groups(actor: Actor) -> list[WaitingGroup]:
    """The confirmation list: by shift, the oldest first, at most MOST_WAITING people. One query."""
    rows = list(waiting_entries(actor)[:MOST_WAITING])
    groups = groupby(rows, key=lambda e: (e.served_on, e.activity_name, e.community_id, e.place))
    return [_group(list(people), actor) for _key, people in groups]


def _group(people: Sequence[ServiceEntry], actor: Actor) -> WaitingGroup:
    first = people[0]
    return WaitingGroup(
        key=first.pk.hex,
        activity_name=first.activity_name,
        served_on=first.served_on,
        place=first.place,
        community=first.community.name,
        rows=tuple(
            WaitingRow(entry_row(entry), entry.recorded_at, refusal_for(entry, actor))
            for entry in sorted(people, key=lambda entry: (entry.member.name_sort, entry.pk))
        ),
    )


def refusal_for(entry: ServiceEntry, actor: Actor) -> str:
    """Why this person cannot confirm the entry, in words; "" when he can."""
    checker = rules.Checker(actor.user_id, actor.member_id, actor.can(Permission.BACK_FILL_APPROVE, entry.path))
    why = rules.refusal_of(
        recorded_by=entry.recorded_by, member_id=entry.member_id, origin=entry.origin, checker=checker
    )
    return str(why.label) if why else ""


def names_of_refused(entry_ids: Iterable[UUID], actor: Actor) -> dict[UUID, str]:
    """Whose entries these are, to tell the one who tried to confirm them."""
    rows = ServiceEntry.objects.visible_to(actor).filter(pk__in=entry_ids)
    return dict(rows.values_list("pk", "member__name"))


def refusal_text(why: Refusal) -> str:
    return str(Refusal(why).label)


# --- what is late ---------------------------------------------------------------------------------------------------


def overdue(*, actor: Actor, on: date, working_days: int) -> QuerySet[ServiceEntry]:
    """Entries still waiting `working_days` after the service: the desk's list of what should be confirmed by now."""
    since = add_working_days(on, -working_days, workday_overrides())
    return waiting_entries(actor).filter(served_on__lt=since)


def recorded_late(*, actor: Actor, since: date, until: date) -> ServiceEntryQuerySet:
    """Entries recorded after the deadline of Order 67 art 11, served from `since` to `until` (inclusive)."""
    return entries_of_area(actor).filter(is_late=True, reverses=None, served_on__range=(since, until))


# --- export ---------------------------------------------------------------------------------------------------------


def export_columns() -> list[str]:
    """Basic data (Order 67 art 5, as far as it is kept) and the seven fields of a service record (art 7)."""
    return [
        _("Name"),
        _("Sex"),
        _("Birth date"),
        _("National volunteer number"),
        _("Area of residence"),
        _("Kind of service"),
        _("Activity name"),
        _("Date"),
        _("Place"),
        _("Content of service"),
        _("Service time (hours)"),
        _("Organising unit"),
        _("Activity lead"),
        _("State"),
    ]


def export_rows(rows: ServiceEntryQuerySet) -> Iterable[list[Cell]]:
    """One row per entry, streamed. ID numbers are not kept; phones are left out."""
    for entry in rows.select_related("member", "member__community", "kind").iterator(chunk_size=2000):
        member = entry.member
        yield [
            member.name,
            str(member.get_gender_display()),
            member.birth_date,
            member.national_volunteer_no,
            member.community.name if member.community else "",
            entry.kind.name,
            entry.activity_name,
            entry.served_on,
            entry.place,
            entry.content,
            hours(entry.minutes),
            entry.recording_unit,
            entry.lead_name,
            str(EntryState(entry.state).label),  # type: ignore[attr-defined]
        ]

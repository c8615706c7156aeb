"""Writing down what was done: once per source, for one person or for a whole shift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.workdays import Overrides
from guangcai.ledger import rules
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import Member, Residence, ServiceKind
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.policies import OfficeHours, RecordingDeadline, in_force_on_days
from guangcai.orgs.queries import workday_overrides

WORDS = ("activity_name", "content", "place", "lead_name")
LONGEST = {"activity_name": 120, "content": 300, "place": 120, "lead_name": 60, "reason": 200}
CONTENT = ("starts_at", "ends_at", "minutes", "deeds", "kind_id", "community_id", *WORDS, "origin", "reason")


@dataclass(frozen=True)
class Service:
    """One act of service, as handed over by the room that saw it.

    minutes: actually given, rest and travel left out. kind None: something that gives no hours, refused.
    source: `attendance:<id>`; one source is recorded once. Texts longer than their column are cut with an ellipsis.
    """

    member: Member
    community: Node
    starts_at: datetime
    ends_at: datetime
    minutes: int
    deeds: int
    kind: ServiceKind | None
    activity_name: str
    content: str
    place: str
    lead_name: str
    source: str
    origin: str = EntryOrigin.ATTENDANCE
    reason: str = ""
    id: UUID | None = None

    @property
    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in WORDS}


def record_service(
    *,
    member: Member,
    community: Node,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    deeds: int,
    kind: ServiceKind | None,
    activity_name: str,
    content: str,
    place: str,
    lead_name: str,
    source: str,
    by: Actor,
    now: datetime,
    origin: str = EntryOrigin.ATTENDANCE,
    reason: str = "",
    id: UUID | None = None,
) -> ServiceEntry:
    """Write down one act of service; it counts once a second person has confirmed it.

    The same source again gives the same row; with other content it raises Conflict. Raises RuleBroken(field) as
    rules.check_recording. Source: Order 67 art 7.
    """
    service = Service(
        member, community, starts_at, ends_at, minutes, deeds, kind, activity_name, content, place, lead_name,
        source, origin, reason, id,
    )  # fmt: skip
    return record_many(services=[service], by=by, now=now)[0]


@transaction.atomic
def record_many(
    *, services: Sequence[Service], by: Actor, now: datetime, permission: Permission | None = Permission.ENTRY_RECORD
) -> list[ServiceEntry]:
    """Write down a whole shift in one INSERT: all of them or none, in the order given.

    permission: the right asked for in every community; None when the calling command has itself decided who may (the
    lead of a shift). Sources recorded before are given back as they are. Raises Conflict, RuleBroken naming the member.
    """
    if not services:
        return []
    for community in {service.community.pk: service.community for service in services}.values():
        if permission is not None:
            by.require(permission, community.path)
    members = lock_members(service.member.pk for service in services)
    known = _recorded(services)
    fresh = [service for service in services if service.source not in known]
    _check(fresh, members, many=len(services) > 1, now=now)
    rows = _rows(fresh, members, by=by, now=now)
    ServiceEntry.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        known = _recorded(services)
        _audit(rows, by=by, now=now)
    return [_same(service, known.get(service.source)) for service in services]


@transaction.atomic
def back_fill(
    *,
    id: UUID,
    member: Member,
    community: Node,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    deeds: int,
    kind: ServiceKind,
    activity_name: str,
    content: str,
    place: str,
    lead_name: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> ServiceEntry:
    """Write down a service that no shift recorded, with a reason. Somebody with the right to approve confirms it.

    id: made with the form; sent twice it is the same row. Raises RuleBroken(field) also for one's own service.
    """
    by.require(Permission.ENTRY_RECORD, community.path)
    rules.check_by_hand(member_id=member.pk, by_member=by.member_id)
    service = Service(
        member, community, starts_at, ends_at, minutes, deeds, kind, activity_name, content, place, lead_name,
        f"back_fill:{id}", EntryOrigin.BACK_FILL, reason.strip(), id,
    )  # fmt: skip
    return record_many(services=[service], by=by, now=now)[0]


def _recorded(services: Iterable[Service]) -> dict[str, ServiceEntry]:
    """What stands under these sources already, by source."""
    by_district: dict[str, list[str]] = {}
    for service in services:
        by_district.setdefault(service.community.district_code, []).append(service.source)
    return {
        entry.source: entry
        for district_code, sources in by_district.items()
        for entry in ServiceEntry.objects.filter(district_code=district_code, source__in=sources)
    }


def _check(services: Sequence[Service], members: Mapping[UUID, Member], *, many: bool, now: datetime) -> None:
    joined = dict(
        Residence.objects.filter(member__in={service.member.pk for service in services})
        .values_list("member_id")
        .annotate(first=Min("since"))
    )
    for service in services:
        wish = rules.Recording(
            starts_at=service.starts_at,
            ends_at=service.ends_at,
            minutes=service.minutes,
            deeds=service.deeds,
            gives_hours=service.kind is not None,
            joined_on=joined.get(service.member.pk),
            words=service.words,
            origin=service.origin,
            reason=service.reason,
        )
        try:
            rules.check_recording(wish, now=now)
            if members[service.member.pk].merged_into_id:
                raise RuleBroken(_("This record was joined to another one."), field="member", code="merged")
        except RuleBroken as broken:
            if not many:
                raise
            words = {"name": service.member.name, "why": broken.message}
            raise RuleBroken(_("%(name)s: %(why)s") % words, field=broken.field, code=broken.code) from broken


def _rows(
    services: Sequence[Service], members: Mapping[UUID, Member], *, by: Actor, now: datetime
) -> list[ServiceEntry]:
    overrides = workday_overrides() if services else {}
    days: dict[str, set[date]] = {}
    for service in services:
        days.setdefault(service.community.path, set()).add(rules.local_day(service.starts_at))
    deadlines = {path: in_force_on_days(RecordingDeadline, path=path, days=on) for path, on in days.items()}
    office = {path: in_force_on_days(OfficeHours, path=path, days=on) for path, on in days.items()}
    rows = []
    for service in services:
        row = ServiceEntry(
            id=service.id or new_id(),
            **of_community(service.community),
            **_content(service),
            member=members[service.member.pk],
            served_on=rules.local_day(service.starts_at),
            recording_unit=service.community.name,
            source=service.source,
            recorded_at=now,
            recorded_by=by.user_id,
        )
        _mark(row, office[row.path][row.served_on], deadlines[row.path][row.served_on], overrides)
        rows.append(row)
    return rows


def _mark(row: ServiceEntry, office: OfficeHours, deadline: RecordingDeadline, overrides: Overrides) -> None:
    """Say on the row whether it fell into office hours and whether it was written down too late."""
    row.in_office_hours = rules.in_office_hours(
        starts_at=row.starts_at, ends_at=row.ends_at, opens=office.opens, closes=office.closes, overrides=overrides
    )
    # A correction is no late record: the first one was in time or was marked.
    row.is_late = row.origin != EntryOrigin.CORRECTION and rules.is_late(
        served_on=row.served_on,
        recorded_on=rules.local_day(row.recorded_at),
        working_days=deadline.working_days,
        overrides=overrides,
    )


def _content(service: Service) -> dict[str, object]:
    """What the caller says, as it is stored."""
    words = {name: _fitting(name, text) for name, text in service.words.items()}
    return {
        "starts_at": service.starts_at,
        "ends_at": service.ends_at,
        "minutes": service.minutes,
        "deeds": service.deeds,
        "kind_id": service.kind.pk if service.kind else None,
        "origin": service.origin,
        "reason": _fitting("reason", service.reason),
        **words,
    }


def _fitting(name: str, text: str) -> str:
    most = LONGEST[name]
    text = text.strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def _same(service: Service, entry: ServiceEntry | None) -> ServiceEntry:
    """The row of this service; Conflict when the source, or the id, was used for something else."""
    said = {**_content(service), "community_id": service.community.pk}
    members = {service.member.pk, service.member.merged_into_id}
    if (
        entry is None
        or entry.member_id not in members
        or any(getattr(entry, name) != said[name] for name in CONTENT)
        or (service.id is not None and entry.pk != service.id)
    ):
        raise Conflict(_("This was recorded before with other content."), code="source_taken")
    return entry


def _audit(rows: Sequence[ServiceEntry], *, by: Actor, now: datetime) -> None:
    """One line per community, origin and call: every entry itself says who recorded it."""
    groups: dict[tuple[str, Tag], list[ServiceEntry]] = {}
    for row in rows:
        tag = Tag.ENTRY_BACK_FILL if row.origin == EntryOrigin.BACK_FILL else Tag.ENTRY_RECORD
        groups.setdefault((row.path, tag), []).append(row)
    for (path, tag), group in groups.items():
        audit.record(
            tag,
            by=by,
            now=now,
            on=group[0] if len(group) == 1 else None,
            path=path,
            entries=[str(row.pk) for row in group],
            minutes=sum(row.minutes for row in group),
        )

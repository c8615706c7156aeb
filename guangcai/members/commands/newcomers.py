"""What a slip says of a person, written to the roster: a new record, or what was missing on the one that is there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.core.text import clean, clean_name
from guangcai.members import keys
from guangcai.members.enums import DayPart, Gender
from guangcai.members.models import (
    Consent,
    Employment,
    Intention,
    Member,
    Occupation,
    PrivacyNotice,
    ReportIn,
    ServiceKind,
    Skill,
    SkillKind,
)
from guangcai.members.slips import SlipForm
from guangcai.orgs.models import Node, WorkUnit

BATCH = 2000


class Arriving(Protocol):
    """The part of an arrival that is read and set here."""

    slip: ReportIn
    form: SlipForm
    member: Member | None

    @property
    def person(self) -> Member: ...


def make_members(arrivals: Sequence[Arriving], community: Node, *, by: Actor, now: datetime) -> None:
    """A record for every slip that belongs to nobody known; one insert for all."""
    new = [arrival for arrival in arrivals if arrival.member is None]
    for arrival in new:
        member = Member(
            id=new_id(),
            name=clean_name(arrival.form.name),
            gender=arrival.form.gender if arrival.form.gender in Gender else "",
            district_code=community.district_code,
            path=community.path,
            added_at=now,
            added_by=by.user_id,
        )
        keys.identify(member, phone=arrival.form.phone)
        arrival.member = member
    Member.objects.bulk_create([arrival.person for arrival in new], batch_size=BATCH)


def note_wishes(arrivals: Sequence[Arriving], *, by: Actor, now: datetime) -> None:
    """Fill in occupation, unit, skills, intentions and consent from the slips; what is on record stays."""
    _note_occupations(arrivals)
    _note_employments(arrivals, now=now)
    _note_skills(arrivals)
    _note_intentions(arrivals)
    _note_consents(arrivals, by=by, now=now)


def _note_occupations(arrivals: Iterable[Arriving]) -> None:
    known = {occupation.code: occupation for occupation in Occupation.objects.all()}
    changed = []
    for arrival in arrivals:
        member = arrival.person
        if member.occupation_id is None and arrival.form.occupation in known:
            member.occupation = known[arrival.form.occupation]
            changed.append(member)
    Member.objects.bulk_update(changed, ["occupation"], batch_size=BATCH)


def _note_employments(arrivals: Sequence[Arriving], *, now: datetime) -> None:
    """The unit on the slip counts for those who have none on record; a change of unit is the desk's to settle."""
    named = {arrival.form.work_unit_id for arrival in arrivals if arrival.form.work_unit_id}
    units = dict(WorkUnit.objects.filter(pk__in=named).values_list("pk", "name"))
    people = [arrival.person.pk for arrival in arrivals]
    jobs = Employment.objects.filter(member__in=people, until=None)
    employed = dict(jobs.values_list("member_id", "work_unit_id"))
    since = localdate(now)
    rows = [
        Employment(
            id=new_id(),
            member=arrival.person,
            work_unit_id=arrival.form.work_unit_id,
            since=since,
            district_code=arrival.person.district_code,
        )
        for arrival in arrivals
        if arrival.form.work_unit_id in units and arrival.person.pk not in employed
    ]
    Employment.objects.bulk_create(rows, batch_size=BATCH)
    _keep_units_said(arrivals, units, employed | {row.member_id: row.work_unit_id for row in rows})


def _keep_units_said(arrivals: Sequence[Arriving], units: Mapping[int, str], on_record: Mapping[UUID, int]) -> None:
    """What a slip says of the unit and the record does not: a name nobody knows yet, or another unit."""
    differing = []
    for arrival in arrivals:
        unit = arrival.form.work_unit_id or 0
        said = units.get(unit, arrival.form.work_unit_name)
        if said and on_record.get(arrival.person.pk) != unit:
            arrival.slip.unit_said = said
            differing.append(arrival.slip)
    ReportIn.objects.bulk_update(differing, ["unit_said"], batch_size=BATCH)


def _note_skills(arrivals: Sequence[Arriving]) -> None:
    """Skills without a certificate: those that need one wait until the desk has seen it."""
    kinds = {kind.code: kind for kind in SkillKind.objects.filter(needs_certificate=False)}
    rows = [
        Skill(id=new_id(), member=arrival.person, kind=kinds[code], district_code=arrival.person.district_code)
        for arrival in arrivals
        for code in dict.fromkeys(arrival.form.skills)
        if code in kinds
    ]
    Skill.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _note_intentions(arrivals: Sequence[Arriving]) -> None:
    kinds = {kind.code: kind for kind in ServiceKind.objects.all()}
    rows = [
        Intention(
            id=new_id(),
            member=arrival.person,
            kind=kinds[code],
            times=[clean(time) for time in times if time in DayPart],
            district_code=arrival.person.district_code,
        )
        for arrival in arrivals
        for code, times in arrival.form.intentions.items()
        if code in kinds
    ]
    Intention.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["district_code", "member", "kind"],
        update_fields=["times"],
    )


def _note_consents(arrivals: Sequence[Arriving], *, by: Actor, now: datetime) -> None:
    notices = {notice.version: notice for notice in PrivacyNotice.objects.all()}
    rows = [
        Consent(
            id=new_id(),
            member=arrival.person,
            notice=notices[arrival.form.notice],
            given_at=arrival.form.consented_at or arrival.slip.submitted_at,
            given_by=arrival.slip.submitted_by,
            district_code=arrival.person.district_code,
        )
        for arrival in arrivals
        if arrival.form.notice in notices
    ]
    Consent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)

"""Work units, resident units, Party organisations, office holders, working days."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.core.workdays import is_working_day
from guangcai.orgs import commands
from guangcai.orgs.enums import OfficeSource, PartyLevel, WorkUnitKind
from guangcai.orgs.models import OfficeHolder, PartyOrganisation, ResidentUnit, WorkUnit
from guangcai.orgs.queries import party_organisations_of, special_days, units_matching, workday_overrides

ON = date(2026, 11, 20)


@pytest.fixture
def by(cast):
    return cast.actor("administrator")


def test_add_change_end_a_unit(cast, by):
    unit = commands.add_work_unit(
        name=" 站前区医院 ",
        node=cast.district,
        kind=WorkUnitKind.HOSPITAL,
        aliases=["区医院", " ", "区医院"],
        by=by,
        now=cast.now,
    )
    assert (unit.name, unit.path, unit.aliases) == ("站前区医院", cast.district.path, ["区医院"])
    with pytest.raises(RuleBroken) as refused:
        commands.add_work_unit(name="站前区医院", node=cast.district, by=by, now=cast.now)
    assert refused.value.field == "name"
    changed = commands.change_work_unit(
        work_unit=unit,
        name="站前区人民医院",
        kind=WorkUnitKind.HOSPITAL,
        aliases=["区医院"],
        node=cast.street,
        by=by,
        now=cast.now,
    )
    assert (changed.aliases, changed.path) == (["区医院", "站前区医院"], cast.street.path)
    ended = commands.end_work_unit(work_unit=unit, by=by, now=cast.now)
    assert ended.ended_on == ON
    commands.end_work_unit(work_unit=unit, by=by, now=cast.now)
    assert AuditEvent.objects.filter(tag="orgs:work_unit:end").count() == 1
    with pytest.raises(Conflict):
        commands.change_work_unit(work_unit=unit, name="x", kind=WorkUnitKind.OTHER, by=by, now=cast.now)


def test_a_unit_that_ends_takes_its_liaison_along(cast, by):
    commands.add_resident_unit(work_unit=cast.school, community=cast.nanyuan, by=by, now=cast.now)
    commands.end_work_unit(work_unit=cast.school, by=by, now=cast.now)
    assert cast.actor("liaison").holdings == ()
    assert ResidentUnit.objects.get(work_unit=cast.school).until == ON


def test_units_of_the_district_are_seen_from_its_communities_and_changed_from_above(cast):
    assert set(units_matching("", actor=cast.actor("desk"))) == {cast.school, cast.police_branch}
    assert set(units_matching("小学", actor=cast.actor("desk"))) == {cast.school}
    assert set(units_matching("", actor=cast.actor("liaison"))) == {cast.school}
    assert set(units_matching("", actor=cast.actor("member"))) == set()
    with pytest.raises(OutOfScope):
        commands.end_work_unit(work_unit=cast.school, by=cast.actor("desk"), now=cast.now)
    own = commands.add_work_unit(name="南园物业", node=cast.nanyuan, by=cast.actor("desk"), now=cast.now)
    assert own not in units_matching("", actor=cast.actor("desk_next_door"))
    assert own in units_matching("", actor=cast.actor("overseer"))


def test_resident_units(cast, by):
    first = commands.add_resident_unit(
        work_unit=cast.school, community=cast.nanyuan, by=cast.actor("desk"), now=cast.now
    )
    assert commands.add_resident_unit(work_unit=cast.school, community=cast.nanyuan, by=by, now=cast.now).pk == first.pk
    with pytest.raises(OutOfScope):
        commands.add_resident_unit(work_unit=cast.school, community=cast.gongyuan, by=cast.actor("desk"), now=cast.now)
    with pytest.raises(RuleBroken):
        commands.add_resident_unit(work_unit=cast.school, community=cast.street, by=by, now=cast.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResidentUnit.objects.create(work_unit=cast.school, community=cast.nanyuan, path=cast.nanyuan.path, since=ON)
    ended = commands.end_resident_unit(residence=first, by=by, now=cast.now)
    assert ended.until == ON


def branch_and_group(cast, by):
    branch = commands.add_party_organisation(
        name="南园社区党支部",
        level=PartyLevel.BRANCH,
        node=cast.nanyuan,
        founded_on=date(2003, 1, 1),
        by=cast.actor("secretary"),
        now=cast.now,
    )
    group = commands.add_party_organisation(
        name="3号楼党小组",
        level=PartyLevel.GROUP,
        node=cast.building,
        parent=branch,
        founded_on=date(2010, 1, 1),
        by=by,
        now=cast.now,
    )
    return branch, group


def test_party_organisation_refused(cast, by):
    branch_and_group(cast, by)
    for values in (
        {"name": "南园社区党支部"},
        {"name": "x", "founded_on": date(2027, 1, 1)},
        {"name": "y", "node": None},
    ):
        given = {"level": PartyLevel.GROUP, "node": cast.nanyuan, "founded_on": ON, **values}
        with pytest.raises(RuleBroken):
            commands.add_party_organisation(**given, by=by, now=cast.now)


def test_party_organisations_and_offices(cast, by):
    branch, group = branch_and_group(cast, by)
    holder = commands.add_office_holder(
        organisation=branch,
        name="王书记",
        office="书记",
        source=OfficeSource.SELECTED,
        since=date(2020, 1, 1),
        birth_year=1980,
        education="大学",
        by=by,
        now=cast.now,
    )
    again = commands.add_office_holder(
        organisation=branch, name="王书记", office="书记", source=OfficeSource.HIRED, since=ON, by=by, now=cast.now
    )
    assert again.pk == holder.pk
    with pytest.raises(RuleBroken):
        commands.end_party_organisation(organisation=branch, by=by, now=cast.now)
    commands.end_party_organisation(organisation=group, by=by, now=cast.now)
    commands.end_party_organisation(organisation=branch, by=by, now=cast.now)
    holder.refresh_from_db()
    assert holder.until == ON
    with pytest.raises(Conflict):
        commands.add_office_holder(
            organisation=branch, name="x", office="y", source=OfficeSource.HIRED, since=ON, by=by, now=cast.now
        )
    assert set(party_organisations_of(cast.actor("desk"))) == {branch, group}
    assert set(party_organisations_of(cast.actor("desk_next_door"))) == set()


def test_an_office_laid_down(cast, by):
    branch = commands.add_party_organisation(
        name="小学党支部", level=PartyLevel.BRANCH, work_unit=cast.school, founded_on=ON, by=by, now=cast.now
    )
    holder = commands.add_office_holder(
        organisation=branch, name="李校长", office="书记", source=OfficeSource.ASSIGNED, since=ON, by=by, now=cast.now
    )
    assert commands.end_office_holder(holder=holder, by=by, now=cast.now).until == date(2026, 11, 21)
    with pytest.raises(OutOfScope):
        commands.end_office_holder(holder=holder, by=cast.actor("desk"), now=cast.now)


def test_constraints_of_organisations(cast, by):
    branch = PartyOrganisation.objects.create(level="branch", name="甲", node=cast.nanyuan, founded_on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyOrganisation.objects.create(level="branch", name="甲", node=cast.nanyuan, founded_on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyOrganisation.objects.create(level="branch", name="乙", founded_on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkUnit.objects.create(name=cast.school.name, node=cast.district, path=cast.district.path)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeHolder.objects.create(party_organisation=branch, name="x", office="y", source="hired", since=ON, until=ON)


def test_working_days_set_by_hand(cast, by):
    saturday = date(2026, 11, 21)
    assert not is_working_day(saturday, workday_overrides())
    commands.set_workday(day=saturday, is_worked=True, source="国办通知", by=by, now=cast.now)
    commands.set_workday(day=saturday, is_worked=True, source="国办通知", by=cast.actor("system"), now=cast.now)
    assert is_working_day(saturday, workday_overrides())
    assert [(one.is_worked, one.source) for one in special_days(2026) if one.day == saturday] == [(True, "国办通知")]
    commands.set_workday(day=saturday, is_worked=None, source="", by=by, now=cast.now)
    assert workday_overrides() == {}
    with pytest.raises(RuleBroken):
        commands.set_workday(day=saturday, is_worked=True, source="", by=by, now=cast.now)
    with pytest.raises(Forbidden):
        commands.set_workday(day=saturday, is_worked=True, source="x", by=cast.actor("secretary"), now=cast.now)


def test_special_days_of_an_announced_year(db):
    days = {one.day: one.is_worked for one in special_days(2025)}
    assert days[date(2025, 10, 1)] is False
    assert days[date(2025, 9, 28)] is True
    assert date(2025, 9, 29) not in days

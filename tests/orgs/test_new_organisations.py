"""New economic and social organisations: whether the Party is there is computed, never typed (A94)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import load_workbook

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from guangcai.orgs import commands, queries
from guangcai.orgs.enums import PartyLevel, PartyPresence, WorkUnitKind
from guangcai.orgs.models import Instructor, WorkUnit
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def unit(cast: Cast, now: datetime) -> WorkUnit:
    return commands.add_work_unit(
        name="光华市场", node=cast.district, kind=WorkUnitKind.NEW_ECONOMIC, by=Actor.system(), now=now
    )


def test_neither_then_an_instructor_then_a_branch(cast: Cast, unit: WorkUnit, now: datetime) -> None:
    by, on = cast.actor("administrator"), now.date()
    assert queries.presence_of(cast.school, on=on) is None
    assert queries.presence_of(unit, on=on) == PartyPresence.NEITHER
    row = commands.name_instructor(work_unit=unit, name=" 陈 佳", since=on - timedelta(days=9), by=by, now=now)
    assert commands.name_instructor(work_unit=unit, name="陈佳", since=on, by=by, now=now) == row
    assert queries.presence_of(unit, on=on) == PartyPresence.INSTRUCTOR
    assert queries.presence_of(unit, on=on - timedelta(days=10)) == PartyPresence.NEITHER
    branch = commands.add_party_organisation(
        name="光华市场党支部", level=PartyLevel.BRANCH, founded_on=on, work_unit=unit, by=by, now=now
    )
    assert queries.count_presence(actor=by, on=on) == {"branch": 1, "instructor": 0, "neither": 0}
    commands.end_party_organisation(organisation=branch, by=by, now=now)
    assert queries.presence_of(unit, on=on) == PartyPresence.INSTRUCTOR
    later = commands.name_instructor(work_unit=unit, name="马莉", since=on, by=by, now=now)
    row.refresh_from_db()
    assert (row.until, later.until) == (on, None)
    ended = commands.end_instructor(instructor=later, by=by, now=now)
    assert commands.end_instructor(instructor=later, by=by, now=now).until == ended.until == on + timedelta(days=1)
    assert AuditEvent.objects.filter(tag__startswith="orgs:instructor").count() == 3


def test_what_cannot_be(cast: Cast, unit: WorkUnit, now: datetime) -> None:
    by, on = cast.actor("administrator"), now.date()

    def refused(work_unit: WorkUnit, name: str, since: date) -> str:
        with pytest.raises(RuleBroken) as broken:
            commands.name_instructor(work_unit=work_unit, name=name, since=since, by=by, now=now)
        return str(broken.value.field)

    assert refused(cast.school, "陈佳", on) == "name"
    assert refused(unit, " ", on) == "name"
    assert refused(unit, "陈佳", on + timedelta(days=1)) == "since"
    row = commands.name_instructor(work_unit=unit, name="陈佳", since=on, by=by, now=now)
    assert refused(unit, "马莉", on) == "since"
    for who, refusal in [("overseer", Forbidden), ("desk", OutOfScope), ("liaison", OutOfScope)]:
        with pytest.raises((refusal, OutOfScope)):
            commands.end_instructor(instructor=row, by=cast.actor(who), now=now)
    for values in ({"name": ""}, {"until": on}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Instructor.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Instructor.objects.create(work_unit=unit, name="马莉", since=SINCE)


def test_the_gap_list_and_its_export(cast: Cast, unit: WorkUnit, signed_in: SignIn) -> None:
    browser = signed_in(cast.administrator)
    address = reverse("orgs:units")
    gaps = browser.get(address, {"presence": "neither"}).content.decode()
    assert unit.name in gaps
    assert cast.school.name not in gaps
    assert unit.name not in browser.get(address, {"presence": "branch"}).content.decode()
    page = reverse("orgs:unit", args=[unit.pk])
    form = reverse("orgs:instructor_new", args=[unit.pk])
    assert browser.post(form, {"name": "陈佳", "since": "2999-01-01"}).status_code == 422
    assert browser.post(form, {"name": "陈佳", "since": "2026-11-01"}).status_code == 302
    assert "陈佳" in browser.get(page).content.decode()
    assert unit.name not in browser.get(address, {"presence": "neither"}).content.decode()
    sheet = load_workbook(BytesIO(browser.get(reverse("orgs:units_export")).content)).get_sheet_by_index(0)
    told = {row[0]: row[-1] for row in sheet.to_python()[1:]}
    assert told == {unit.name: "已派党建工作指导员", cast.school.name: "", cast.police_branch.name: ""}
    row = Instructor.objects.get()
    desk = signed_in(cast.desk)
    assert desk.get(form).status_code == 403
    assert desk.post(reverse("orgs:instructor_end", args=[row.pk])).status_code == 403
    assert signed_in(cast.liaison).post(reverse("orgs:instructor_end", args=[row.pk])).status_code == 404
    assert browser.post(reverse("orgs:instructor_end", args=[row.pk])).status_code == 302


def test_the_list_needs_a_fixed_number_of_statements(
    cast: Cast, unit: WorkUnit, signed_in: SignIn, now: datetime, queries: Any
) -> None:
    browser, counts = signed_in(cast.administrator), []
    for size in (1, 3):
        for number in range(size):
            name, kind = f"协会{size}{number}", WorkUnitKind.NEW_SOCIAL
            commands.add_work_unit(name=name, node=cast.district, kind=kind, by=Actor.system(), now=now)
        with queries() as seen:
            assert browser.get(reverse("orgs:units"), {"presence": "neither"}).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]

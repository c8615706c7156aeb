"""What the database itself refuses, each broken once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from guangcai.cases import commands
from guangcai.cases.enums import CaseState
from guangcai.cases.models import Asker, Case, CaseStep, Item, RotaHours, Technician, TechnicianSkill
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from tests.cases.conftest import Raise
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("case_says_what", {"what": ""}),
        ("case_from_whole", {"from_kind": "visit_need"}),
        ("case_clock_whole", {"due_response": datetime.fromisoformat("2026-11-21T00:00:00+00:00")}),
        ("case_ended_when_over", {"state": "closed", "close_code": "withdrawn"}),
        ("case_closed_with_code", {"close_code": "withdrawn"}),
        ("case_duplicate_of_another", {"close_code": "duplicate"}),
        ("case_assigned_to_somebody", {"state": "accepted"}),
    ],
)
def test_a_case_is_whole(raised: Raise, name: str, changes: dict[str, Any]) -> None:
    case = raised()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**changes)
    if name not in ("case_duplicate_of_another",):
        assert name in str(refused.value)


def test_no_number_and_no_origin_twice(raised: Raise) -> None:
    first, second = raised("一"), raised("二")
    with pytest.raises(IntegrityError, match="case_number_once"), transaction.atomic():
        Case.objects.filter(pk=second.pk).update(number=first.number)
    origin = {"from_kind": "visit_need", "from_id": new_id()}
    Case.objects.filter(pk=first.pk).update(**origin)
    with pytest.raises(IntegrityError, match="case_from_once"), transaction.atomic():
        Case.objects.filter(pk=second.pk).update(**origin)
    with pytest.raises(IntegrityError, match="case_not_its_own_duplicate"), transaction.atomic():
        Case.objects.filter(pk=first.pk).update(
            duplicate_of=first, close_code="duplicate", state="closed", ended_at=first.raised_at
        )


def test_solved_is_what_was_said(raised: Raise, now: datetime) -> None:
    case = raised()
    with pytest.raises(IntegrityError, match="case_solved_as_said"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state=CaseState.SOLVED, ended_at=now)


STEP = {"number": 2, "kind": "contacted", "state": "to_dispatch", "side": "desk"}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("case_step_number_once", {"number": 1}),
        ("case_step_dispatch_names_one", {"kind": "dispatched", "state": "dispatched"}),
        ("case_step_dispatch_names_one", {"worker": "team", "worker_name": "清洁队"}),
        ("case_step_return_has_reason", {"kind": "returned"}),
        ("case_step_appointed_when", {"kind": "appointed"}),
        ("case_step_call_back_found", {"kind": "called_back"}),
        ("case_step_closed_with_code", {"kind": "closed"}),
        ("case_step_asker_says_solved", {"kind": "confirmed", "state": "solved"}),
    ],
)
def test_a_step_is_whole(raised: Raise, now: datetime, name: str, facts: dict[str, Any]) -> None:
    case = raised()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CaseStep.objects.create(case=case, district_code=case.district_code, at=now, **(STEP | facts))


def test_a_step_is_never_changed_nor_taken_away(raised: Raise) -> None:
    step = raised().steps.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CaseStep.objects.filter(pk=step.pk).update(kind="done")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        step.delete()


def test_nobody_is_told_three_times(raised: Raise) -> None:
    asker = raised().asker
    with pytest.raises(IntegrityError, match="asker_told_twice_at_most"), transaction.atomic():
        Asker.objects.filter(pk=asker.pk).update(told=3)
    other = raised("二").asker
    with pytest.raises(IntegrityError, match="asker_code_once"), transaction.atomic():
        Asker.objects.filter(pk=other.pk).update(code_index=asker.code_index)


def test_items_and_technicians_are_whole(cast: Cast, plain_item: Item, plumber: Technician, now: datetime) -> None:
    for name, changes in (
        ("case_item_named", {"name": ""}),
        ("case_item_ends_after", {"until": SINCE - timedelta(days=1)}),
        ("case_item_times_positive", {"response_hours": 0}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Item.objects.filter(pk=plain_item.pk).update(**changes)
    with pytest.raises(IntegrityError, match="case_item_code_once"), transaction.atomic():
        Item.objects.create(category=plain_item.category, code=plain_item.code, name="又一个", since=SINCE)
    for name, changes in (
        ("technician_named", {"name": ""}),
        ("technician_ends_after", {"until": SINCE - timedelta(1)}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Technician.objects.filter(pk=plumber.pk).update(**changes)
    for name, facts in (
        ("technician_skill_once", {"category": plain_item.category}),
        ("technician_skill_one_of_two", {"category": plain_item.category, "item": plain_item}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            TechnicianSkill.objects.create(technician=plumber, **facts)
    hours = RotaHours.objects.get()
    for name, changes in (
        ("rota_hours_weekday", {"weekday": 8}),
        ("rota_hours_forward", {"closes": hours.opens}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            RotaHours.objects.filter(pk=hours.pk).update(**changes)


def test_one_row_of_a_member_at_a_place(cast: Cast, desk: Actor, plain_item: Item, now: datetime) -> None:
    draft = commands.TechnicianDraft(name="林晓岚", member=cast.teacher_member, items=[plain_item])
    commands.add_technician(node=cast.nanyuan, draft=draft, by=desk, now=now)
    with pytest.raises(IntegrityError, match="technician_member_once"), transaction.atomic():
        commands.add_technician(node=cast.nanyuan, draft=draft, by=desk, now=now)

"""Technicians: written down with trades and hours, changed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases.models import Category, Item, RotaHours, Technician, TechnicianSkill
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import clean_name, is_blank
from guangcai.members.models import Member
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class Hours:
    """On duty on a weekday (1 Monday) between two local clock times."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class TechnicianDraft:
    """As typed. Categories or single items; without hours he is asked at any time."""

    name: str
    phone: str = ""
    is_paid: bool = False
    member: Member | None = None
    categories: Sequence[Category] = ()
    items: Sequence[Item] = ()
    hours: Sequence[Hours] = ()


@transaction.atomic
def add_technician(
    *, node: Node, draft: TechnicianDraft, by: Actor, now: datetime, id: UUID | None = None
) -> Technician:
    """Write a technician down at the node he serves. The same id again is the same row. Raises RuleBroken(field)."""
    by.require(Permission.CASE_EDIT, node.path)
    if found := already(Technician, id, node_id=node.pk, name=clean_name(draft.name), is_paid=draft.is_paid):
        return found
    phone = _checked(draft)
    row = Technician.objects.create(
        id=id or new_id(),
        node=node,
        path=node.path,
        name=clean_name(draft.name),
        phone=phone,
        is_paid=draft.is_paid,
        member=draft.member,
        since=localdate(now),
        added_at=now,
        added_by=by.user_id,
    )
    _write_skills(row, draft)
    audit.record(Tag.TECHNICIAN_CHANGE, by=by, on=row, now=now)
    return row


@transaction.atomic
def change_technician(*, technician: Technician, draft: TechnicianDraft, by: Actor, now: datetime) -> Technician:
    """Other trades, hours or phone. Jobs under way stay with him."""
    row = _own(technician, by)
    row.phone, row.name, row.is_paid = _checked(draft), clean_name(draft.name), draft.is_paid
    row.save()
    row.skills.all().delete()
    row.rota.all().delete()
    _write_skills(row, draft)
    audit.record(Tag.TECHNICIAN_CHANGE, by=by, on=row, now=now)
    return row


@transaction.atomic
def end_technician(*, technician: Technician, by: Actor, now: datetime) -> Technician:
    """He is asked no more from today on. Harmless twice."""
    row = _own(technician, by)
    if row.until is None:
        row.until = localdate(now)
        row.save(update_fields=["until"])
        audit.record(Tag.TECHNICIAN_CHANGE, by=by, on=row, now=now, ended=True)
    return row


def _own(technician: Technician, by: Actor) -> Technician:
    row = Technician.objects.select_for_update(of=("self",)).get(pk=technician.pk)
    by.require(Permission.CASE_EDIT, row.path)
    return row


def _checked(draft: TechnicianDraft) -> str:
    if is_blank(draft.name):
        raise RuleBroken(_("Write the technician's name."), field="name", code="technician_name")
    if not draft.categories and not draft.items:
        raise RuleBroken(_("Choose at least one trade."), field="categories", code="technician_trade")
    if any(one.closes <= one.opens for one in draft.hours):
        raise RuleBroken(_("The end lies before the beginning."), field="closes", code="hours_backwards")
    return normalise(draft.phone, field="phone") if not is_blank(draft.phone) else ""


def _write_skills(row: Technician, draft: TechnicianDraft) -> None:
    skills = [TechnicianSkill(technician=row, category=one) for one in draft.categories]
    skills += [TechnicianSkill(technician=row, item=one) for one in draft.items]
    TechnicianSkill.objects.bulk_create(skills)
    rota = [RotaHours(technician=row, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in draft.hours]
    RotaHours.objects.bulk_create(rota)

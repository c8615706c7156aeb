"""Cases of 南园, raised through the commands; a plumber, a neighbour and the water works who may be asked."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.utils.timezone import localdate

from guangcai.cases import commands
from guangcai.cases.enums import CaseChannel, TimeCount
from guangcai.cases.models import Case, Category, Item, RotaHours, Technician, TechnicianSkill
from guangcai.core.actor import Actor
from guangcai.members.models import Member
from tests.cast import SINCE, Cast, make_member, make_user

MARK = "金丝雀求助人"
PHONE = "13922223333"
Raise = Callable[..., Case]


@pytest.fixture
def category(db: None) -> Category:
    return Category.objects.create(code="repair", name="水电维修")


@pytest.fixture
def item(category: Category) -> Item:
    fields = [
        {"label": "哪里坏了", "kind": "text", "required": True},
        {"label": "几处", "kind": "number", "required": False},
        {"label": "有没有漏水", "kind": "choice", "required": False, "choices": ["有", "没有"]},
    ]
    return Item.objects.create(
        category=category, code="pipe", name="水管维修", fields=fields, body="社区服务站", since=SINCE
    )


@pytest.fixture
def plain_item(category: Category) -> Item:
    return Item.objects.create(category=category, code="lamp", name="楼道灯", since=SINCE, position=1)


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def raised(cast: Cast, desk: Actor, plain_item: Item, now: datetime) -> Raise:
    def make(what: str = "三楼的灯不亮", *, at: datetime = now, by: Actor | None = None, **other: Any) -> Case:
        asker = other.pop("asker", commands.AskerDraft(name=f"{MARK}姓名", phone=PHONE, flat=f"{MARK}302室"))
        words: dict[str, Any] = {
            "item": plain_item,
            "community": cast.nanyuan,
            "what": what,
            "channel": CaseChannel.PHONE,
            "asker": asker,
        }
        return commands.raise_case(draft=commands.CaseDraft(**(words | other)), by=by or desk, now=at)

    return make


@pytest.fixture
def plumber(cast: Cast, category: Category, now: datetime) -> Technician:
    row = Technician.objects.create(
        node=cast.nanyuan, path=cast.nanyuan.path, name="王师傅", phone="+8613933334444", is_paid=True,
        since=SINCE, added_at=now,
    )  # fmt: skip
    TechnicianSkill.objects.create(technician=row, category=category)
    RotaHours.objects.create(technician=row, weekday=localdate(now).isoweekday(), opens=time(8), closes=time(18))
    return row


@pytest.fixture
def asked(plumber: Technician) -> commands.Worker:
    return commands.Worker(technician=plumber)


def working(item: Item) -> Item:
    item.counted_in = TimeCount.WORKING
    item.save()
    return item


__all__ = ["MARK", "PHONE", "Member", "make_member", "make_user", "working"]

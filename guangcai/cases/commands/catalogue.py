"""The catalogue of requests: shipped rows, and what the desk of a node adds, changes and ends."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.enums import TimeCount
from guangcai.cases.models import Category, Item
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.core.text import is_blank
from guangcai.orgs.models import Node, WorkUnit

# The catalogue holds since before any installation began.
SHIPPED_SINCE: Final = date(2026, 1, 1)


@transaction.atomic
def load_case_catalogue(*, by: Actor, now: datetime) -> int:
    """Add the shipped categories and items that are missing; returns how many. What the district changed stays."""
    by.require(Permission.POLICY_EDIT, ROOT)
    shipped = json.loads((files("guangcai.cases") / "data" / "catalogue.json").read_text("utf-8"))
    there = set(Category.objects.values_list("code", flat=True))
    fresh = [
        Category(**row, source=shipped["source"][:80], position=at)
        for at, row in enumerate(shipped["categories"])
        if row["code"] not in there
    ]
    Category.objects.bulk_create(fresh)
    added = len(fresh) + _load_items(shipped)
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=added)
    return added


def _load_items(shipped: dict[str, Any]) -> int:
    categories = Category.objects.in_bulk(field_name="code")
    there = set(Item.objects.filter(node=None).values_list("code", flat=True))
    fresh = [
        Item(**{**row, "category": categories[row["category"]]}, position=at, since=SHIPPED_SINCE)
        for at, row in enumerate(shipped["items"])
        if row["code"] not in there
    ]
    for row in fresh:
        rules.check_fields(row.fields)
    Item.objects.bulk_create(fresh)
    return len(fresh)


@dataclass(frozen=True)
class ItemDraft:
    """An item as typed. fields as Item.fields; hours and days None: the rule of the place."""

    category: Category
    name: str
    fields: list[dict[str, Any]] = field(default_factory=list)
    response_hours: int | None = None
    solution_days: int | None = None
    counted_in: TimeCount = TimeCount.CALENDAR
    unit: WorkUnit | None = None
    body: str = ""
    elsewhere: str = ""
    emergency: str = ""
    hides_asker: bool = False


@transaction.atomic
def add_item(*, node: Node, draft: ItemDraft, by: Actor, now: datetime, id: UUID | None = None) -> Item:
    """Offer something more in the catalogue of a node and everything below it.

    id: made with the form; the same again is the same item, with other content it raises Conflict.
    """
    by.require(Permission.CASE_EDIT, node.path)
    code = f"own-{(id or new_id()).hex[-24:]}"
    if found := Item.objects.filter(node=node, code=code).first():
        if any(getattr(found, name) != getattr(draft, name) for name in ItemDraft.__dataclass_fields__):
            raise other_content()
        return found
    _check(draft)
    row = Item(node=node, path=node.path, code=code, since=localdate(now), position=Item.objects.count())
    _write(row, draft)
    audit.record(Tag.CASE_ITEM_CHANGE, by=by, on=row, now=now, path=node.path)
    return row


@transaction.atomic
def change_item(*, item: Item, draft: ItemDraft, by: Actor, now: datetime) -> Item:
    """Change what a node's own item asks and how long it may take. Cases under way keep their times."""
    row = _own(item, by)
    _check(draft)
    _write(row, draft)
    audit.record(Tag.CASE_ITEM_CHANGE, by=by, on=row, now=now)
    return row


@transaction.atomic
def end_item(*, item: Item, by: Actor, now: datetime) -> Item:
    """Offer it no more from today on. Cases keep it. Harmless twice."""
    row = _own(item, by)
    if row.until is None:
        row.until = localdate(now)
        row.save(update_fields=["until"])
        audit.record(Tag.CASE_ITEM_CHANGE, by=by, on=row, now=now, ended=True)
    return row


def _own(item: Item, by: Actor) -> Item:
    row = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if row.node_id is None:
        raise Forbidden(_("This item is shipped for everybody: add one of your own instead."))
    by.require(Permission.CASE_EDIT, row.path)
    return row


def _check(draft: ItemDraft) -> None:
    if is_blank(draft.name):
        raise RuleBroken(_("Give the item a name."), field="name", code="item_name")
    rules.check_fields(draft.fields)


def _write(row: Item, draft: ItemDraft) -> None:
    for name in ItemDraft.__dataclass_fields__:
        setattr(row, name, getattr(draft, name))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise RuleBroken(_("There is such an item already."), field="name", code="item_taken") from taken

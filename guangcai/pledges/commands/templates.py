"""Templates: shipped by name, filled with items by an owner, version by version."""

import json
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission
from guangcai.members.models import ServiceKind
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.pledges import rules
from guangcai.pledges.enums import Measure, TemplateForm
from guangcai.pledges.models import Item, Template, Version


@transaction.atomic
def load_pledge_templates(*, node: Node, by: Actor, now: datetime) -> int:
    """Add the shipped templates that are missing, and under `node` the items the documents name; how many were added.

    What the documents leave open stays empty: it is not offered until somebody enters items (A55, A56, A57, A97).
    """
    by.require(Permission.POLICY_EDIT, node.path)
    added = 0
    for position, row in enumerate(_rows()):
        columns = {name: row[name] for name in ("name", "form", "remark", "source")}
        found, is_new = Template.objects.get_or_create(code=row["code"], defaults={**columns, "position": position})
        added += is_new
        is_complete = bool(row["items"]) or found.form == TemplateForm.WORDS
        if is_complete and not Version.objects.filter(template=found, node=node).exists():
            _write(
                found, node, _written(row["items"]), since_year=rules.FIRST_YEAR, source=row["source"], by=by, now=now
            )
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, path=node.path, added=added)
    return added


@transaction.atomic
def add_template(*, name: str, form: TemplateForm, source: str, by: Actor, now: datetime, id: UUID) -> Template:
    """A pledge or a checklist of the district's own, by its name; it is offered once somebody has written its items.

    By whoever sets rules (POLICY_EDIT). The same id sent again is the same template. Raises RuleBroken(field="name").
    """
    by.require_any(Permission.POLICY_EDIT)
    plain, code = name.strip(), f"own-{id.hex[-20:]}"
    # Two clerks add one name at once: the second waits and reads that it is taken.
    rows = list(Template.objects.select_for_update().order_by("position", "pk"))
    found = next((row for row in rows if row.code == code), None)
    if found is not None and (found.name, found.form) == (plain, form):
        return found
    if found is not None:
        raise other_content()
    rules.check_template_name(plain, taken=plain in {row.name for row in rows})
    position = max((row.position for row in rows), default=0) + 1
    made = Template.objects.create(code=code, name=plain, form=form, source=source.strip(), position=position)
    audit.record(Tag.PLEDGE_TEMPLATE_ADD, by=by, on=made, now=now, form=form.value)
    return made


@transaction.atomic
def add_version(
    *,
    template: Template,
    node: Node,
    items: Sequence[rules.Written],
    since_year: int,
    source: str,
    by: Actor,
    now: datetime,
) -> Version:
    """Other items of a template from a year on, for `node` and everything below; pledges made before keep theirs.

    The district decides for its area (right POLICY_EDIT, the district administrator); a community may write its own
    items of a pledge (PLEDGE_EDIT, secretary and desk), never those of the checklist it is measured by.
    The same items for the same year sent again are the same version. Raises RuleBroken(field="items").
    """
    by.require(right_to_write(template, node), node.path)
    locked = Template.objects.select_for_update().get(pk=template.pk)
    rules.check_version(form=locked.form, items=items, since_year=since_year)
    last = Version.objects.filter(template=locked, node=node).order_by("-number").first()
    if last is not None and last.since_year == since_year and _items_of(last) == list(items):
        return last
    return _write(locked, node, items, since_year=since_year, source=source.strip(), by=by, now=now)


def right_to_write(template: Template, node: Node) -> Permission:
    """The right that writing items of `template` for `node` asks for."""
    is_own = node.level == Level.COMMUNITY and template.form != TemplateForm.CHECKLIST
    return Permission.PLEDGE_EDIT if is_own else Permission.POLICY_EDIT


def _write(
    template: Template,
    node: Node,
    items: Sequence[rules.Written],
    *,
    since_year: int,
    source: str,
    by: Actor,
    now: datetime,
) -> Version:
    before = Version.objects.filter(template=template, node=node).aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        template=template,
        node=node,
        path=node.path,
        number=before + 1,
        since_year=since_year,
        source=source,
        made_at=now,
        made_by=by.user_id,
    )
    Item.objects.bulk_create(
        Item(version=version, position=number, text=one.text, measure=one.measure, kind_id=one.kind_id)
        for number, one in enumerate(items, start=1)
    )
    audit.record(Tag.PLEDGE_VERSION_ADD, by=by, on=version, now=now, template=template.code, items=len(items))
    return version


def _items_of(version: Version) -> list[rules.Written]:
    return [rules.Written(item.text, Measure(item.measure), item.kind_id) for item in version.items.all()]


def _written(rows: Sequence[dict[str, Any]]) -> list[rules.Written]:
    kinds = dict(ServiceKind.objects.values_list("code", "pk"))
    return [_one(row, kinds) for row in rows]


def _one(row: dict[str, Any], kinds: dict[str, int]) -> rules.Written:
    """A district that has dropped the kind of service counts this item by the member's own mark."""
    key = kinds.get(row.get("kind", ""))
    measure = Measure(row["measure"])
    if measure == Measure.KIND and key is None:
        return rules.Written(row["text"])
    return rules.Written(row["text"], measure, key)


def _rows() -> list[dict[str, Any]]:
    text = (files("guangcai.pledges") / "data" / "templates.json").read_text("utf-8")
    return list(json.loads(text))

"""Checklists of offices: done and not done, by community and holder; never a score, never a ranking."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.orgs.models import Node
from guangcai.pledges import rules
from guangcai.pledges.enums import TemplateForm
from guangcai.pledges.models import ChecklistMark, Item, Template, Version
from guangcai.pledges.queries.pledges import in_force


@dataclass(frozen=True)
class Line:
    """One item: done with its mark, or not done."""

    item: Item
    mark: ChecklistMark | None


@dataclass(frozen=True)
class Sheet:
    """The checklist of one community's office in one year. holder "": nobody has marked anything yet."""

    community: Node
    template: Template
    holder: str
    lines: tuple[Line, ...]
    is_own: bool


def sheets(actor: Actor, *, year: int, on: date) -> list[Sheet]:
    """Every community of the actor's area with its checklists, by code: five queries, however many communities."""
    paths = actor.paths_with(Permission.STATISTICS_VIEW)
    communities = list(Node.objects.in_force(on).communities().filter(under("path", paths)).order_by("code"))
    lists = Version.objects.valid_at(node.path for node in communities).filter(template__form=TemplateForm.CHECKLIST)
    versions = list(lists.select_related("template"))
    items: dict[int, list[Item]] = {}
    for item in Item.objects.filter(version__in=versions).order_by("version", "position"):
        items.setdefault(item.version_id, []).append(item)
    marks = ChecklistMark.objects.filter(under("path", paths), year=year, withdrawn_at=None)
    by_community: dict[int, list[ChecklistMark]] = {}
    for mark in marks.order_by("marked_at", "pk"):
        by_community.setdefault(mark.community_id, []).append(mark)
    keys = {mark.held_by for found in by_community.values() for mark in found}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))
    return [
        sheet
        for node in communities
        for version in in_force(versions, path=node.path, year=year).values()
        for sheet in _of(actor, node, version.template, items.get(version.pk, []), by_community.get(node.pk, []), names)
    ]


def _of(
    actor: Actor,
    node: Node,
    template: Template,
    items: list[Item],
    marks: list[ChecklistMark],
    names: dict[UUID, str],
) -> list[Sheet]:
    """One sheet for each who held the office and marked something; the reader's own stands ready to be marked."""
    keys = {item.pk for item in items}
    holders: dict[UUID | None, list[ChecklistMark]] = {}
    for mark in marks:
        if mark.item_id in keys:
            holders.setdefault(mark.held_by, []).append(mark)
    keeps = covers(actor.paths_with(rules.KEEPS_CHECKLIST), node.path)
    if keeps:
        holders.setdefault(actor.user_id, [])
    return [
        Sheet(
            community=node,
            template=template,
            holder=names.get(key, "") if key and found else "",
            lines=tuple(Line(item, of.get(item.pk)) for item in items),
            is_own=key is not None and key == actor.user_id,
        )
        for key, found in (holders or {None: []}).items()
        for of in [{mark.item_id: mark for mark in found}]
    ]

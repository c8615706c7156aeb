"""What a body names by code or key, found in the area of the one who asks; outside it nothing exists."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Member, Occupation, ServiceKind, SkillKind
from guangcai.orgs.models import Node, WorkUnit

Row = TypeVar("Row", bound=Model)


def one(rows: "QuerySet[Row]", key: object) -> Row:
    """The row of this key among `rows`; OutOfScope when it is not there."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise OutOfScope()
    return found


def community(code: str) -> Node:
    """A community in force by its code; whether the actor may do something there is the command's question."""
    found = Node.objects.in_force(localdate()).communities().filter(code=code).first()
    if found is None:
        raise OutOfScope()
    return found


def building_in(place: Node, code: str | None) -> Node | None:
    """A place below the community. Raises RuleBroken(field="building")."""
    if code is None:
        return None
    below = Node.objects.in_force(localdate()).filter(code=code, path__under=place.path).exclude(pk=place.pk).first()
    if below is None:
        raise RuleBroken(_("There is no such building in this community."), field="building", code="no_building")
    return below


def work_unit(key: int | None) -> WorkUnit | None:
    """A work unit by its number. Raises RuleBroken(field="work_unit")."""
    if key is None:
        return None
    found = WorkUnit.objects.filter(pk=key, ended_on=None).first()
    if found is None:
        raise RuleBroken(_("There is no such work unit."), field="work_unit", code="no_work_unit")
    return found


def occupation(code: str | None) -> Occupation | None:
    return _listed(Occupation, code, "occupation")


def service_kind(code: str | None, *, field: str) -> ServiceKind | None:
    return _listed(ServiceKind, code, field)


def skills(codes: list[str]) -> list[SkillKind]:
    found = {kind.code: kind for kind in SkillKind.objects.filter(code__in=codes)}
    if unknown := set(codes) - set(found):
        raise _not_listed("skills", min(unknown))
    return list(found.values())


def _listed(model: Any, code: str | None, field: str) -> Any:
    if code is None:
        return None
    found = model.objects.filter(code=code).first()
    if found is None:
        raise _not_listed(field, code)
    return found


def _not_listed(field: str, code: str) -> RuleBroken:
    return RuleBroken(_("“%(code)s” is not in the list.") % {"code": code}, field=field, code="not_listed")


def member_of_area(actor: Actor, key: UUID) -> Member:
    """A member whom the actor sees as desk or overseer, or himself. Never one of a work unit's own view (A53)."""
    return one(members_of_area(actor), key)


def members_of_area(actor: Actor) -> "QuerySet[Member]":
    rows = Member.objects.visible_to(actor)
    area = under("path", actor.paths_with(Permission.ROSTER_VIEW))
    return rows.filter(area) | rows.filter(pk=actor.member_id) if actor.member_id else rows.filter(area)

"""The district's set-up: what work needs before it can start, and what has come undone since."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Grant, Node, Policy, WorkUnit
from guangcai.orgs.models.organisations import in_force
from guangcai.orgs.roles import Role
from guangcai.portal.links import link

NAMED = 3


@dataclass(frozen=True)
class Step:
    """One line: what must be there, how many are missing, the first of them by name, and the way to mend it."""

    label: str
    missing: int
    names: str
    url: str

    @property
    def is_done(self) -> bool:
        return self.missing == 0


def steps(actor: Actor, *, on: date) -> list[Step]:
    """Communities with a desk and a secretary, units with a liaison, rules in force. Ten queries at most."""
    paths = actor.paths_with(Permission.GRANT_EDIT)
    places = Node.objects.in_force(on).communities().held_by(actor, Permission.GRANT_EDIT).order_by("code")
    units = WorkUnit.objects.in_force(on).filter(under("path", paths)).order_by("name")
    tree = link("orgs:tree")
    return [
        Step(_("Communities are in the tree"), int(not places.exists()), "", tree),
        _step(_("Every community has a desk worker"), _without(places, Role.DESK_WORKER, on), tree),
        _step(_("Every community has a secretary"), _without(places, Role.COMMUNITY_SECRETARY, on), tree),
        Step(_("Work units are listed"), int(not units.exists()), "", link("orgs:units")),
        _step(
            _("Every work unit has a liaison (the others get paper)"), _without_liaison(units, on), link("orgs:units")
        ),
        _rules(paths, on),
    ]


def _step(label: str, rows: "QuerySet[Node] | QuerySet[WorkUnit]", url: str) -> Step:
    names = list(rows.values_list("name", flat=True))
    return Step(label, len(names), _(", ").join(names[:NAMED]), url)


def _without(places: "QuerySet[Node]", role: Role, on: date) -> "QuerySet[Node]":
    held = Grant.objects.in_force(on).filter(node=OuterRef("pk"), role=role, ended_at=None)
    return places.filter(~Exists(held))


def _without_liaison(units: "QuerySet[WorkUnit]", on: date) -> "QuerySet[WorkUnit]":
    held = Grant.objects.in_force(on).filter(work_unit=OuterRef("pk"), ended_at=None)
    return units.filter(~Exists(held))


def _rules(paths: tuple[str, ...], on: date) -> Step:
    """Rules that nothing sets for the place itself: the ones above hold only if somebody set them there."""
    top = paths[0] if paths else ""
    chain = [above for path in paths for above in ancestors(path)]
    known = set(Policy.objects.filter(in_force(on), path__in=chain).values_list("key", flat=True))
    missing = [str(key.label) for key in PolicyKey if key not in known]
    node = Node.objects.filter(path=top).values_list("pk", flat=True).first()
    url = link("orgs:policies", node) if node else ""
    return Step(_("Every rule is set"), len(missing), _(", ").join(missing[:NAMED]), url)

"""On whose behalf somebody may lend: his units in the communities they live in, his community itself."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.models import Node, ResidentUnit, WorkUnit
from guangcai.orgs.models.organisations import in_force


@dataclass(frozen=True)
class Owner:
    """Who lends, and in which community it lies; work_unit None: the community itself."""

    community: Node
    work_unit: WorkUnit | None

    @property
    def label(self) -> str:
        return f"{self.work_unit.name} · {self.community.name}" if self.work_unit else self.community.name


def choices(actor: Actor, *, on: date) -> dict[str, Owner]:
    """By a key for a form. Two queries."""
    paths = actor.paths_with(Permission.RESOURCE_EDIT)
    nodes = Node.objects.in_force(on).communities().filter(under("path", paths)).order_by("code")
    found = {f"{node.pk}": Owner(node, None) for node in nodes}
    mine = Q(work_unit__in=actor.units_with(Permission.RESOURCE_EDIT)) | under("community__path", paths)
    homes = ResidentUnit.objects.filter(mine, in_force(on), work_unit__ended_on=None)
    for home in homes.select_related("work_unit", "community").order_by("work_unit__name", "community__code"):
        found[f"{home.community_id}-{home.work_unit_id}"] = Owner(home.community, home.work_unit)
    return found

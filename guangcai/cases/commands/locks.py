"""The order in which cases lock: members by key (for the ledger), a team, then the case. Every command keeps it."""

from uuid import UUID

from guangcai.cases.models import Case
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope


def lock_case(pk: UUID) -> Case:
    """The case under a lock that holds up every other step of its life."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("community", "item__category", "assignment").get(pk=pk)


def lock_visible(pk: UUID, by: Actor) -> Case:
    """The same, if the actor may know of it. Raises OutOfScope: also for whoever it complains of."""
    row = lock_case(pk)
    if not Case.objects.visible_to(by).filter(pk=pk).exists():
        raise OutOfScope()
    return row

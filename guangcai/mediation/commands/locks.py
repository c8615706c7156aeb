"""The order in which mediation locks: members by key (for the ledger), then the matter. Every command here keeps it."""

from uuid import UUID

from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope
from guangcai.core.permissions import Permission
from guangcai.mediation.models import Assignment, Mediation


def lock_visible(pk: UUID, by: Actor) -> Mediation:
    """The matter under a lock that holds up every other step of its life. Raises OutOfScope, also for a party."""
    rows = Mediation.objects.select_for_update(of=("self",), no_key=True).select_related("community", "cause")
    row = rows.get(pk=pk)
    if not Mediation.objects.visible_to(by).filter(pk=pk).exists():
        raise OutOfScope()
    return row


def lock_acting(pk: UUID, by: Actor) -> tuple[Mediation, bool]:
    """The same for whoever may act in it, and whether he mediates it himself. Raises OutOfScope, Forbidden."""
    row = lock_visible(pk, by)
    own = by.member_id is not None and Assignment.objects.of_member(by).filter(mediation=row).exists()
    if not own:
        by.require(Permission.MEDIATION_EDIT, row.path)
    return row, own


def lock_of_desk(pk: UUID, by: Actor) -> Mediation:
    """The same for the desk alone. Raises OutOfScope, Forbidden."""
    row = lock_visible(pk, by)
    by.require(Permission.MEDIATION_EDIT, row.path)
    return row

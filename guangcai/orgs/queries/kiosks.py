"""Where somebody may set up a kiosk: the communities of his desk, by name."""

from django.utils.timezone import localdate

from guangcai.accounts.kiosk import KioskPlace
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node


def kiosk_places(actor: Actor) -> tuple[KioskPlace, ...]:
    """Communities in force in which `actor` takes attendance; one query."""
    if not actor.holds(Permission.ATTENDANCE_TAKE):
        return ()
    rows = Node.objects.in_force(localdate()).communities().held_by(actor, Permission.ATTENDANCE_TAKE).order_by("code")
    return tuple(KioskPlace(node_id=row.pk, path=row.path, name=row.name) for row in rows)

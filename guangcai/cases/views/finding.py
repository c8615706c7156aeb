"""What every view of a case asks first."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from guangcai.cases.models import Case
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Case:
    """The case, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    rows = Case.objects.visible_to(request.actor)
    row = get_object_or_404(
        rows.select_related("item__category", "community", "place", "assignment__technician", "asker"), pk=pk
    )
    if permission is not None:
        request.actor.require(permission, row.path)
    return row

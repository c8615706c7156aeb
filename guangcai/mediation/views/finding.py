"""What every view of a matter asks first: may you see it, may you act in it."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from guangcai.core.asking import Page
from guangcai.core.errors import Forbidden, Text
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.mediation.models import Assignment, Mediation


def found(request: ActorRequest, pk: UUID) -> Mediation:
    """The matter, if the actor may know of it; 404 else, also for a party of it."""
    rows = Mediation.objects.visible_to(request.actor).select_related("community", "cause")
    return get_object_or_404(rows, pk=pk)


def found_acting(request: ActorRequest, pk: UUID, *, desk_only: bool = False) -> Mediation:
    """The same for whoever may act in it: 403 for who only reads, and for a mediator where it is the desk's to do."""
    row = found(request, pk)
    if request.actor.can(Permission.MEDIATION_EDIT, row.path):
        return row
    if desk_only or not Assignment.objects.of_member(request.actor).filter(mediation=row).exists():
        raise Forbidden()
    return row


def page(row: Mediation, title: Text, submit: Text, *, lead: Text = "", hint: Text = "", danger: bool = False) -> Page:
    """The words around a form about one matter."""
    back = (row.get_absolute_url(), _("Mediation %(number)s") % {"number": row.number})
    return Page(title, submit, back, lead=lead, hint=hint, danger=danger)

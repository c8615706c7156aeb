"""What the screens of this room share: finding a row, refusing with a next step, one page for a short form."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from guangcai.core.errors import DomainError
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.screens import Refused
from guangcai.wishes.models import Wish, WishClaim


def found(request: ActorRequest, pk: UUID, *, permission: Permission | None = None) -> Wish:
    """The wish, if the actor may see it (404 else) and holds `permission` there (403 else)."""
    rows = Wish.objects.visible_to(request.actor).select_related("community", "kind")
    wish = get_object_or_404(rows, pk=pk)
    if permission is not None:
        request.actor.require(permission, wish.path)
    return wish


def found_claim(request: ActorRequest, pk: UUID) -> WishClaim:
    """The claim, if the actor may see it: his own, or of the area whose roster he sees; 404 else."""
    rows = WishClaim.objects.visible_to(request.actor).select_related("wish__community", "wish__kind", "member")
    return get_object_or_404(rows, pk=pk)


def refused(error: DomainError, wish: Wish) -> Refused:
    """A refusal with its next step."""
    steps = {
        "join_instead": (_("Do it together"), wish.get_absolute_url()),
        "already_claimed": (_("See the wish"), wish.get_absolute_url()),
    }
    action, url = steps.get(error.code, (_("See the wish"), wish.get_absolute_url()))
    return Refused(error.code, str(error.message), action, url)

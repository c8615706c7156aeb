"""Who serves at a session: whoever sits there today, and the desk."""

from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.studios.models import RotaPlace


def sits_at(shift: Shift, actor: Actor) -> bool:
    """Whether the actor is on the roster of the studio and has a seat at this session, or came without one."""
    if actor.member_id is None or not actor.can(Permission.STUDIO_JOIN, shift.path):
        return False
    held = RotaPlace.objects.held().filter(studio__activity=shift.activity_id, member=actor.member_id)
    seat = SignUp.objects.placed().filter(shift=shift, member=actor.member_id)
    there = Attendance.objects.present().filter(shift=shift, member=actor.member_id)
    return held.exists() and (seat.exists() or there.exists())


def serves_at(shift: Shift, actor: Actor) -> bool:
    return actor.can(Permission.STUDIO_EDIT, shift.path) or sits_at(shift, actor)


def require_serving(shift: Shift, actor: Actor) -> None:
    """Raises Forbidden, or OutOfScope elsewhere, unless the actor sits there or runs the desk."""
    if not sits_at(shift, actor):
        actor.require(Permission.STUDIO_EDIT, shift.path)

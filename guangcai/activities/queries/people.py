"""Who can come to a shift, and who may stand as second person."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from guangcai.accounts.models import User
from guangcai.activities.models import Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors
from guangcai.members.keys import phone_tail_key
from guangcai.members.models import Member
from guangcai.orgs.models import Grant
from guangcai.orgs.roles import ROLES


def members_for_shift(shift: Shift, members: Iterable[UUID]) -> QuerySet[Member]:
    """Those of `members` who signed up, or are on the roster of the shift's community."""
    signed_up = Exists(SignUp.objects.filter(shift=shift, member=OuterRef("pk")))
    return Member.objects.filter(Q(path__under=shift.path, ended_at=None) | signed_up, pk__in=list(members))


def members_with_tail(digits: str, *, path: str, by: Actor) -> list[Member]:
    """Members of the kiosk's community whose phone ends with these four digits; at most ten, by name.

    Needs the right to take attendance there: the pad shows names to whoever stands at the door.
    """
    by.require(Permission.ATTENDANCE_TAKE, path)
    found = Member.objects.current().filter(path__under=path, phone_tail_index=phone_tail_key(digits))
    return list(found.order_by("name_pinyin", "pk")[:10])


def workers_of(path: str, *, on: date) -> QuerySet[User]:
    """Everybody who takes attendance for the community of `path`: the lead and the possible second persons."""
    roles = [role for role, rights in ROLES.items() if Permission.ATTENDANCE_TAKE in rights]
    grants = Grant.objects.in_force(on).filter(ended_at=None, role__in=roles, path__in=ancestors(path))
    return User.objects.active().filter(pk__in=grants.values("user_id")).order_by("name", "pk")


def may_witness(user_id: UUID | None, *, path: str, on: date) -> bool:
    return user_id is not None and workers_of(path, on=on).filter(pk=user_id).exists()

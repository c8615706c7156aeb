"""The one place that changes the state of a wish, and the lock everything here takes first."""

from datetime import datetime
from uuid import UUID

from guangcai.core.actor import Actor
from guangcai.orgs.facts import of_community
from guangcai.wishes import rules
from guangcai.wishes.enums import WishState
from guangcai.wishes.models import Wish, WishClaim, WishStep


def lock_wish(pk: UUID) -> Wish:
    """The wish under a lock that holds up claims, moves and the lot."""
    rows = Wish.objects.select_for_update(of=("self",), no_key=True).select_related("community", "kind", "asker")
    return rows.get(pk=pk)


def move(wish: Wish, new: WishState, *, by: Actor, now: datetime, **columns: object) -> Wish:
    """Move a locked wish and write the step. columns: what changes with it. Raises RuleBroken(code="no_such_move")."""
    old = WishState(wish.state)
    rules.check_move(old, new)
    for name, value in columns.items():
        setattr(wish, name, value)
    wish.state, wish.state_since = new, now
    wish.save(update_fields=["state", "state_since", *columns])
    add_step(wish, old=old, by=by, now=now)
    return wish


def add_step(wish: Wish, *, old: str, by: Actor, now: datetime) -> None:
    WishStep.objects.create(**of_community(wish.community), wish=wish, old=old, new=wish.state, at=now, by=by.user_id)


def claimers(wish: Wish) -> frozenset[UUID]:
    """Who has taken the wish on now, or helps, or waits."""
    return frozenset(WishClaim.objects.live().filter(wish=wish).values_list("member_id", flat=True))

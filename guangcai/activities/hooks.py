"""What rooms above add to shifts: who may sign up for one of theirs, and what follows when it is called off.

Rooms hand in functions once at start (AppConfig.ready); activities never imports them.
"""

from collections.abc import Callable
from datetime import datetime

from guangcai.activities.models import Shift
from guangcai.core.actor import Actor
from guangcai.members.models import Member

# Raises RuleBroken when this member cannot sign up for this shift.
Check = Callable[[Shift, Member], None]
Follower = Callable[[Shift, Actor, datetime], None]
_checks: list[Check] = []
_followers: list[Follower] = []


def checked_by(check: Check) -> None:
    if check not in _checks:
        _checks.append(check)


def followed_by(follower: Follower) -> None:
    if follower not in _followers:
        _followers.append(follower)


def check_sign_up(shift: Shift, member: Member) -> None:
    for check in _checks:
        check(shift, member)


def called_off(shift: Shift, *, by: Actor, now: datetime) -> None:
    """Under the shift's lock, in the transaction that calls it off."""
    for follower in _followers:
        follower(shift, by, now)

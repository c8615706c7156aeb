"""Places of a shift: one number, one person. Every function here runs under the shift's lock."""

from datetime import datetime

from guangcai.activities import rules
from guangcai.activities.commands.telling import tell
from guangcai.activities.enums import Occasion
from guangcai.activities.models import Shift, SignUp
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag


def next_place(shift: Shift) -> int | None:
    """The number for somebody new: None when all are taken, or somebody waits who came first."""
    if SignUp.objects.waiting().filter(shift=shift).exists():
        return None
    taken = SignUp.objects.placed().filter(shift=shift).values_list("place_no", flat=True)
    return rules.free_place((number for number in taken if number), places=shift.places)


def fill_places(*, shift: Shift, by: Actor, now: datetime) -> list[SignUp]:
    """Move the waiting list up into free places, first come first, and tell those who moved."""
    taken = {row.place_no for row in SignUp.objects.placed().filter(shift=shift)}
    free = [number for number in range(1, shift.places + 1) if number not in taken]
    moved = list(SignUp.objects.waiting().filter(shift=shift)[: len(free)])
    for number, row in zip(free, moved, strict=False):
        row.place_no, row.placed_at = number, now
        row.save(update_fields=["place_no", "placed_at"])
        audit.record(Tag.SIGN_UP_MOVE_UP, by=by, on=row, now=now, place_no=number)
    if moved:
        tell(shift=shift, members=[row.member_id for row in moved], occasion=Occasion.MOVED_UP, now=now)
    return moved

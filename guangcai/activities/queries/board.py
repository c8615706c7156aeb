"""The attendance board: everybody who signed up or came, and how they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guangcai.activities.enums import Method, Presence
from guangcai.activities.models import Attendance, Shift, SignUp
from guangcai.core.actor import Actor
from guangcai.members.models import Employment, Member


@dataclass(frozen=True)
class BoardRow:
    """One person on the board. `presence` is empty until somebody marks it. Two of one name differ by `unit`."""

    member_id: UUID
    name: str
    unit: str
    place_no: int | None
    waits: bool
    presence: str
    method: str
    arrived_at: datetime | None
    left_at: datetime | None
    minutes: int | None
    is_late: bool

    @property
    def method_words(self) -> str:
        return str(Method(self.method).label) if self.method else ""

    @property
    def presence_words(self) -> str:
        return str(Presence(self.presence).label) if self.presence else ""

    @property
    def is_walk_in(self) -> bool:
        return self.place_no is None and not self.waits

    @property
    def chosen(self) -> str:
        """What the form shows chosen: the mark, else "here" for whoever has a place: exceptions are what is marked."""
        return self.presence or (Presence.PRESENT.value if self.place_no is not None else "")


def board_rows(shift: Shift, *, by: Actor) -> list[BoardRow]:
    """People with a place by number, then walk-ins, then the waiting list: four queries.

    Starts with what `by` may see: nobody outside his area appears.
    """
    sign_ups = {row.member_id: row for row in SignUp.objects.visible_to(by).live().filter(shift=shift).order_by("pk")}
    seen = {row.member_id: row for row in Attendance.objects.visible_to(by).filter(shift=shift).order_by("pk")}
    members = {m.pk: m for m in Member.objects.filter(pk__in={*sign_ups, *seen}).order_by("pk")}
    units = units_of(members)
    rows = [_row(members[key], units.get(key, ""), sign_ups.get(key), seen.get(key)) for key in members]
    return sorted(rows, key=lambda row: (row.place_no is None, row.waits, row.place_no or 0, row.name, row.member_id))


def units_of(members: Iterable[UUID]) -> dict[UUID, str]:
    """Member id -> name of the work unit, for people of one name."""
    open_links = Employment.objects.filter(member__in=list(members), until=None)
    return dict(open_links.values_list("member_id", "work_unit__name"))


def _row(member: Member, unit: str, sign_up: SignUp | None, seen: Attendance | None) -> BoardRow:
    return BoardRow(
        member_id=member.pk,
        name=member.name,
        unit=unit,
        place_no=sign_up.place_no if sign_up else None,
        waits=sign_up is not None and sign_up.place_no is None,
        presence=seen.presence if seen else "",
        method=seen.method if seen else "",
        arrived_at=seen.arrived_at if seen else None,
        left_at=seen.left_at if seen else None,
        minutes=seen.minutes if seen else None,
        is_late=seen.is_late_arrival if seen else False,
    )

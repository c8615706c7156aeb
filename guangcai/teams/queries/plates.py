"""Plates: one's own, and what anybody reads behind the code."""

from dataclasses import dataclass

from django.db.models import QuerySet

from guangcai.commitments import shown
from guangcai.core.actor import Actor
from guangcai.teams.models import Plate, PlateFeedback
from guangcai.teams.words import public_name


@dataclass(frozen=True)
class Shown:
    """What the plate says: the form of the name, the community, one line for each thing he serves as. Nothing else."""

    plate: Plate
    name: str
    community: str
    lines: tuple[str, ...]


def shown_by(plate: Plate) -> Shown:
    """What a plate says now: what ended yesterday is not on it."""
    community = plate.member.community or plate.community
    return Shown(plate, public_name(plate.member), community.name, tuple(shown.lines(plate.member_id)))


def own_plate(actor: Actor) -> Plate | None:
    """The plate the actor has hung out himself. One query."""
    rows = Plate.objects.in_use().filter(member=actor.member_id).select_related("member__community", "community")
    return rows.first() if actor.member_id else None


def plate_of(code: str) -> tuple[Plate | None, bool]:
    """The plate of a code, and whether it is in use: not taken in, its member still on the roster. One query."""
    row = Plate.objects.filter(code=code).select_related("member__community", "community").first()
    return row, row is not None and row.withdrawn_at is None and row.member.is_current


def own_feedback(actor: Actor) -> QuerySet[PlateFeedback]:
    """What residents wrote about the actor and the desk has read; without how to reach them."""
    rows = PlateFeedback.objects.told_to(actor.member_id) if actor.member_id else PlateFeedback.objects.none()
    return rows.defer("phone").order_by("-written_at", "pk")


def inbox(actor: Actor) -> QuerySet[PlateFeedback]:
    """What residents of the actor's area wrote, with the member it speaks of."""
    return PlateFeedback.objects.visible_to(actor).select_related("plate__member", "community")

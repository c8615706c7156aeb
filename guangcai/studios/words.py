"""How a place on a roster is told of on every screen."""

from typing import Final

from django.utils.translation import pgettext

from guangcai.commitments.enums import CommitmentState
from guangcai.studios.models import RotaPlace

TONES: Final = {
    CommitmentState.OFFERED: "wait",
    CommitmentState.CONFIRMED: "info",
    CommitmentState.HELD: "good",
    CommitmentState.ENDED: "idle",
}


def state_of(row: RotaPlace) -> str:
    if row.ended_at is not None:
        return row.get_end_reason_display()
    if row.held_since is None:
        return pgettext("rota", "Waiting for the desk")
    return pgettext("rota", "On the roster")

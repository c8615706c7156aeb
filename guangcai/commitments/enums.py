"""Closed lists of commitments. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CommitmentState(models.TextChoices):
    """How far a commitment has come. Not stored: told by its dates."""

    WAITING = "waiting", pgettext_lazy("commitment", "On the waiting list")
    OFFERED = "offered", pgettext_lazy("commitment", "Waiting for the community")
    CONFIRMED = "confirmed", pgettext_lazy("commitment", "Waiting to be taken up")
    HELD = "held", pgettext_lazy("commitment", "Held")
    ENDED = "ended", pgettext_lazy("commitment", "Ended")


class EndReason(models.TextChoices):
    """Why a commitment ended. Never a mark against anybody (Order 685 art 25)."""

    OWN_WISH = "own_wish", _("No longer wishes to")
    NO_TIME = "no_time", _("No time at present")
    HEALTH = "health", _("Health")
    MOVED = "moved", _("Moved away")
    TERM_OVER = "term_over", _("The term is over")
    NOT_NEEDED = "not_needed", _("No longer needed")
    UNFIT = "unfit", _("Does not fit the conditions")
    AGREED = "agreed", _("By agreement of both sides")
    HANDED_OVER = "handed_over", _("Handed over to somebody else")
    MERGED = "merged", _("Two records of one person were merged")


OF_HOLDER = (EndReason.OWN_WISH, EndReason.NO_TIME, EndReason.HEALTH, EndReason.MOVED, EndReason.TERM_OVER)
OF_COMMUNITY = (
    EndReason.AGREED,
    EndReason.TERM_OVER,
    EndReason.NOT_NEEDED,
    EndReason.MOVED,
    EndReason.UNFIT,
    EndReason.HANDED_OVER,
)

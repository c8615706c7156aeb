"""Closed lists of the ledger. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryOrigin(models.TextChoices):
    """Where an entry came from."""

    ATTENDANCE = "attendance", _("From a shift")
    BACK_FILL = "back_fill", _("Back-filled")
    TRANSFER_IN = "transfer_in", _("Brought from elsewhere")
    REVERSAL = "reversal", _("Reversal")


class ObjectionOutcome(models.TextChoices):
    CORRECTED = "corrected", _("Corrected")
    KEPT = "kept", _("Kept as it was")


class SampleResult(models.TextChoices):
    """What the street found when it asked about a drawn record."""

    TRUE = "true", _("Found true")
    DOUBTFUL = "doubtful", _("Doubtful")
    FALSE = "false", _("Found false")

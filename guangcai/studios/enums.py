"""Closed lists of studios. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Way(models.TextChoices):
    """How somebody came by a number."""

    DESK = "desk", pgettext_lazy("ticket", "At the desk")
    PHONE = "phone", pgettext_lazy("ticket", "On the phone")
    SLOT = "slot", pgettext_lazy("ticket", "Appointment")


class TicketState(models.TextChoices):
    """How far a number has come."""

    WAITING = "waiting", pgettext_lazy("ticket", "Waiting")
    CALLED = "called", pgettext_lazy("ticket", "Called")
    RECEIVED = "received", pgettext_lazy("ticket", "Received")
    MISSED = "missed", pgettext_lazy("ticket", "Did not come when called")
    LEFT = "left", pgettext_lazy("ticket", "Left")


# The number has been dealt with.
OVER = (TicketState.RECEIVED, TicketState.MISSED, TicketState.LEFT)

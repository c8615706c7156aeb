"""Closed lists of activities. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ActivityKind(models.TextChoices):
    """What is done. Only service to the community gives hours (Order 67 art 19, A105)."""

    SERVICE = "service", _("Service to the community")
    MEETING = "meeting", _("Meeting")
    STUDY = "study", _("Study")
    TRAINING = "training", _("Training")
    CULTURE = "culture", _("Education and culture")
    DUTY = "duty", _("Duty shift")

    @property
    def gives_hours(self) -> bool:
        return self is ActivityKind.SERVICE


class HolidayRule(models.TextChoices):
    """What a series does when a date falls on a public holiday."""

    KEEP = "keep", _("Hold it all the same")
    SKIP = "skip", _("Skip the date")
    SHIFT = "shift", _("Move to the next working day")


class Presence(models.TextChoices):
    PRESENT = "present", _("Present")
    ABSENT_TOLD = "absent_told", _("Absent with notice")
    ABSENT = "absent", _("Absent without notice")


class Method(models.TextChoices):
    """How attendance was taken. All write the same row."""

    BOARD = "board", _("By the lead")
    CODE = "code", _("Code scanned on site")
    PAD = "pad", _("Last four digits at the kiosk")
    PAPER = "paper", _("Paper list typed later")
    PRINTED = "printed", _("Printed code scanned on site")


class CancelReason(models.TextChoices):
    """Why a shift or an activity is called off."""

    WEATHER = "weather", _("Weather")
    TOO_FEW = "too_few", _("Too few people")
    PLACE = "place", _("Place not available")
    OTHER = "other", pgettext_lazy("cancel reason", "Other")


class Weekday(models.TextChoices):
    """Codes of RFC 5545, in the order of the week."""

    MONDAY = "MO", pgettext_lazy("weekday", "Monday")
    TUESDAY = "TU", pgettext_lazy("weekday", "Tuesday")
    WEDNESDAY = "WE", pgettext_lazy("weekday", "Wednesday")
    THURSDAY = "TH", pgettext_lazy("weekday", "Thursday")
    FRIDAY = "FR", pgettext_lazy("weekday", "Friday")
    SATURDAY = "SA", pgettext_lazy("weekday", "Saturday")
    SUNDAY = "SU", pgettext_lazy("weekday", "Sunday")


class Occasion(models.TextChoices):
    """Why somebody who signed up is told something."""

    MOVED_UP = "moved_up", _("A place for you")
    CHANGED = "changed", _("Time or place changed")
    CANCELLED = "cancelled", _("Called off")
    BEFORE = "before", _("Soon to come")

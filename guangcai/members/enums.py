"""Closed lists of the roster. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class MemberType(models.TextChoices):
    """The three types of booklets (A44, document 003)."""

    BRANCH = "branch", _("Member of the community branch")
    IN_SERVICE = "in_service", _("In-service member living here")
    LAID_OFF_OR_MOBILE = "laid_off_or_mobile", _("Laid-off or mobile member")


class MemberCategory(models.TextChoices):
    """The five categories of document 002 (A46); several fall under one type."""

    RESIDENT = "resident", _("Permanent resident member")
    RETIRED_FROM_ELSEWHERE = "retired_from_elsewhere", _("Retired member settled from elsewhere")
    VETERAN = "veteran", _("Demobilised veteran member")
    GRADUATE = "graduate", _("Graduate waiting for work")
    MOBILE = "mobile", _("Mobile member")


class DayPart(models.TextChoices):
    """When a member can serve."""

    WEEKDAY_MORNING = "weekday_morning", _("Weekday mornings")
    WEEKDAY_AFTERNOON = "weekday_afternoon", _("Weekday afternoons")
    WEEKDAY_EVENING = "weekday_evening", _("Weekday evenings")
    WEEKEND_MORNING = "weekend_morning", _("Weekend mornings")
    WEEKEND_AFTERNOON = "weekend_afternoon", _("Weekend afternoons")
    WEEKEND_EVENING = "weekend_evening", _("Weekend evenings")


class Channel(models.TextChoices):
    """How a member reported in (A01)."""

    DESK = "desk", _("At the desk")
    PHONE = "phone", _("By phone link")
    LAUNCH_DAY = "launch_day", _("At a launch day")
    IMPORT = "import", _("From an imported roster")


class BatchState(models.TextChoices):
    """A roster file's life: read, checked with problems or ready, applied as a whole, or discarded."""

    READ = "read", _("Being read")
    PROBLEMS = "problems", _("Has problems")
    READY = "ready", _("Ready to apply")
    APPLIED = "applied", _("Applied")
    DISCARDED = "discarded", _("Discarded")


class RosterFileKind(models.TextChoices):
    """Files kept with a batch."""

    SENT = "sent", _("As it was sent")
    REFUSED = "refused", _("Rows that were refused")


class DuplicateReason(models.TextChoices):
    SAME_PHONE = "same_phone", _("Same phone number")
    SAME_NAME_UNIT_BUILDING = "same_name_unit_building", _("Same name, work unit and building")

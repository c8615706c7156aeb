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


class MobileDirection(models.TextChoices):
    """Which way round a mobile member is mobile (A91, A92)."""

    OUTGOING = "outgoing", _("Away, relation here")
    INCOMING = "incoming", _("Came here, relation elsewhere")


class ContactWay(models.TextChoices):
    """How somebody was in contact with a mobile member."""

    PHONE = "phone", _("By phone")
    MESSAGE = "message", _("By message")
    MEETING = "meeting", _("In person")
    THROUGH = "through", _("Through family or the branch")


class MobileEnd(models.TextChoices):
    """Why somebody is a mobile member no longer."""

    CAME_BACK = "came_back", _("Came back")
    TRANSFERRED = "transferred", _("Relation transferred")
    MOVED_ON = "moved_on", _("Moved on")
    LOST_CONTACT = "lost_contact", _("Lost contact")
    # Only by a merge: the kept record has such a registration itself.
    MERGED = "merged", _("Two records merged")
    # Only with the member himself (end_member).
    LEFT_ROSTER = "left_roster", _("Left the roster")


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

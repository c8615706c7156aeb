"""Closed lists of the ledger. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryOrigin(models.TextChoices):
    """Where an entry came from."""

    ATTENDANCE = "attendance", _("From a shift")
    CLAIM = "claim", _("Under a post")
    VISIT = "visit", _("From a visit")
    CASE = "case", _("From a request")
    MEDIATION = "mediation", _("From a mediation")
    BACK_FILL = "back_fill", _("Back-filled")
    TRANSFER_IN = "transfer_in", _("Brought from elsewhere")
    CORRECTION = "correction", _("Corrected after an objection")
    REVERSAL = "reversal", _("Reversal")


class EntryState(models.TextChoices):
    """What became of an entry. Not stored: told by the rows that point to it."""

    WAITING = "waiting", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Not confirmed")
    REVERSED = "reversed", _("Reversed")
    REVERSAL = "reversal", _("Reversal")


class ObjectionOutcome(models.TextChoices):
    CORRECTED = "corrected", _("Corrected")
    KEPT = "kept", _("Kept as it was")


class SampleResult(models.TextChoices):
    """What the street found when it asked about a drawn record."""

    TRUE = "true", _("Found true")
    DOUBTFUL = "doubtful", _("Doubtful")
    FALSE = "false", _("Found false")


class Doubt(models.TextChoices):
    """Why an entry is worth a look (promise T5). A doubt accuses nobody and changes nothing."""

    NIGHT = "night", _("At night")
    LONG_DAY = "long_day", _("Many hours in a day")
    EVERY_DAY = "every_day", _("Nearly every day")
    LONG_MONTH = "long_month", _("Many hours in a month")
    NO_WAY = "no_way", _("Two communities without a way between")
    AT_WORK = "at_work", _("Often in office hours")
    ROUND_HOURS = "round_hours", _("Full hours again and again")
    SAME_MAKER = "same_maker", _("One person typed in many")
    LATE_BATCH = "late_batch", _("Many entered late at once")
    QUICK = "quick", _("Typed in and confirmed within minutes")
    SAME_TIMES = "same_times", _("Many people with the same times")
    COPIES = "copies", _("Records alike")
    BY_HAND = "by_hand", _("Many typed in for one member")
    UNSEEN = "unseen", _("Typed in only, never at a shift")
    AT_ONCE = "at_once", _("Several of one member entered at once")
    SAVED_AT_NIGHT = "saved_at_night", _("Typed in at night")
    LONG_AGO = "long_ago", _("Entered long after")
    EACH_OTHER = "each_other", _("Two people typed in for each other")
    WORDS = "words", _("May be no volunteer service")
    SPLIT_DEEDS = "split_deeds", _("Several deeds in a day")
    GREW = "grew", _("More than the reversed record")
    JUST_ENOUGH = "just_enough", _("Yearly duty just reached")


class Refusal(models.TextChoices):
    """Why an entry cannot be confirmed by this person, or now."""

    OWN_RECORD = "own_record", _("You recorded this yourself: another person has to confirm it.")
    OWN_SERVICE = "own_service", _("This is your own service: another person has to confirm it.")
    NEEDS_APPROVER = "needs_approver", _("Back-filled: the community secretary has to approve it.")
    OVERLAP = "overlap", _("The member was serving elsewhere at that time.")
    DAILY_LIMIT = "daily_limit", _("The member would pass the most hours allowed in a day.")
    DECLINED = "declined", _("It was already refused.")
    MERGED = "merged", _("The member's record was joined to another one: load the page again.")

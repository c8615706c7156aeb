"""Closed lists of care. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HouseholdCategory(models.TextChoices):
    """Why a household is looked after (A63). One word, never a description of a person."""

    ELDER_ALONE = "elder_alone", _("Elder living alone")
    IN_NEED = "in_need", _("Household in need")
    CHILD = "child", _("Left-behind child")
    DISABLED = "disabled", _("Household with a disabled person")
    OTHER = "other", pgettext_lazy("household", "Other")


class RiskTier(models.TextChoices):
    """How often a household is visited: the days stand in the rule in force (J5)."""

    HIGH = "high", pgettext_lazy("tier", "High risk")
    KEY = "key", pgettext_lazy("tier", "Key")
    GENERAL = "general", pgettext_lazy("tier", "General")


class ConsentBy(models.TextChoices):
    """Who agreed to being looked after."""

    SELF = "self", _("The person himself or herself")
    GUARDIAN = "guardian", _("The guardian")
    FAMILY = "family", _("Somebody of the family living there")


class HouseholdEnd(models.TextChoices):
    """Why a household is no longer looked after."""

    MOVED = "moved", pgettext_lazy("household", "Moved away")
    NOT_NEEDED = "not_needed", pgettext_lazy("household", "No longer needs it")
    DECLINED = "declined", pgettext_lazy("household", "Does not wish it")
    DEATH = "death", pgettext_lazy("household", "Passed away")
    MISTAKE = "mistake", pgettext_lazy("household", "Entered by mistake")


class PairingKind(models.TextChoices):
    CONTACT = "contact", _("Contact household")
    ONE_TO_ONE = "one_to_one", _("One-to-one pairing")


class PairingEnd(models.TextChoices):
    """Why a pairing ended. Never a mark against anybody (Order 685 art 25)."""

    OWN_WISH = "own_wish", _("No longer wishes to")
    NO_TIME = "no_time", _("No time at present")
    HEALTH = "health", _("Health")
    MOVED = "moved", _("Moved away")
    REFUSED = "refused", _("The household does not wish it")
    NOT_NEEDED = "not_needed", _("No longer needed")
    AGREED = "agreed", _("By agreement of both sides")
    HANDED_OVER = "handed_over", _("Handed over to somebody else")
    CLOSED = "closed", _("The household is no longer looked after")
    MERGED = "merged", _("Two records of one person were merged")


class Outcome(models.TextChoices):
    """Whether a plan had the effect that was intended (A61)."""

    REACHED = "reached", pgettext_lazy("plan", "Reached")
    PARTLY = "partly", pgettext_lazy("plan", "Partly reached")
    MISSED = "missed", pgettext_lazy("plan", "Not reached")


class SaidBy(models.TextChoices):
    """Who judged it: never the one who did it."""

    RECIPIENT = "recipient", _("The household")
    DESK = "desk", _("The community")


OF_MEMBER = (PairingEnd.OWN_WISH, PairingEnd.NO_TIME, PairingEnd.HEALTH, PairingEnd.MOVED)
OF_DESK = (PairingEnd.REFUSED, PairingEnd.AGREED, PairingEnd.NOT_NEEDED, PairingEnd.MOVED)
# What the program itself writes when something else ends a pairing.
OF_COMMANDS = (PairingEnd.HANDED_OVER, PairingEnd.CLOSED, PairingEnd.MERGED)

"""Closed lists of zones. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ZoneKind(models.TextChoices):
    """What a zone is: a place of the tree below the community, or a lot with a name of its own (A11)."""

    COMPOUND = "compound", pgettext_lazy("zone", "Compound")
    BUILDING = "building", pgettext_lazy("zone", "Building")
    STAIRWELL = "stairwell", pgettext_lazy("zone", "Stairwell")
    LOT = "lot", pgettext_lazy("zone", "Lot")


# Kinds that are places of the tree, by the code of their level.
OF_THE_TREE = (ZoneKind.COMPOUND, ZoneKind.BUILDING, ZoneKind.STAIRWELL)


class ZoneEnd(models.TextChoices):
    """Why a zone is no longer one."""

    GONE = "gone", _("The place no longer exists")
    REGROUPED = "regrouped", _("Joined to another zone")
    NOT_NEEDED = "not_needed", _("No longer needed as a zone")


class Coverage(models.TextChoices):
    """Whether somebody looks after a zone. Not stored: told by its live agreements and the day."""

    NOBODY = "nobody", pgettext_lazy("zone", "Nobody")
    OFFERED = "offered", _("To confirm")
    TO_SIGN = "to_sign", _("To sign")
    AWAY = "away", _("Holder moved away")
    DUE = "due", _("Renewal due")
    HELD = "held", pgettext_lazy("zone", "Held")

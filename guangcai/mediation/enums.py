"""Closed lists of mediation. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MediationState(models.TextChoices):
    """How far a quarrel has come: the state after its last step."""

    OPEN = "open", pgettext_lazy("mediation", "To hear")
    HEARD = "heard", pgettext_lazy("mediation", "Heard")
    AGREED = "agreed", pgettext_lazy("mediation", "Agreed, to be visited")
    HOLDING = "holding", pgettext_lazy("mediation", "Agreed and holding")
    NOT_AGREED = "not_agreed", pgettext_lazy("mediation", "Not agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("mediation", "Withdrawn")


class StepKind(models.TextChoices):
    """What happened. One line of the matter's timeline."""

    OPENED = "opened", pgettext_lazy("mediation step", "Opened")
    HEARD = "heard", pgettext_lazy("mediation step", "Session held")
    AGREED = "agreed", pgettext_lazy("mediation step", "Both sides agreed")
    VISITED = "visited", pgettext_lazy("mediation step", "Visited: it holds")
    HOLDS = "holds", pgettext_lazy("mediation step", "Last visit: it holds")
    BROKEN = "broken", pgettext_lazy("mediation step", "It does not hold: open again")
    NOT_AGREED = "not_agreed", pgettext_lazy("mediation step", "Not agreed: another way was shown")
    WITHDRAWN = "withdrawn", pgettext_lazy("mediation step", "Withdrawn")
    REOPENED = "reopened", pgettext_lazy("mediation step", "Opened again")


class Slip(models.TextChoices):
    """Why a step is said again. A closed list: no word about anybody stands outside the sealed columns."""

    TIME = "time", pgettext_lazy("mediation", "Date or time was wrong")
    PEOPLE = "people", pgettext_lazy("mediation", "Who was there was wrong")
    WORDS = "words", pgettext_lazy("mediation", "Words were wrong or missing")
    FINDING = "finding", pgettext_lazy("mediation", "The finding was wrong")


class PartySide(models.TextChoices):
    """The two sides of a quarrel. Lists and timelines name the side, never the person."""

    FIRST = "first", pgettext_lazy("mediation", "First side")
    SECOND = "second", pgettext_lazy("mediation", "Second side")


class OtherWay(models.TextChoices):
    """Where neighbours who did not agree were told to go."""

    COMMITTEE = "committee", _("People's mediation committee")
    AUTHORITY = "authority", _("The authority in charge")
    ARBITRATION = "arbitration", _("Arbitration")
    COURT = "court", _("Court")
    POLICE = "police", _("Police")
    LEGAL_AID = "legal_aid", _("Legal aid")


class OriginKind(models.TextChoices):
    """What a matter grew out of; its id stands beside it and is looked up by the room that knows it."""

    CASE = "case", pgettext_lazy("mediation", "A request")


# What may be said again, rightly.
VISITS = (StepKind.VISITED, StepKind.HOLDS, StepKind.BROKEN)
CORRECTED = (StepKind.HEARD, StepKind.AGREED, *VISITS)
OVER = (MediationState.HOLDING, MediationState.NOT_AGREED, MediationState.WITHDRAWN)

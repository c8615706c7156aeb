"""Closed lists of feedback and appraisal. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    """What a work unit answers to a sheet."""

    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    DISPUTED = "disputed", _("Disputed")


class Verdict(models.TextChoices):
    """The year's duty against the rule in force (A43)."""

    MET = "met", _("Duty met")
    MET_ELSEWHERE = "met_elsewhere", _("Duty met elsewhere")
    NOT_MET = "not_met", _("Duty not met")
    EXEMPT = "exempt", _("Exempt")


class ExemptionKind(models.TextChoices):
    """Who owes nothing for a time (2019 regulation art 23)."""

    ILL = "ill", _("Ill")
    POSTED_AWAY = "posted_away", _("Posted away")
    FRAIL = "frail", _("Frail or of great age")


class Opinion(models.TextChoices):
    """The community's word on the year. The grade of the democratic appraisal stays with the branch."""

    ACTIVE = "active", _("Took an active part")
    TOOK_PART = "took_part", _("Took part")
    LITTLE = "little", _("Took little part")
    NONE = "none", _("Took no part")

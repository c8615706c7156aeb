"""Closed lists of teams. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TeamKind(models.TextChoices):
    """The four tiers (A15, A16), top down: the order of the list is the order of the hierarchy."""

    ASSOCIATION = "association", _("Volunteer association")
    BRIGADE = "brigade", _("Brigade")
    DETACHMENT = "detachment", _("Detachment")
    TEAM = "team", pgettext_lazy("kind", "Team")


class TeamBasis(models.TextChoices):
    """What brings its people together (A14)."""

    SKILL = "skill", _("A skill")
    RESIDENCE = "residence", _("Where they live")
    OCCUPATION = "occupation", _("An occupation")


class TeamEnd(models.TextChoices):
    """Why a team ended."""

    DONE = "done", _("The task is done")
    NOT_NEEDED = "not_needed", pgettext_lazy("team", "No longer needed")
    MERGED = "merged", _("Joined with another team")


class LeaderRole(models.TextChoices):
    """Who answers for a team."""

    LEADER = "leader", _("Team leader")
    DEPUTY = "deputy", _("Deputy leader")


class TeamVerb(models.TextChoices):
    """What somebody may do for his team because of a role he holds in it (rules.ROLE_MAY)."""

    SEE_ROSTER = "see_roster", _("see the roster")
    WRITE_LOG = "write_log", _("write the log")
    CONFIRM = "confirm", _("confirm and invite members")


class FeedbackTone(models.TextChoices):
    """How a resident means what he writes under a plate."""

    PRAISE = "praise", _("Praise")
    REMARK = "remark", _("A remark or a request")
    PROBLEM = "problem", _("Something that should be better")

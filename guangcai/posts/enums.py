"""Closed lists of posts. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HoursForm(models.TextChoices):
    """When the service of a post is given."""

    SET = "set", _("Set hours")
    FLEXIBLE = "flexible", _("So many hours within a period")
    OPEN = "open", _("As needed")


class HelperRole(models.TextChoices):
    """The three roles of members in their community (A100)."""

    ASSISTANT = "assistant", _("Assistant who serves the community")
    BRIDGE = "bridge", _("Bridge to the residents")
    BACKBONE = "backbone", _("Backbone of self-government")


class PostState(models.TextChoices):
    """How far a post has come. Not stored: told by its dates (A08)."""

    PROPOSED = "proposed", pgettext_lazy("post", "Proposed")
    ESTABLISHED = "established", pgettext_lazy("post", "Established")
    OPEN = "open", pgettext_lazy("post", "Open to claims")
    ENDED = "ended", pgettext_lazy("post", "Ended")


class PostEnd(models.TextChoices):
    """Why a post ended, or a proposal was not taken on."""

    DECLINED = "declined", _("Not established")
    DONE = "done", _("The task is done")
    NOT_NEEDED = "not_needed", pgettext_lazy("post", "No longer needed")
    REPLACED = "replaced", _("Replaced by another post")

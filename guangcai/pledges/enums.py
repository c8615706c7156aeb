"""Closed lists of pledges. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import pgettext_lazy


class TemplateForm(models.TextChoices):
    """What a template is filled with."""

    ITEMS = "items", pgettext_lazy("pledge", "Items to choose from")
    WORDS = "words", pgettext_lazy("pledge", "The member's own words")
    CHECKLIST = "checklist", pgettext_lazy("pledge", "Checklist of an office")


class Measure(models.TextChoices):
    """How the fulfilment of an item is known."""

    NOTE = "note", pgettext_lazy("pledge", "The member marks it as done")
    KIND = "kind", pgettext_lazy("pledge", "Confirmed service of one kind")
    ALL = "all", pgettext_lazy("pledge", "Confirmed service of any kind")


class PledgeState(models.TextChoices):
    """How far a pledge has come. Not stored: told by its rows."""

    RUNNING = "running", pgettext_lazy("pledge", "Under way")
    TO_REVIEW = "to_review", pgettext_lazy("pledge", "Waiting for review")
    REVIEWED = "reviewed", pgettext_lazy("pledge", "Reviewed")
    ENDED = "ended", pgettext_lazy("pledge", "Ended early")


class Finding(models.TextChoices):
    """What the community found at the end: words, never a score."""

    FULFILLED = "fulfilled", pgettext_lazy("pledge", "Fulfilled")
    PARTLY = "partly", pgettext_lazy("pledge", "Partly fulfilled")
    NOT_YET = "not_yet", pgettext_lazy("pledge", "Not yet fulfilled")

"""Closed lists of invitations. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Subject(models.TextChoices):
    """What people are looked for."""

    HOUSEHOLDS = "households", pgettext_lazy("matching", "Households nobody looks after")
    POSTS = "posts", pgettext_lazy("matching", "Posts with free places")
    SHIFTS = "shifts", pgettext_lazy("matching", "Shifts with free places")


class Decision(models.TextChoices):
    """What the desk decided about a proposed pair."""

    ACCEPTED = "accepted", pgettext_lazy("proposal", "Will be asked")
    SKIPPED = "skipped", pgettext_lazy("proposal", "Skipped")


class Answer(models.TextChoices):
    """What came of an invitation. Not stored: told by its dates and by what the member has taken on."""

    OPEN = "open", pgettext_lazy("invitation", "Not answered yet")
    TAKEN = "taken", pgettext_lazy("invitation", "Accepted")
    DECLINED = "declined", pgettext_lazy("invitation", "Declined")
    OVER = "over", pgettext_lazy("invitation", "No longer needed")

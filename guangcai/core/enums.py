"""States of what the leaf modules keep. A leaf: imports nothing of guangcai."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting to start")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped by an error")


class Channel(models.TextChoices):
    SMS = "sms", _("Short message")
    CHAT = "chat", _("Work chat")
    MAIL = "mail", _("E-mail")
    HOOK = "hook", _("Call to another system")


class SignedHow(models.TextChoices):
    """How an agreement was signed."""

    SCREEN = "screen", pgettext_lazy("agreement", "On the screen")
    PAPER = "paper", pgettext_lazy("agreement", "On paper")

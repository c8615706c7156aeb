from django import forms
from django.apps import AppConfig
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "guangcai.core"
    label = "core"

    def ready(self) -> None:
        """An empty field or a number out of range is refused in a clerk's words: Django's own speak of fields."""
        forms.Field.default_error_messages["required"] = _("Please fill this in.")
        MinValueValidator.message = _("Write %(limit_value)s or more.")
        MaxValueValidator.message = _("Write %(limit_value)s or less.")

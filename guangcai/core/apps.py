from django import forms
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "guangcai.core"
    label = "core"

    def ready(self) -> None:
        """An empty field is refused in a clerk's words: Django's own speak of fields."""
        forms.Field.default_error_messages["required"] = _("Please fill this in.")

from django import forms
from django.apps import AppConfig
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
)
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "guangcai.core"
    label = "core"

    def ready(self) -> None:
        """What a field refuses is said in a clerk's words: Django's own speak of fields, variables and options."""
        forms.Field.default_error_messages["required"] = _("Please fill this in.")
        for one in (forms.ChoiceField, forms.ModelChoiceField):
            one.default_error_messages["required"] = _("Please choose one.")
        for several in (forms.MultipleChoiceField, forms.ModelMultipleChoiceField):
            several.default_error_messages["required"] = _("Please choose at least one.")
        forms.ChoiceField.default_error_messages["invalid_choice"] = _("Choose from the list.")
        forms.ModelChoiceField.default_error_messages["invalid_choice"] = _("Choose from the list.")
        MaxLengthValidator.message = _("At most %(limit_value)s characters; it has %(show_value)s.")
        ProhibitNullCharactersValidator.message = _("A sign in it cannot be kept. Delete it and type it anew.")
        MinValueValidator.message = _("Write %(limit_value)s or more.")
        MaxValueValidator.message = _("Write %(limit_value)s or less.")

"""The field by which photos come in: up to three files of one form that works with scripts off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.cases.models.photo import MOST
from guangcai.core import photos
from guangcai.core.errors import RuleBroken
from guangcai.core.photos import Photo


class _Files(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of core.photos.Photo. A file that is none is refused by its name; what was typed stays in the form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", pgettext_lazy("case", "Photos"))
        kwargs.setdefault("help_text", _("Up to three. Where and when they were taken is removed from them."))
        widget = _Files(attrs={"accept": "image/jpeg,image/png,image/webp"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any, initial: Any = None) -> list[Photo]:
        files = [one for one in (value if isinstance(value, (list, tuple)) else [value]) if one]
        if len(files) > MOST:
            raise forms.ValidationError(_("At most three photos: choose those that show it best."))
        return [self._cleaned(one) for one in files]

    def _cleaned(self, file: Any) -> Photo:
        name, is_large = str(file.name or ""), file.size > photos.MOST_BYTES
        try:
            # One byte more than is allowed is enough to be refused: the rest is not read into memory.
            return photos.cleaned(file.read(photos.MOST_BYTES + 1) if is_large else file.read(), name=name)
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken)) from broken

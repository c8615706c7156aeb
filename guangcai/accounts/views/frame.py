"""What allauth's class views need to stand in this house's frame."""

from typing import Any

from django import forms
from django.http import HttpResponse

LIMITED = ("too_many_login_attempts", "too_many_codes", "rate_limited")


class InFrame:
    """Bad input answers 422, too many tries 429, and the frame's `site` is ours, not allauth's."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)
        return context

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 429 if is_limited(form) else 422
        return response


def is_limited(form: forms.BaseForm) -> bool:
    """Whether a form was refused because of too many tries."""
    return any(error.code in LIMITED for errors in form.errors.as_data().values() for error in errors)

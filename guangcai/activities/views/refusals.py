"""A refusal with its next step: the button that stands beside the reason. No dead ends."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.activities.models import Shift
from guangcai.core.errors import DomainError
from guangcai.core.screens import Refused


def refused(error: DomainError, shift: Shift, *, fields: Mapping[str, str] | None = None) -> Refused:
    """The refusal of a sign-up or check-in for a shift, with what helps."""
    sign_up, find = reverse("activities:sign_ups", args=[shift.pk]), reverse("activities:open")
    mine, code = reverse("activities:mine"), reverse("activities:shift", args=[shift.pk])
    kept = dict(fields or {})
    steps: dict[str, tuple[str, str, Mapping[str, str] | None]] = {
        "full": (_("Wait for a place"), sign_up, kept | {"wait": "1"}),
        "clash": (_("Sign up all the same"), sign_up, kept | {"clash": "1"}),
        "already_signed_up": (_("See my shifts"), mine, None),
        "begun": (_("Check in on site"), code, None),
        "code_old": (_("Type the six digits on the screen"), code, None),
        "code_unknown": (_("Type the six digits on the screen"), code, None),
        "too_early": (_("See the shift"), code, None),
        "closed": (_("See my shifts"), mine, None),
        "over": (_("See my shifts"), mine, None),
    }
    action, url, sent = steps.get(error.code, (_("Find something else to do"), find, None))
    return Refused(error.code, str(error.message), action, url, sent)

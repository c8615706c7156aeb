"""What askers and those who were asked are told; no message names anybody or says what it is about."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.cases.models import Asker
from guangcai.core import notify
from guangcai.core.errors import Text

MOST: int = 2
WORDS: dict[str, Text] = {
    "dispatched": _("Your request %(number)s is being seen to. Somebody will contact you by %(due)s."),
    "done": _("Your request %(number)s has been worked on. Tell your community whether it is solved."),
    "ended": _("Your request %(number)s cannot be done here. Your community tells you why and where to go."),
    "asked": _("Your community asks whether you can see to request %(number)s. Open “My jobs” to answer."),
}


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)


def template_code(occasion: str) -> str:
    return f"case_{occasion}"


def phone_of(asker: UUID) -> str:
    """Where a short message reaches an asker; "" when there is none."""
    row = Asker.objects.filter(pk=asker).first()
    return row.phone if row else ""

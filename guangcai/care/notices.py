"""What members are told about households; no message carries a word that tells which household it is."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "offered": _("Your community asks you to look after a household. Where and how often is in the application."),
    "handed_over": _("A household you looked after is with somebody else now. Thank you for your service."),
    "alert": _("One of your households should be visited by %(due)s. Open “My households” for more."),
}


def template_code(occasion: str) -> str:
    return f"care_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)

"""What members are told about zones; the gateway knows each message by its code."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "confirmed": _("The agreement on the zone “%(zone)s” is drawn up. Read and sign it in the application."),
    "refused": _("The community did not confirm your offer for the zone “%(zone)s”. The reason is in the application."),
    "due": _("Your agreement on the zone “%(zone)s” ends on %(day)s. You can renew it in the application."),
    "ended": _("Your agreement on the zone “%(zone)s” has ended. Thank you for your service."),
}


def template_code(occasion: str) -> str:
    return f"zone_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)

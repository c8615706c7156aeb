"""What members are told about posts; the gateway knows each message by its code."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify
from guangcai.core.errors import Text

WORDS: dict[str, Text] = {
    "place": _("You have a place in the post “%(title)s”. The community confirms it next."),
    "confirmed": _("The community confirmed your claim to “%(title)s”. Take it up in the application."),
    "refused": _("The community did not confirm your claim to “%(title)s”. The reason is in the application."),
    "ended": _("The post “%(title)s” has ended. Thank you for your service."),
}


def template_code(occasion: str) -> str:
    return f"post_{occasion}"


def declare_templates() -> None:
    for occasion, words in WORDS.items():
        notify.template(template_code(occasion), words)

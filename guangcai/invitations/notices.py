"""What members are told about invitations; the gateway knows each message by its code."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify

INVITED = "invitation_sent"


def declare_templates() -> None:
    notify.template(
        INVITED,
        _("Your community asks you for help with “%(title)s”. Look at it in the application; you are free to say no."),
    )

"""What members are told about pledges; the gateway knows each message by its code."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify

REVIEWED = "pledge_reviewed"


def declare_templates() -> None:
    notify.template(
        REVIEWED, _("The community reviewed your pledge “%(title)s” of %(year)s. Read it in the application.")
    )

"""What mediators are told; no message names anybody or says what it is about."""

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify

ASKED = "mediation_asked"


def declare_templates() -> None:
    notify.template(ASKED, _("Your community asks you to mediate between neighbours. Open “My mediations” for more."))

"""活动: templates, series, shifts, sign-up, attendance, outcomes.

May import: ledger and below.
"""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "guangcai.activities"
    label = "activities"

    def ready(self) -> None:
        from guangcai.accounts import kiosk
        from guangcai.activities import notices
        from guangcai.activities.commands import movers  # registers how activities follow a merge of two records
        from guangcai.activities.queries import life
        from guangcai.activities.queries import matters as told
        from guangcai.core import matters
        from guangcai.members import timeline

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
        matters.tell(told.KIND, told.TELLER)
        kiosk.offer(kiosk.KioskTask(_("Check in"), "activities:pad", "clipboard-check"))

"""Rules in words: what a value means, as a page and a notice say it."""

from typing import Any

from django.utils.translation import gettext as _

from guangcai.core.units import hours
from guangcai.orgs.enums import PolicyKey


def rule_in_words(key: str, value: dict[str, Any]) -> str:
    """{"minutes": 960, "deeds": 12} of the annual duty -> "16 hours and 12 deeds a year"."""
    shown = dict(value)
    if "minutes" in shown:
        shown["hours"] = hours(shown["minutes"]).removesuffix(".00")
    return _sentences()[PolicyKey(key)] % shown


def _sentences() -> dict[PolicyKey, str]:
    return {
        PolicyKey.ANNUAL_DUTY: _("%(hours)s hours and %(deeds)s deeds a year"),
        PolicyKey.DAILY_LIMIT: _("at most %(hours)s hours a day"),
        PolicyKey.RECORDING_DEADLINE: _("within %(working_days)s working days after the service"),
        PolicyKey.LATE_ARRIVAL: _("up to %(hours)s hours later"),
        PolicyKey.SAMPLE_SHARE: _("%(percent)s%% of the confirmed records"),
        PolicyKey.OFFICE_HOURS: _("%(start)s to %(end)s on working days"),
        PolicyKey.FEEDBACK_DEADLINE: _("within %(working_days)s working days after the quarter"),
        PolicyKey.CANCEL_NOTICE: _("up to %(hours)s hours before the shift"),
    }

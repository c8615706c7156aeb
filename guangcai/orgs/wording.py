"""Rules in words: what a value means, as a page and a notice say it."""

from typing import Any

from django.utils.translation import gettext as _

from guangcai.core.units import hours
from guangcai.orgs.enums import ClaimOrder, PolicyKey


def rule_in_words(key: str, value: dict[str, Any]) -> str:
    """{"minutes": 960, "deeds": 12} of the annual duty -> "16 hours and 12 deeds a year"."""
    shown = dict(value)
    for name in ("minutes", "day_minutes", "month_minutes"):
        if name in shown:
            shown[name.replace("minutes", "hours")] = hours(shown[name]).removesuffix(".00")
    if "order" in shown:
        shown["order"] = ClaimOrder(shown["order"]).label
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
        PolicyKey.LIST_KEPT: _("removed after %(days)s days"),
        **_of_commitments(),
        **_of_requests(),
        PolicyKey.LOOK_AT_TIMES: _(
            "between %(night_begins)s and %(night_ends)s; more than %(day_hours)s hours a day; less than "
            "%(way_minutes)s minutes between two communities; %(days)s days or %(month_hours)s hours a month; "
            "%(office_times)s times in office hours"
        ),
        PolicyKey.LOOK_AT_TYPING: _(
            "%(round_run)s full hours in a row; %(by_one)s records by one person a month; %(late_batch)s late ones "
            "within an hour; confirmed within %(quick_minutes)s minutes; %(same_times)s people with the same times; "
            "%(copies)s records alike; %(of_one)s for one member a month, %(unseen)s if he was at no shift, "
            "%(at_once)s within an hour; %(days_later)s days after the service"
        ),
        PolicyKey.LOOK_AT_CONTENT: _(
            "words: %(words)s; %(day_deeds)s deeds a day; %(more_minutes)s minutes more than the reversed record; the "
            "yearly duty just reached in the last %(last_months)s months (up to %(over_minutes)s minutes above)"
        ),
    }


def _of_commitments() -> dict[PolicyKey, str]:
    return {
        PolicyKey.CLAIM_RULE: _("%(order)s; claims collected for %(days)s days"),
        PolicyKey.ZONE_TERM: _("%(months)s months; renewal asked for %(remind_days)s days before the end"),
        PolicyKey.HOUSEHOLD_LIMIT: _("at most %(households)s households"),
        PolicyKey.VISIT_RHYTHM: _(
            "every %(high_days)s days at high risk, %(key_days)s needing attention, %(general_days)s in general; "
            "within %(alert_hours)s hours of a major change"
        ),
        PolicyKey.SMALL_COUNT: _("counts below %(below)s are shown as “<%(below)s”"),
        PolicyKey.MATCH_PLACE: _(
            "points: same stairwell %(stairwell)s, building %(building)s, compound %(compound)s, community "
            "%(community)s, elsewhere %(elsewhere)s"
        ),
        PolicyKey.MATCH_FIT: _(
            "points: skill missing %(without_skill)s, certificate missing %(without_certificate)s, not free "
            "%(without_time)s, times unknown %(time_unknown)s, each commitment %(per_commitment)s, each hour served "
            "%(per_hour_served)s (up to %(hours_counted)s); %(candidates)s members compared, at most %(commitments)s "
            "commitments each"
        ),
    }


def _of_requests() -> dict[PolicyKey, str]:
    return {
        PolicyKey.CASE_TIME: _(
            "spoken to within %(response_hours)s hours, done within %(solution_days)s days of the dispatch; the street "
            "is told %(notice_days)s days over time; “not solved” may be said for %(answer_days)s days"
        ),
        PolicyKey.CASE_RATES: _("response %(response)s %%, solution %(solution)s %%, satisfaction %(satisfaction)s %%"),
        PolicyKey.MEETING_RHYTHM: _(
            "activity menu %(menu_days)s days before the month; a survey every %(survey_months)s months, joint "
            "meetings every %(joint_months)s, committees every %(committee_months)s, "
            "appraisal meetings every %(hearing_months)s"
        ),
        PolicyKey.MEDIATION_VISITS: _("visits %(first_days)s and %(second_days)s days after the agreement"),
    }

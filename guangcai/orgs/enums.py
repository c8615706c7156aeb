"""Closed lists of the tree and its organisations. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.TextChoices):
    """Levels of the territory, top down. Below the community codes are local suffixes."""

    COUNTRY = "country", pgettext_lazy("level", "Country")
    PROVINCE = "province", pgettext_lazy("level", "Province")
    CITY = "city", pgettext_lazy("level", "City")
    DISTRICT = "district", pgettext_lazy("level", "District")
    STREET = "street", pgettext_lazy("level", "Street")
    COMMUNITY = "community", pgettext_lazy("level", "Community")
    COMPOUND = "compound", pgettext_lazy("level", "Compound")
    BUILDING = "building", pgettext_lazy("level", "Building")
    STAIRWELL = "stairwell", pgettext_lazy("level", "Stairwell")

    @property
    def rank(self) -> int:
        return _RANKS[self.value]


_RANKS = {level.value: rank for rank, level in enumerate(Level)}


class CommunityType(models.TextChoices):
    """The seven community types (A76)."""

    CULTURE_AND_SPORT = "culture_and_sport", _("Culture and sport")
    REEMPLOYMENT = "reemployment", _("Re-employment")
    LEARNING = "learning", _("Learning")
    JOINT_BUILDING = "joint_building", _("Joint building")
    SAFETY = "safety", _("Safety")
    ENVIRONMENT = "environment", _("Environment")
    SCIENCE = "science", _("Popular science")


class PartyLevel(models.TextChoices):
    """Levels of Party organisations (A13, A91)."""

    WORKING_COMMITTEE = "working_committee", _("Party working committee")
    COMMITTEE = "committee", _("Party committee")
    GENERAL_BRANCH = "general_branch", _("General branch")
    BRANCH = "branch", _("Party branch")
    BUILDING_BRANCH = "building_branch", _("Building branch")
    MOBILE_BRANCH = "mobile_branch", _("Mobile branch")
    GROUP = "group", _("Party group")


class WorkUnitKind(models.TextChoices):
    GOVERNMENT = "government", _("Government organ")
    SCHOOL = "school", _("School")
    POLICE = "police", _("Public security")
    STREET_OFFICE = "street_office", _("Street office")
    HOSPITAL = "hospital", _("Hospital")
    ENTERPRISE = "enterprise", _("Enterprise")
    NEW_ECONOMIC = "new_economic", _("New economic organisation")
    NEW_SOCIAL = "new_social", _("New social organisation")
    OTHER = "other", _("Other")


# Organisations outside the old system, of which A94 asks whether the Party is there.
NEW_ORGANISATIONS = (WorkUnitKind.NEW_ECONOMIC, WorkUnitKind.NEW_SOCIAL)


class PartyPresence(models.TextChoices):
    """Whether the Party is in a new organisation (A94). Not stored: told by branches and instructors of the day."""

    BRANCH = "branch", _("Has a Party organisation")
    INSTRUCTOR = "instructor", _("Has an instructor")
    NEITHER = "neither", _("Neither of both")


class OfficeSource(models.TextChoices):
    """How an office holder came to the office (A96)."""

    SELECTED = "selected", _("Selected")
    ASSIGNED = "assigned", _("Assigned")
    HIRED = "hired", _("Hired")


class ClaimOrder(models.TextChoices):
    """Who goes first when more people claim than there are places."""

    FIRST_COME = "first_come", _("First come, first served")
    LOT = "lot", _("By lot")
    FEWEST_FIRST = "fewest_first", _("Whoever holds the fewest goes first")


class PolicyKey(models.TextChoices):
    """Rules that districts set differently. The value's shape stands in orgs/policies.py."""

    ANNUAL_DUTY = "annual_duty", _("Annual duty")
    DAILY_LIMIT = "daily_limit", _("Most minutes a day")
    RECORDING_DEADLINE = "recording_deadline", _("Working days to record a service")
    LATE_ARRIVAL = "late_arrival", _("Hours a late attendance is accepted")
    SAMPLE_SHARE = "sample_share", _("Share of records drawn for checking")
    OFFICE_HOURS = "office_hours", _("Office hours")
    FEEDBACK_DEADLINE = "feedback_deadline", _("Working days to send the quarterly feedback")
    CANCEL_NOTICE = "cancel_notice", _("Hours of notice to cancel without a mark")
    LIST_KEPT = "list_kept", _("Days an unsettled list is kept")
    LOOK_AT_TIMES = "look_at_times", _("Second look: times of service")
    LOOK_AT_TYPING = "look_at_typing", _("Second look: typed in by hand")
    LOOK_AT_CONTENT = "look_at_content", _("Second look: content and totals")
    CLAIM_RULE = "claim_rule", _("Who goes first when more people claim than there are places")
    ZONE_TERM = "zone_term", _("Term of zone agreements")
    HOUSEHOLD_LIMIT = "household_limit", _("Most households of one member")
    VISIT_RHYTHM = "visit_rhythm", _("How often households are visited")
    SMALL_COUNT = "small_count", _("Counts of people in need that are not shown")
    MATCH_PLACE = "match_place", _("Finding people: what distance costs")
    MATCH_FIT = "match_fit", _("Finding people: what else counts")
    CASE_TIME = "case_time", _("How soon requests are answered")
    CASE_RATES = "case_rates", _("What the three rates weigh")
    MEETING_RHYTHM = "meeting_rhythm", _("How often bodies meet")
    MEDIATION_VISITS = "mediation_visits", _("When an agreement between neighbours is looked at again")

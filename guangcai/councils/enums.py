"""Closed lists of councils. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BodyKind(models.TextChoices):
    """What sits together (A24-A28, A31, A104; hearing, coordination and appraisal are the 三会)."""

    COUNCIL = "council", _("Deliberation council")
    HEARING = "hearing", _("Hearing")
    COORDINATION = "coordination", _("Coordination meeting")
    APPRAISAL = "appraisal", _("Appraisal meeting")
    FOUR_PARTY = "four_party", _("Four-party meeting")
    JOINT = "joint", _("Joint meeting of units")
    COMMITTEE = "committee", _("Coordination committee")
    PARTNER = "partner", _("Mass organisation")


class PartyClass(models.TextChoices):
    """Whom somebody speaks for."""

    COMMITTEE = "committee", _("Residents' committee")
    PROPERTY = "property", _("Property company")
    DELEGATE = "delegate", _("Residents' delegate")
    POLICE = "police", _("Community police")
    OWNERS = "owners", _("Owners' committee")
    UNIT = "unit", _("Work unit")
    MEMBER = "member", pgettext_lazy("role", "Member")
    YOUTH = "youth", _("Youth league")
    WOMEN = "women", _("Women's federation")
    UNION = "union", _("Trade union")


class BodyRole(models.TextChoices):
    CHAIR = "chair", _("Chair")
    CONVENER = "convener", _("Convener")
    SECRETARY = "secretary", pgettext_lazy("council", "Secretary")
    MEMBER = "member", pgettext_lazy("council", "Member of the body")


class RecordKind(models.TextChoices):
    """What a body publishes for a month."""

    MENU = "menu", _("Activity menu")
    SURVEY = "survey", _("Topical survey")


class MinutesStage(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("minutes", "Draft")
    AMENDED = "amended", pgettext_lazy("minutes", "Amended")
    FINAL = "final", pgettext_lazy("minutes", "Final")


class ProposalState(models.TextChoices):
    """The life of a proposal (A29, J7); the moves stand in rules.MOVES."""

    RAISED = "raised", pgettext_lazy("proposal", "Raised")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "To be tabled")
    TABLED = "tabled", pgettext_lazy("proposal", "Tabled, looking for a unit")
    PLEDGED = "pledged", pgettext_lazy("proposal", "Promised")
    UNDERWAY = "underway", pgettext_lazy("proposal", "Under way")
    DONE = "done", pgettext_lazy("proposal", "Done, to be judged")
    JUDGED = "judged", pgettext_lazy("proposal", "Judged, to be published")
    PUBLISHED = "published", pgettext_lazy("proposal", "Result published")
    REFUSED = "refused", pgettext_lazy("proposal", "Not accepted")
    DROPPED = "dropped", pgettext_lazy("proposal", "Dropped")


class PledgeKind(models.TextChoices):
    """What a unit gives."""

    MONEY = "money", _("Money")
    PEOPLE = "people", pgettext_lazy("joint pledge", "People")
    PREMISES = "premises", _("Premises")
    OTHER = "other", pgettext_lazy("joint pledge", "Something else")


class Verdict(models.TextChoices):
    KEPT = "kept", _("Kept")
    PARTLY = "partly", _("Partly kept")
    NOT_KEPT = "not_kept", _("Not kept")


class MatterKind(models.TextChoices):
    """What else belongs to the same matter."""

    SUGGESTION = "suggestion", _("Suggestion")
    BOOKING = "booking", pgettext_lazy("matter", "Booking")
    ACTIVITY = "activity", _("Activity")
    CASE = "case", pgettext_lazy("matter", "Request")
    WISH = "wish", pgettext_lazy("matter", "Wish")
    AGREEMENT = "agreement", _("Joint-building agreement")


class Side(models.TextChoices):
    UNIT = "unit", pgettext_lazy("agreement", "The unit")
    COMMUNITY = "community", pgettext_lazy("agreement", "The community")

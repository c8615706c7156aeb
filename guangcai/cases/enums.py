"""Closed lists of cases. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    """How far a case has come: the state after its last step."""

    TO_DISPATCH = "to_dispatch", pgettext_lazy("case", "To dispatch")
    DISPATCHED = "dispatched", pgettext_lazy("case", "Dispatched")
    ACCEPTED = "accepted", pgettext_lazy("case", "Accepted")
    APPOINTED = "appointed", pgettext_lazy("case", "Appointment made")
    TO_RULE = "to_rule", pgettext_lazy("case", "The street decides")
    DONE = "done", pgettext_lazy("case", "To call back")
    CALLED_BACK = "called_back", pgettext_lazy("case", "Called back")
    CLOSED = "closed", pgettext_lazy("case", "Closed")
    SOLVED = "solved", pgettext_lazy("case", "Solved")


class StateType(models.TextChoices):
    """What a state means to the one who asked. Closed is not solved: only he says solved."""

    OPEN = "open", pgettext_lazy("case", "Open")
    CLOSED = "closed", pgettext_lazy("case", "Closed")
    SOLVED = "solved", pgettext_lazy("case", "Solved")


class StepKind(models.TextChoices):
    """What happened to a case. One line of its timeline."""

    RAISED = "raised", pgettext_lazy("case step", "Raised")
    DISPATCHED = "dispatched", pgettext_lazy("case step", "Dispatched")
    ACCEPTED = "accepted", pgettext_lazy("case step", "Accepted")
    DECLINED = "declined", pgettext_lazy("case step", "Declined")
    RETURNED = "returned", pgettext_lazy("case step", "Returned")
    # The second return: whom it belongs to is the street's to say.
    DISPUTED = "disputed", pgettext_lazy("case step", "Returned again")
    RULED = "ruled", pgettext_lazy("case step", "The street decided who does it")
    RULED_OUT = "ruled_out", pgettext_lazy("case step", "The street decided that it is not done here")
    CONTACTED = "contacted", pgettext_lazy("case step", "Spoke to the asker")
    APPOINTED = "appointed", pgettext_lazy("case step", "Appointment made")
    DONE = "done", pgettext_lazy("case step", "Done")
    CALLED_BACK = "called_back", pgettext_lazy("case step", "Called back")
    CONFIRMED = "confirmed", pgettext_lazy("case step", "The asker says: solved")
    REOPENED = "reopened", pgettext_lazy("case step", "The asker says: not solved")
    CLOSED = "closed", pgettext_lazy("case step", "Closed")
    NOTICED = "noticed", pgettext_lazy("case step", "The street was told that it is overdue")
    ESCALATED = "escalated", pgettext_lazy("case step", "Brought before the street")
    # The team that had it has ended.
    RELEASED = "released", pgettext_lazy("case step", "Whoever had it is there no more")


class Side(models.TextChoices):
    """In which part somebody took a step. The timeline names the part, never the person."""

    ASKER = "asker", pgettext_lazy("case", "The asker")
    DESK = "desk", pgettext_lazy("case", "The desk")
    WORKER = "worker", pgettext_lazy("case", "Who does it")
    STREET = "street", pgettext_lazy("case", "The street")
    PROGRAM = "program", pgettext_lazy("case", "The program")


class CaseChannel(models.TextChoices):
    """How a case came in."""

    DESK = "desk", pgettext_lazy("case", "At the counter")
    PHONE = "phone", pgettext_lazy("case", "By phone")
    WEB = "web", pgettext_lazy("case", "Resident's page")
    MEMBER = "member", pgettext_lazy("case", "By a member")
    EXCHANGE = "exchange", pgettext_lazy("case", "From another system")


class OriginKind(models.TextChoices):
    """What a case grew out of; its id stands beside it and is looked up by the room that knows it."""

    VISIT_NEED = "visit_need", pgettext_lazy("case", "A need found at a visit")
    RECEPTION = "reception", pgettext_lazy("case", "A reception in a studio")
    SUGGESTION = "suggestion", pgettext_lazy("case", "A suggestion")


class WorkerKind(models.TextChoices):
    """Who can be asked to do it."""

    TECHNICIAN = "technician", pgettext_lazy("case", "Technician")
    MEMBER = "member", pgettext_lazy("case", "Member")
    TEAM = "team", pgettext_lazy("case", "Team")
    UNIT = "unit", pgettext_lazy("case", "Work unit")
    # Whoever has no sign-in here, by name: the desk rings and notes what he says.
    BODY = "body", pgettext_lazy("case", "Somebody else")


class ReturnReason(models.TextChoices):
    """Why a unit, a technician or a member gives a case back."""

    NOT_OURS = "not_ours", _("Not our duty")
    WRONG_PLACE = "wrong_place", _("Not our area")
    NO_SKILL = "no_skill", _("Needs another trade")
    NO_MATERIAL = "no_material", _("Tools or parts are missing")
    UNCLEAR = "unclear", _("What is asked is not clear")
    NOBODY_THERE = "nobody_there", _("Nobody was there")


class DeclineReason(models.TextChoices):
    """Why somebody does not take a case on. Never a mark against anybody."""

    NO_TIME = "no_time", _("No time at present")
    TOO_FAR = "too_far", _("Too far away")
    OTHER_TRADE = "other_trade", _("Needs another trade")
    KNOWS_ASKER = "knows_asker", _("Knows those concerned")
    HEALTH = "health", _("Health")


class CallOutcome(models.TextChoices):
    """What the call-back found."""

    SOLVED = "solved", pgettext_lazy("call-back", "Says it is solved")
    EXPLAINED = "explained", pgettext_lazy("call-back", "Cannot be done, explained")
    REFUSED = "refused", pgettext_lazy("call-back", "Not solved, no further help wanted")
    UNREACHABLE = "unreachable", pgettext_lazy("call-back", "Not reached")


class CloseCode(models.TextChoices):
    """Why a case ended without the asker's word."""

    DUPLICATE = "duplicate", pgettext_lazy("case end", "The same as another case")
    WITHDRAWN = "withdrawn", pgettext_lazy("case end", "Withdrawn by the asker")
    REFERRED = "referred", pgettext_lazy("case end", "Told where to go instead")
    # Face to face, in a studio: said at once, nothing left to do. The asker may still say "not solved".
    ANSWERED = "answered", pgettext_lazy("case end", "Answered on the spot")
    UNANSWERED = "unanswered", pgettext_lazy("case end", "No answer after the call-back")
    OUT_OF_SCOPE = "out_of_scope", pgettext_lazy("case end", "Not a duty of anybody here")
    NO_POLICY = "no_policy", pgettext_lazy("case end", "The rules do not allow it")
    UNREACHABLE = "unreachable", pgettext_lazy("case end", "The asker cannot be reached")
    MISUSE = "misuse", pgettext_lazy("case end", "Not a request")


class TimeCount(models.TextChoices):
    """How response and solution times are counted."""

    CALENDAR = "calendar", pgettext_lazy("case", "Around the clock")
    WORKING = "working", pgettext_lazy("case", "Office hours")


class FieldKind(models.TextChoices):
    """What an item asks besides what and where."""

    TEXT = "text", pgettext_lazy("form field", "Text")
    NUMBER = "number", pgettext_lazy("form field", "Number")
    CHOICE = "choice", pgettext_lazy("form field", "Choice")


# Somebody has it and may see flat and phone.
ASSIGNED = (CaseState.DISPATCHED, CaseState.ACCEPTED, CaseState.APPOINTED)
OPEN = (CaseState.TO_DISPATCH, *ASSIGNED, CaseState.TO_RULE, CaseState.DONE, CaseState.CALLED_BACK)
# The work is not done yet: time runs.
RUNNING = (CaseState.TO_DISPATCH, *ASSIGNED, CaseState.TO_RULE)
CLOSED_BY_DESK = (CloseCode.DUPLICATE, CloseCode.WITHDRAWN, CloseCode.REFERRED)
RULED_BY_STREET = (CloseCode.OUT_OF_SCOPE, CloseCode.NO_POLICY, CloseCode.UNREACHABLE, CloseCode.MISUSE)
# Outside the rates; so are anonymous cases.
OUTSIDE_RATES = (CloseCode.DUPLICATE, *RULED_BY_STREET)

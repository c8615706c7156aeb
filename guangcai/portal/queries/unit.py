"""The liaison's quarter: sheets to read and answer, who of his own has reported in."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.timezone import localdate

from guangcai.appraisal.models import Appraisal, FeedbackSheet
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.councils.queries.agreements import to_sign
from guangcai.councils.queries.promises import UnitPromises, unit_due
from guangcai.members.models import UnitReceipt
from guangcai.members.queries import unit_roster
from guangcai.places.queries.bookings import due as bookings_due

SHOWN = 8


@dataclass(frozen=True)
class UnitDay:
    """`unread` and `unanswered` sheets; `sheets`: the newest; `members` and how many of them have reported in.
    `promises`: what the unit still owes; `agreements` to sign."""

    sheets: tuple[FeedbackSheet, ...]
    unread: int
    unanswered: int
    receipts: int
    appraisals: int
    bookings: int
    promises: UnitPromises
    agreements: int
    members: int
    reported_in: int

    @property
    def is_quiet(self) -> bool:
        return not (self.unanswered or self.receipts or self.bookings or self.promises.late or self.agreements)


def unit_day(actor: Actor, *, now: datetime) -> UnitDay:
    """Everything of the actor's own units: ten queries."""
    own = FeedbackSheet.objects.visible_to(actor).filter(work_unit__in=actor.units_with(Permission.FEEDBACK_VIEW))
    newest = own.select_related("community").order_by("-quarter", F("answered_at").asc(nulls_first=True), "number")
    roster = unit_roster(actor)
    return UnitDay(
        sheets=tuple(newest[:SHOWN]),
        unread=own.filter(read_at=None).count(),
        unanswered=own.filter(answered_at=None).count(),
        receipts=UnitReceipt.objects.visible_to(actor).unread().count(),
        appraisals=Appraisal.objects.visible_to(actor)
        .filter(work_unit__in=actor.units_with(Permission.APPRAISAL_VIEW))
        .count(),
        bookings=bookings_due(actor, now=now).to_answer,
        promises=unit_due(actor, on=localdate(now)),
        agreements=to_sign(actor),
        members=len(roster),
        reported_in=sum(row.has_reported_in for row in roster),
    )

"""Numbers of a session: who waits, by number alone (docs/adr/0027)."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from guangcai.activities.models import Shift
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.studios.enums import OVER, TicketState, Way

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

COME = (TicketState.CALLED, TicketState.RECEIVED, TicketState.MISSED)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Those of the area whose studios one may see: a number names nobody."""
        return self.filter(under("path", actor.paths_with(Permission.STUDIO_VIEW)))

    def waiting(self) -> Self:
        return self.filter(state=TicketState.WAITING)

    def live(self) -> Self:
        """Waiting, or called and not yet dealt with."""
        return self.exclude(state__in=OVER)


class Ticket(CommunityFact):
    """A number of a session: 1, 2, 3 without a gap, given under the session's lock. It says nothing of who has it.

    code_hash: of the code the number is followed with on a phone; the code itself is shown once. phone: of an
    appointment, to be told when the session is called off; taken away afterwards (commands.forget_phones).
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="tickets")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=8, choices=Way.choices)
    slot_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField()
    given_by = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=TicketState.choices, default=TicketState.WAITING)
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.UUIDField(null=True, blank=True)
    counter = models.PositiveSmallIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64)
    phone = EncryptedTextField(purpose="studios.ticket.phone", null=True, default=None, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "shift", "number"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["district_code", "code_hash"], name="ticket_code_once"),
            models.UniqueConstraint(
                fields=["district_code", "shift", "counter"],
                condition=Q(state=TicketState.CALLED),
                name="ticket_counter_serves_one",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="ticket_numbered"),
            models.CheckConstraint(condition=Q(way=Way.SLOT) ^ Q(slot_at=None), name="ticket_slot_of_appointment"),
            models.CheckConstraint(
                condition=Q(called_at=None, called_by=None, counter=None) | Q(called_at__isnull=False, counter__gte=1),
                name="ticket_called_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=COME, called_at__isnull=False)
                | Q(state=TicketState.WAITING, called_at=None)
                | Q(state=TicketState.LEFT),
                name="ticket_state_of_calls",
            ),
            models.CheckConstraint(condition=Q(state__in=OVER) ^ Q(ended_at=None), name="ticket_ended_whole"),
        ]
        indexes = [
            models.Index(fields=["path", "given_at"], name="ticket_by_path"),
            models.Index(fields=["slot_at"], condition=Q(phone__isnull=False), name="ticket_with_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.shift_id}"

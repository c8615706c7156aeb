"""What whoever has an appointment is told: that his session was called off. Names nobody."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guangcai.core import notify
from guangcai.studios.models import Ticket

CALLED_OFF = "studio_called_off"


def declare_templates() -> None:
    notify.template(
        CALLED_OFF, _("“%(title)s” on %(month)d/%(day)d is called off. The page of the studio names the next day.")
    )


def phone_of(ticket: UUID) -> str:
    """Where a short message reaches whoever has a number; "" when there is none."""
    row = Ticket.objects.filter(pk=ticket).first()
    return (row.phone or "") if row else ""

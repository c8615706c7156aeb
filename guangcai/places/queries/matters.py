"""How bookings are told in the story of a matter (core.matters)."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guangcai.core.actor import Actor
from guangcai.core.matters import Teller, Told
from guangcai.core.screens import TimelineItem
from guangcai.core.templatetags.core import moment
from guangcai.places.models import Booking

KIND = "booking"


def _seen(keys: Collection[UUID], actor: Actor) -> Iterator[Told]:
    """Asked for, and what became of it. One statement."""
    rows = Booking.objects.visible_to(actor).filter(pk__in=keys).order_by("asked_at", "pk")
    for row in rows.select_related("resource__work_unit", "resource__community"):
        names = {"resource": row.resource.name, "owner": row.resource.owner_name}
        url, title = row.get_absolute_url(), _("%(resource)s of %(owner)s is asked for") % names
        if row.confirmed_at:
            title = _("%(owner)s lends %(resource)s") % names
        yield row.pk, TimelineItem(row.asked_at, title, _when(row), url, "info", "calendar-event")
        if row.returned_at:
            yield row.pk, TimelineItem(row.starts_at, _used(row, row.resource.name), row.thanks, url, "good", "check")
        elif row.ended_at:
            title = f"{row.resource.name}{_(': ')}{row.get_end_display()}"
            yield row.pk, TimelineItem(row.ended_at, title, row.end_reason, url, "idle", "x")


def _public(keys: Collection[UUID]) -> Iterator[Told]:
    """What was lent by whom, once the owner has said so; the name of a thing is its kind. One statement."""
    rows = Booking.objects.standing().filter(pk__in=keys, confirmed_at__isnull=False).order_by("asked_at", "pk")
    for row in rows.select_related("resource__work_unit", "resource__community"):
        kind = row.resource.get_kind_display()
        title = _("%(owner)s lends %(resource)s") % {"owner": row.resource.owner_name, "resource": kind}
        yield row.pk, TimelineItem(row.asked_at, title, _when(row), "", "info", "calendar-event")
        if row.returned_at:
            yield row.pk, TimelineItem(row.starts_at, _used(row, kind), "", "", "good", "check")


def _when(row: Booking) -> str:
    return _("For %(when)s") % {"when": moment(row.starts_at)}


def _used(row: Booking, what: str) -> str:
    words = ngettext("%(what)s used by %(n)d person", "%(what)s used by %(n)d people", row.people or 0)
    return words % {"what": what, "n": row.people or 0}


TELLER = Teller(_seen, _public)

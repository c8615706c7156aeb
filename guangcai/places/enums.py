"""Closed lists of places. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PointKind(models.TextChoices):
    """What a service point is: one of the three tiers, or a place with a name of its own (A33, A68, A74, A75, A93).

    What a district calls a tier is a row: PointLabel (A69).
    """

    CENTRE = "centre", _("Service centre")
    STATION = "station", _("Service station")
    OUTLET = "outlet", _("Service outlet")
    LIAISON_STATION = "liaison", _("Liaison station of in-service members")
    MOBILE_STATION = "mobile", _("Activity station of mobile members")
    HOME = "home", pgettext_lazy("service point", "Home")
    CLUB = "club", _("Club or team")


# The three tiers, top down: counted on top of the directory.
TIERS = (PointKind.CENTRE, PointKind.STATION, PointKind.OUTLET)


class ClubKind(models.TextChoices):
    """What residents do together (A74, A75)."""

    SENIORS = "seniors", _("Seniors' club")
    ALL_AGES = "all_ages", _("Old and young together")
    NEIGHBOURS = "neighbours", _("Neighbours' circle")
    CHOIR = "choir", _("Choir")
    READING = "reading", _("Reading")
    DANCE = "dance", _("Dance")
    CALLIGRAPHY = "calligraphy", _("Calligraphy and painting")
    TABLE_TENNIS = "table_tennis", _("Table tennis")
    OTHER = "other", pgettext_lazy("club", "Other")


class ResourceKind(models.TextChoices):
    """What is lent (A32)."""

    VENUE = "venue", _("Venue")
    ROOM = "room", pgettext_lazy("resource", "Room")
    VEHICLE = "vehicle", _("Vehicle")
    EQUIPMENT = "equipment", _("Equipment")


class Weekday(models.IntegerChoices):
    """Days of the week as ISO 8601 counts them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class BookingEnd(models.TextChoices):
    """How a booking ended that did not take place. What took place is returned instead."""

    REFUSED = "refused", pgettext_lazy("booking", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    LAPSED = "lapsed", pgettext_lazy("booking", "Never answered")


class BookingState(models.TextChoices):
    """How far a booking is. Not stored: told by its columns and the hour."""

    ASKED = "asked", _("To be answered")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    TO_RETURN = "to_return", _("To be returned")
    RETURNED = "returned", _("Returned")
    REFUSED = "refused", pgettext_lazy("booking", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    LAPSED = "lapsed", pgettext_lazy("booking", "Never answered")

"""Tables of service points, of what is lent, and of who has booked it."""

from guangcai.places.models.bookings import Booking
from guangcai.places.models.points import PointLabel, ServicePoint
from guangcai.places.models.resources import FreeSlot, SharedResource

__all__ = ["Booking", "FreeSlot", "PointLabel", "ServicePoint", "SharedResource"]

"""The verbs of places."""

from guangcai.places.commands.bookings import (
    Use,
    Wanted,
    ask,
    cancel,
    confirm,
    give_back,
    lapse_bookings,
    refuse,
    thank,
)
from guangcai.places.commands.points import (
    PointContent,
    PointLine,
    add_point,
    add_points,
    change_point,
    end_point,
    require_keeper,
    set_label,
)
from guangcai.places.commands.resources import (
    ResourceContent,
    add_resource,
    change_resource,
    end_resource,
    require_owner,
)

__all__ = [
    "PointContent",
    "PointLine",
    "ResourceContent",
    "Use",
    "Wanted",
    "add_point",
    "add_points",
    "add_resource",
    "ask",
    "cancel",
    "change_point",
    "change_resource",
    "confirm",
    "end_point",
    "end_resource",
    "give_back",
    "lapse_bookings",
    "refuse",
    "require_keeper",
    "require_owner",
    "set_label",
    "thank",
]

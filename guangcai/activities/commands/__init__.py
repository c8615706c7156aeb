"""Everything that writes activities. One function per verb; web, API, import and shell call the same ones."""

from guangcai.activities.commands.attendance import Arrival, Batch, check_in_many, check_out, mark_attendance
from guangcai.activities.commands.check_in import CheckedIn, check_in, check_in_at_pad
from guangcai.activities.commands.closing import Achieved, Closed, close_shift
from guangcai.activities.commands.plan import (
    ActivityText,
    add_activity,
    cancel_activity,
    change_activity,
    publish_activity,
)
from guangcai.activities.commands.shifts import (
    Repeat,
    add_series,
    add_shift,
    cancel_shift,
    change_shift,
    extend_series,
    renew_code,
)
from guangcai.activities.commands.sign_ups import cancel_sign_up, sign_up
from guangcai.activities.commands.telling import mark_notices_seen, remind
from guangcai.activities.commands.templates import load_templates

__all__ = [
    "Achieved",
    "ActivityText",
    "Arrival",
    "Batch",
    "CheckedIn",
    "Closed",
    "Repeat",
    "add_activity",
    "add_series",
    "add_shift",
    "cancel_activity",
    "cancel_shift",
    "cancel_sign_up",
    "change_activity",
    "change_shift",
    "check_in",
    "check_in_at_pad",
    "check_in_many",
    "check_out",
    "close_shift",
    "extend_series",
    "load_templates",
    "mark_attendance",
    "mark_notices_seen",
    "publish_activity",
    "remind",
    "renew_code",
    "sign_up",
]

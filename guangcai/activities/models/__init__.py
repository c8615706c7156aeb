"""Tables of activities: what is planned, who signed up, who was there, what came of it."""

from guangcai.activities.models.activity import Activity, ActivityTemplate, RequiredSkill, Series
from guangcai.activities.models.attendance import Attendance, Outcome
from guangcai.activities.models.shift import Shift, ShiftNotice, SignUp

__all__ = [
    "Activity",
    "ActivityTemplate",
    "Attendance",
    "Outcome",
    "RequiredSkill",
    "Series",
    "Shift",
    "ShiftNotice",
    "SignUp",
]

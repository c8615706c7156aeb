"""What a notice says, as the rules judge it."""

from datetime import datetime
from functools import cache
from importlib.resources import files

from guangcai.activities.models import Activity
from guangcai.activities.rules import NoticeText


@cache
def refused_title_words() -> tuple[str, ...]:
    """Words that a title may not contain: a list beside the code, one a line (practice of provincial platforms)."""
    text = (files("guangcai.activities") / "data" / "refused_title_words.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def notice_text(activity: Activity, *, now: datetime, has_shift: bool | None = None) -> NoticeText:
    """The notice of `activity`; one query for the shifts, none when `has_shift` is known."""
    if has_shift is None:
        has_shift = activity.shifts.planned().filter(starts_at__gt=now).exists()
    return NoticeText(
        title=activity.title,
        kind=activity.kind,
        has_service_kind=activity.service_kind_id is not None,
        has_shift_to_come=has_shift,
        place=activity.place,
        content=activity.content,
        conditions=activity.conditions,
        sign_up_method=activity.sign_up_method,
        risk_note=activity.risk_note,
        guarantee=activity.guarantee,
        lead_name=activity.lead_name,
    )

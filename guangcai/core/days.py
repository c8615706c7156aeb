"""Local days as instants: a period that people name by its days is asked of the database from midnight to midnight."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.timezone import make_aware

# No record is older or later; days typed beyond them mean the same.
FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2999, 12, 31)


def span(since: date, until: date) -> tuple[datetime, datetime]:
    """From the beginning of the local day `since` to the end of the local day `until`; the end itself is outside."""
    first, last = (min(max(day, FIRST), LAST) for day in (since, until))
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))

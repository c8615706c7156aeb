"""What a matter is spoken of by: its number, which tells nothing."""

from datetime import datetime

from django.db import connection
from django.utils.timezone import localdate


def take_number(now: datetime) -> str:
    """The next number of the district, 26-0417. A rollback leaves a gap."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('mediation_number')")
        return f"{localdate(now):%y}-{int(cursor.fetchone()[0]):04d}"

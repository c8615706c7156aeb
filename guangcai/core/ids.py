"""Keys made by the application: UUIDv7 sorts by time, and an offline phone can make one itself."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat as uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.uuid7()


def made_at(key: UUID) -> datetime:
    """The instant (UTC, milliseconds) a UUIDv7 was made."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, tz=UTC)

"""Keys made by the application: UUIDv7 sorts by time, and an offline phone can make one itself."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils
from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return compat.uuid7()


def new_id_text() -> str:
    """A fresh UUIDv7 as it is written: ten times as fast, for rows that are sent by COPY."""
    return str(uuid_utils.uuid7())


def made_at(key: UUID) -> datetime:
    """The instant (UTC, milliseconds) a UUIDv7 was made."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, tz=UTC)

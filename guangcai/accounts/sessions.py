"""Sessions in the database, sealed: a stolen backup tells neither phones nor codes nor half-made second factors."""

from base64 import b64decode, b64encode
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from guangcai.core.crypto import CannotOpen, open_sealed, seal
from guangcai.core.database import prepared

PURPOSE = "accounts.session"
LOAD = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Django's sessions with the content encrypted under the key ring outside the database."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        """The row of this key, if it has not expired. Asked by every request: one statement, planned once."""
        with prepared() as cursor:
            cursor.execute(LOAD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return self.model(session_key=str(self.session_key), session_data=row[0], expire_date=row[1])

    def encode(self, session_dict: dict[str, Any]) -> str:
        # The seal proves where it comes from: no signature of Django's besides.
        return b64encode(seal(self.serializer().dumps(session_dict).decode("latin-1"), "", PURPOSE)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What was stored; nothing when the key is gone or the row is not ours: the person signs in again."""
        try:
            stored = open_sealed(b64decode(session_data), "", PURPOSE)
            return dict(self.serializer().loads(stored.encode("latin-1")))
        except (CannotOpen, ValueError):
            return {}

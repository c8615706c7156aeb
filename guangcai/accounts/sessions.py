"""Sessions in the database, sealed: a stolen backup tells neither phones nor codes nor half-made second factors."""

from base64 import b64decode, b64encode
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils.crypto import get_random_string

from guangcai.core.crypto import CannotOpen, open_sealed, seal

PURPOSE = "accounts.session"


class SealedSessions(DatabaseSessions):
    """Django's sessions with the content encrypted under the key ring outside the database."""

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

    def _get_new_session_key(self) -> str:
        """Not looked up first: `create` inserts it, and takes another one should it exist."""
        return get_random_string(32, VALID_KEY_CHARS)

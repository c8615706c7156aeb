"""How fast one person's programs may ask: counted in memory, so that a reading costs the database nothing."""

import time
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

MINUTE = 60.0
MOST_KEPT = 10_000


class Pace(BaseThrottle):
    """So many requests of one user in a minute and server process (GUANGCAI_API_PER_MINUTE)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[object, tuple[float, int]] = {}
        self._left = 0.0

    def allow_request(self, request: HttpRequest) -> bool:
        return self.allows(request.user.pk, most=settings.GUANGCAI_API_PER_MINUTE)

    def allows(self, who: object, *, most: int) -> bool:
        """Whether `who` may ask once more within this minute."""
        now = time.monotonic()
        with self._lock:
            began, count = self._counts.get(who, (now, 0))
            if now - began >= MINUTE:
                began, count = now, 0
            if len(self._counts) >= MOST_KEPT:
                self._counts.clear()
            self._counts[who] = began, count + 1
            self._left = MINUTE - (now - began)
        return count < most

    def wait(self) -> float | None:
        return self._left

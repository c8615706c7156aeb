"""Who a session belongs to, found together with what he may do: one statement for every request of somebody signed in.

It lives here and not in accounts, because accounts know nothing of grants.
"""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.accounts.sessions import SealedSessions
from guangcai.orgs import queries
from guangcai.orgs.queries.rights import SignedIn


class SessionStore(SealedSessions):
    """The session of a request. `owner`: who signed in with it and the actor he is now, as of its loading."""

    owner: SignedIn | None = None

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        """The row of this key, if it has not expired, and its owner. Asked by every request."""
        found = queries.session_of(str(self.session_key), on=localdate(), now=timezone.now())
        if found is None:
            self._session_key = None
            return None
        self.owner = found.owner
        return self.model(session_key=str(self.session_key), session_data=found.content, expire_date=found.expires_at)


class Backend(AuthenticationBackend):
    """allauth's backend; the user of a session carries his actor of today as `user.actor`."""

    def get_user(self, user_id: UUID) -> User | None:
        found = _owner_of_request(user_id) or queries.signed_in(user_id, on=localdate())
        if found is None:
            return None
        user, actor = found
        user.actor = actor  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None


def _owner_of_request(user_id: UUID) -> SignedIn | None:
    """What loading this request's session found, if it was this very user."""
    owner: SignedIn | None = getattr(getattr(context.request, "session", None), "owner", None)
    return owner if owner and owner[0].pk == user_id else None

"""Who a session belongs to, found together with what he may do: one statement for every request of somebody signed in.

It lives here and not in accounts, because accounts know nothing of grants.
"""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.orgs import queries


class Backend(AuthenticationBackend):
    """allauth's backend; the user of a session carries his actor of today as `user.actor`."""

    def get_user(self, user_id: UUID) -> User | None:
        found = queries.signed_in(user_id, on=localdate())
        if found is None:
            return None
        user, actor = found
        user.actor = actor  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None

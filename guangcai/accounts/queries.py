"""Reads of accounts: what a person's own account page shows, and who a key or a device belongs to."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from guangcai.accounts import rules
from guangcai.accounts.models import ApiToken, KioskSession, User
from guangcai.core.actor import Actor
from guangcai.core.database.fixed import Lookup
from guangcai.core.models import Installation
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under

# Recovery codes come with a factor; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class SessionRow:
    """A device that is signed in."""

    id: int
    device: str
    address: str
    since: datetime
    is_current: bool


@dataclass(frozen=True)
class TokenRow:
    """A key for a program, without the key."""

    id: UUID
    label: str
    created_at: datetime
    last_used_on: date | None


@dataclass(frozen=True)
class KioskRow:
    """A device that stands at a community's door now."""

    id: UUID
    place: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Protection:
    """How an account is protected: password, authenticator app, passkeys, recovery codes left."""

    has_password: bool
    has_app: bool
    passkeys: int
    recovery_codes: int

    @property
    def has_second_factor(self) -> bool:
        return self.has_app or self.passkeys > 0


def hash_of_token(secret: str) -> str:
    """A key as it is stored. Plain SHA-256: the key is 256 bits of chance, there is nothing to guess."""
    return sha256(secret.encode()).hexdigest()


def token_in_force(secret: str) -> ApiToken | None:
    """The key somebody showed, with its user; None when it is unknown, revoked, or of a closed account."""
    if not secret.startswith(rules.TOKEN_PREFIX):
        return None
    return ApiToken.objects.in_force().select_related("user").filter(token_hash=hash_of_token(secret)).first()


def phone_of(person: UUID) -> str:
    """Where a short message reaches a user or a member with an account; "" when there is no open one."""
    user = User.objects.active().filter(Q(pk=person) | Q(member_id=person)).first()
    return user.phone if user else ""


def protection_of(user: User) -> Protection:
    """One query for the factors of `user`."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return Protection(
        has_password=user.has_usable_password(),
        has_app=any(row.type == Authenticator.Type.TOTP for row in rows),
        passkeys=sum(row.type == Authenticator.Type.WEBAUTHN for row in rows),
        recovery_codes=len(codes[0].wrap().get_unused_codes()) if codes else 0,
    )


def is_demo() -> bool:
    """Whether this database is marked as a demo, where nobody is asked for a second factor."""
    return Installation.objects.filter(is_demo=True).exists()


def _unprotected(user_id: UUID) -> "QuerySet[User]":
    factor = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    demo = Installation.objects.filter(is_demo=True)
    return User.objects.filter(~Exists(factor), ~Exists(demo), pk=user_id)


# Asked by every page of whoever needs one.
_UNPROTECTED = Lookup(_unprotected, user_id=UUID(int=0))


def lacks_second_factor(user_id: UUID) -> bool:
    """Whether an account that needs a second factor has none, in an installation that is not a demo. One query."""
    return _UNPROTECTED.first(user_id=user_id) is not None


def sessions_of(user: User, *, request: HttpRequest) -> list[SessionRow]:
    """The devices `user` is signed in on, this one first; dead sessions are left out."""
    rows = sorted(UserSession.objects.filter(user=user), key=lambda row: row.created_at, reverse=True)
    shown = [
        SessionRow(
            id=row.pk,
            device=rules.device_name(row.user_agent),
            address=row.ip,
            since=row.created_at,
            is_current=row.session_key == request.session.session_key,
        )
        for row in rows
        if row.session_key == request.session.session_key or row.exists()
    ]
    return sorted(shown, key=lambda row: not row.is_current)


def tokens_of(user: User) -> list[TokenRow]:
    rows = user.api_tokens.in_force().order_by("-created_at")
    return [TokenRow(row.pk, row.label, row.created_at, row.last_used_on) for row in rows]


def kiosks_of(actor: Actor, *, at: datetime) -> list[KioskRow]:
    """Kiosks that run where `actor` may start one, or that he started himself."""
    mine = Q(started_by=actor.user_id) | under("path", actor.paths_with(Permission.ATTENDANCE_TAKE))
    rows = KioskSession.objects.running(at).filter(mine).order_by("-started_at")
    return [KioskRow(row.pk, row.place, row.started_at, row.expires_at) for row in rows]

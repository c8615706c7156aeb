"""People who sign in. One directory per installation; facts keep a user's id, never a foreign key to it."""

from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from guangcai.core.crypto import EncryptedTextField, blind_index
from guangcai.core.ids import new_id
from guangcai.core.phones import normalise
from guangcai.core.scoping import PathField

PHONE_PURPOSE = "accounts.user.phone"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(closed_at=None)

    def with_phone(self, phone: str) -> "UserQuerySet":
        """Users whose sign-in phone is `phone` (any notation): none or one."""
        return self.filter(phone_index=blind_index(normalise(phone), PHONE_PURPOSE))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(phone_index=username)


class User(AbstractBaseUser):
    """Somebody who signs in with a phone. What he may do is said by grants (orgs), never here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    phone = EncryptedTextField(purpose=PHONE_PURPOSE)
    # None once the account is closed: networks give its number to new people.
    phone_index = models.CharField(max_length=80, unique=True, null=True)
    # The member this person is (members.Member.id); an id, because accounts lie below members.
    member_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)

    USERNAME_FIELD = "phone_index"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False), name="user_closed_when"
            ),
            # Once among open accounts: a closed one keeps saying whose it was.
            models.UniqueConstraint(fields=["member_id"], condition=Q(closed_at=None), name="user_member_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django asks at sign-in and at every request: a closed account does not get in."""
        return self.closed_at is None

    def set_phone(self, phone: str) -> None:
        """Set the sign-in phone and its blind index together; `phone` in any notation."""
        self.phone = normalise(phone)
        self.phone_index = blind_index(self.phone, PHONE_PURPOSE)

    def release_phone(self) -> None:
        """Let somebody else sign in with this number."""
        self.phone_index = None


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def in_force(self) -> "ApiTokenQuerySet":
        """Neither revoked nor of a closed account."""
        return self.filter(revoked_at=None, user__closed_at=None)


class ApiToken(models.Model):
    """A key with which a program acts as one user. Only its hash is kept: the key is shown once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    # The day it last wrote something: reading writes nothing, so it leaves no day behind.
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False), name="token_revoked_when"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def was_used(self, on: date) -> bool:
        """Whether the day of its last change already says so: a program that writes all day is noted once."""
        return self.last_used_on == on


class KioskSessionQuerySet(models.QuerySet["KioskSession"]):
    def running(self, at: datetime) -> "KioskSessionQuerySet":
        return self.filter(ended_at=None, started_at__lte=at, expires_at__gt=at)


class KioskSession(models.Model):
    """A device that stands at a community's door and belongs to nobody: it serves one place until it is ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # orgs.Node: an id and the path at the time, because accounts lie below orgs.
    node_id = models.BigIntegerField()
    path = PathField()
    place = models.CharField(max_length=80)
    pin_hash = models.CharField(max_length=128)
    started_at = models.DateTimeField()
    started_by = models.UUIDField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    objects = KioskSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False), name="kiosk_ended_when"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("started_at")), name="kiosk_expires_after_start"),
        ]
        indexes = [models.Index(fields=["started_by", "-started_at"], name="kiosk_by_starter")]

    def __str__(self) -> str:
        return self.place


class RateWindow(models.Model):
    """How often something was tried since `started_at`. The key is a keyed hash: no phone, no address."""

    key = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["started_at"], name="rate_window_by_age")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"

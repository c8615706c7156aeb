"""People who sign in. One directory per installation; facts keep a user's id, never a foreign key to it."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField, blind_index
from guangcai.core.ids import new_id
from guangcai.core.phones import normalise

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
    phone_index = models.CharField(max_length=80, unique=True)
    # The member this person is (members.Member.id); an id, because accounts lie below members.
    member_id = models.UUIDField(null=True, blank=True, unique=True)
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
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django asks at sign-in: a closed account does not get in."""
        return self.closed_at is None

    def set_phone(self, phone: str) -> None:
        """Set the sign-in phone and its blind index together; `phone` in any notation."""
        self.phone: Any = normalise(phone)
        self.phone_index = blind_index(self.phone, PHONE_PURPOSE)

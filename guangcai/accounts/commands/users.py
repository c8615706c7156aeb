"""Accounts: made by people who may, linked to a member, closed; never deleted."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guangcai.accounts.commands.sessions import drop_sessions
from guangcai.accounts.models import ApiToken, KioskSession, User
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import is_blank

# Whoever takes people into the roster or gives out rights makes the accounts they need.
MAKES_ACCOUNTS = (Permission.GRANT_EDIT, Permission.ROSTER_EDIT, Permission.REPORT_IN_ACCEPT)
CLOSES_ACCOUNTS = (Permission.GRANT_EDIT, Permission.SYSTEM_RUN)


def add_user(*, name: str, phone: str, password: str | None = None, by: Actor, now: datetime) -> User:
    """Make the account that signs in with `phone`, or return the open one that already does, unchanged.

    `phone` in any notation; without a password the person signs in with codes until he sets one.
    Raises RuleBroken(field="phone" | "name" | "password").
    """
    _require_any(by, MAKES_ACCOUNTS)
    name, phone = _checked_name(name), normalise(phone, field="phone")
    if existing := User.objects.with_phone(phone).first():
        return existing
    user = User(name=name, created_at=now, created_by=by.user_id)
    user.set_phone(phone)
    _put_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record(Tag.USER_ADD, by=by, on=user, now=now)
    except IntegrityError:
        # Two desks at once: the first one made it.
        return User.objects.with_phone(phone).get()
    return user


@transaction.atomic
def link_member(*, user: User, member_id: UUID | None, by: Actor, now: datetime) -> User:
    """Say which member `user` is; None unlinks. The same link twice changes nothing.

    Raises Conflict when another open account already belongs to that member.
    """
    _require_any(by, MAKES_ACCOUNTS)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.member_id == member_id:
        return user
    if member_id and User.objects.active().filter(member_id=member_id).exclude(pk=user.pk).exists():
        raise Conflict(_("This member already has an account."), code="member_has_account")
    before, user.member_id = user.member_id, member_id
    user.save(update_fields=["member_id"])
    audit.record(
        Tag.USER_LINK_MEMBER,
        by=by,
        on=user,
        now=now,
        member=str(member_id) if member_id else None,
        before=str(before) if before else None,
    )
    return user


@transaction.atomic
def rename_user(*, user: User, name: str, by: Actor, now: datetime) -> User:
    """Change the name an account is shown under."""
    _require_any(by, MAKES_ACCOUNTS)
    user = User.objects.select_for_update().get(pk=user.pk)
    user.name = _checked_name(name)
    user.save(update_fields=["name"])
    audit.record(Tag.USER_CHANGE, by=by, on=user, now=now, fields=["name"])
    return user


@transaction.atomic
def close_user(*, user: User, by: Actor, now: datetime) -> User:
    """End an account: its sessions, keys and kiosks end at once, its phone number is free again. Twice is harmless."""
    _require_any(by, CLOSES_ACCOUNTS)
    if by.user_id == user.pk:
        raise RuleBroken(_("You cannot close your own account."), code="own_account")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.closed_at is not None:
        return user
    user.closed_at, user.closed_by = now, by.user_id
    user.release_phone()
    user.save(update_fields=["closed_at", "closed_by", "phone_index"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now, revoked_by=by.user_id)
    KioskSession.objects.filter(started_by=user.pk, ended_at=None).update(ended_at=now, ended_by=by.user_id)
    drop_sessions(user)
    audit.record(Tag.USER_CLOSE, by=by, on=user, now=now)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: Actor, now: datetime, keep_session: str = "") -> User:
    """Give `user` a new password. All his sessions end, but the one with the key `keep_session`.

    Allowed to the user and to whoever runs the system. Raises RuleBroken(field="password").
    """
    if by.user_id != user.pk and not by.holds(Permission.SYSTEM_RUN):
        raise Forbidden()
    user = User.objects.select_for_update().get(pk=user.pk)
    _put_password(user, password)
    user.save(update_fields=["password"])
    drop_sessions(user, keep=keep_session)
    audit.record(Tag.PASSWORD_SET, by=by, on=user, now=now)
    return user


def _require_any(by: Actor, permissions: tuple[Permission, ...]) -> None:
    if not any(by.holds(permission) for permission in permissions):
        raise Forbidden()


def _checked_name(name: str) -> str:
    name = name.strip()
    if is_blank(name) or len(name) > 60:
        raise RuleBroken(_("Give a name of at most 60 characters."), field="name", code="name_form")
    return name


def _put_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise RuleBroken(" ".join(refusal.messages), field="password", code="password_weak") from refusal
    user.set_password(password)

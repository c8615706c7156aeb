"""Giving and ending rights. Who may give what stands in orgs/rules.py; a right ends, it is never deleted."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.core import audit
from guangcai.core.actor import SYSTEM_ROLE, Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers
from guangcai.core.text import is_blank
from guangcai.orgs import rules
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Grant, Node, WorkUnit
from guangcai.orgs.roles import Role

# Of these one at least stays in force where it is held.
LASTING = (Role.DISTRICT_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    by: Actor,
    now: datetime,
    node: Node | None = None,
    work_unit: WorkUnit | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Grant:
    """Give `user` a role over `node`, or a liaison's over `work_unit`, from `since` (today) until before `until`.

    Held there already: that grant, unchanged but for `until` when it differs. Raises RuleBroken(field) when `by` may
    not give this role, it cannot be held there, excludes another of the person's, or begins in the past.
    """
    place, role = _place(node, work_unit), Role(role)
    _check_giver(role, path=place.path, by=by)
    user = User.objects.select_for_update().get(pk=user.pk)
    _lock_place(node, work_unit)
    rules.check_place(role, Level(node.level) if node else None)
    _check_person(user, role, by=by)
    since = since or localdate(now)
    _check_dates(since, until, by=by, now=now)
    held = _held_now(user, role, node, work_unit, now=now, by=by)
    if held:
        return _prolonged(held, until, by=by, now=now)
    grant = Grant.objects.create(
        user=user,
        role=role,
        node=node,
        work_unit=work_unit,
        path=place.path,
        since=since,
        until=until,
        granted_at=now,
        granted_by=by.user_id,
    )
    audit.record(Tag.GRANT_ADD, by=by, now=now, on=grant, user=str(user.pk), role=str(role), since=str(since))
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, reason: str, by: Actor, now: datetime) -> Grant:
    """End a right today. Ended already: no change.

    Raises RuleBroken when it is the last administrator's: somebody must be able to give rights tomorrow.
    """
    _check_giver(Role(grant.role), path=grant.path, by=by)
    if is_blank(reason):
        raise RuleBroken(_("Say why the right ends."), field="reason", code="reason_missing")
    _lock_place(grant.node, grant.work_unit, ended_too=True)
    grant = Grant.objects.select_for_update(of=["self"]).get(pk=grant.pk)
    if grant.ended_at:
        return grant
    if grant.role in LASTING:
        _check_not_last(grant, now=now)
    return close_grant(grant, reason=reason.strip(), by=by, now=now)


def close_grant(grant: Grant, *, reason: str, by: Actor, now: datetime) -> Grant:
    """Write the end of a locked, open grant, without asking who may."""
    today = max(localdate(now), grant.since)
    grant.until = min(grant.until, today) if grant.until else today
    grant.until = max(grant.until, grant.since)
    grant.ended_at, grant.ended_by, grant.end_reason = now, by.user_id, reason[:200]
    grant.save(update_fields=["until", "ended_at", "ended_by", "end_reason"])
    audit.record(Tag.GRANT_END, by=by, now=now, on=grant, user=str(grant.user_id), role=grant.role)
    return grant


def carry_over(node: Node, successor: Node, *, by: Actor, now: datetime) -> int:
    """Give everybody who holds a role on `node` the same on its successor; how many were new there."""
    there = set(successor.grants.filter(ended_at=None).values_list("user_id", "role"))
    carried = 0
    for grant in node.grants.filter(ended_at=None).order_by("pk"):
        if (grant.user_id, grant.role) in there or (grant.until and grant.until <= localdate(now)):
            continue
        new = Grant.objects.create(
            user_id=grant.user_id,
            role=grant.role,
            node=successor,
            path=successor.path,
            since=max(localdate(now), grant.since),
            until=grant.until,
            granted_at=now,
            granted_by=by.user_id,
        )
        audit.record(Tag.GRANT_ADD, by=by, now=now, on=new, user=str(new.user_id), role=new.role, carried_over=True)
        carried += 1
    return carried


def _place(node: Node | None, work_unit: WorkUnit | None) -> Node | WorkUnit:
    place = node or work_unit
    if place is None or (node and work_unit):
        raise ValueError("a role is held on a node or on a work unit")
    return place


def _check_giver(role: Role, *, path: str, by: Actor) -> None:
    by.require(Permission.GRANT_EDIT, path)
    giver_roles = {holding.role for holding in by.holdings if holding.path and covers([holding.path], path)}
    rules.check_grantable(role, giver_roles=giver_roles)


def _check_person(user: User, role: Role, *, by: Actor) -> None:
    if user.closed_at:
        raise RuleBroken(_("This account is closed."), field="phone", code="account_closed")
    if by.user_id == user.pk:
        raise Forbidden(_("Nobody gives himself a right: ask a colleague."), code="own_right")
    held = Grant.objects.filter(user=user, ended_at=None).values_list("role", flat=True)
    rules.check_exclusive(role, held=held)


def _check_dates(since: date, until: date | None, *, by: Actor, now: datetime) -> None:
    if since < localdate(now) and SYSTEM_ROLE not in by.roles:
        raise RuleBroken(_("A right begins today or later."), field="since", code="since_past")
    if until and until <= max(since, localdate(now)):
        raise RuleBroken(_("A right ends after it begins, and later than today."), field="until", code="until_early")


def _lock_place(node: Node | None, work_unit: WorkUnit | None, *, ended_too: bool = False) -> None:
    """Rights at one place are given and ended one after the other."""
    if node:
        ended = Node.objects.select_for_update().get(pk=node.pk).valid_to
    else:
        assert work_unit is not None
        ended = WorkUnit.objects.select_for_update().get(pk=work_unit.pk).ended_on
    if ended and not ended_too:
        raise Conflict(_("This place has ended."), code="place_ended")


def _held_now(
    user: User, role: Role, node: Node | None, work_unit: WorkUnit | None, *, now: datetime, by: Actor
) -> Grant | None:
    """The open grant of the same role at the same place; one whose time ran out is ended on the way."""
    held = Grant.objects.filter(user=user, role=role, node=node, work_unit=work_unit, ended_at=None).first()
    if held and held.until and held.until <= localdate(now):
        close_grant(held, reason=_("The agreed time is over."), by=by, now=now)
        return None
    return held


def _prolonged(grant: Grant, until: date | None, *, by: Actor, now: datetime) -> Grant:
    if grant.until != until:
        if until and grant.role in LASTING:
            _check_not_last(grant, now=now)
        before, grant.until = grant.until, until
        grant.save(update_fields=["until"])
        audit.record(Tag.GRANT_ADD, by=by, now=now, on=grant, before=str(before), until=str(until))
    return grant


def _check_not_last(grant: Grant, *, now: datetime) -> None:
    """Another one in force must stay, and without an end if this one has none. Call it under the place's lock."""
    others = Grant.objects.in_force(localdate(now)).filter(
        role=grant.role, node=grant.node, ended_at=None, user__closed_at=None
    )
    others = others.exclude(pk=grant.pk)
    if grant.until is None:
        others = others.filter(until=None)
    if not others.exists():
        raise RuleBroken(
            _("This is the last administrator here: give the role to somebody else first."), code="last_administrator"
        )

"""Reads of rights: who somebody is today, who may read a record, who holds what where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guangcai.accounts.models import User
from guangcai.core.actor import Actor, Holding
from guangcai.core.audit_tags import Tag
from guangcai.core.crypto import Sealed
from guangcai.core.database import prepared
from guangcai.core.errors import Text
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, covers
from guangcai.orgs.models import FormerPath, Grant
from guangcai.orgs.roles import ROLES, Role

# What a role reads of a person's record, in the member's words.
REASONS: dict[Role, Text] = {
    Role.DESK_WORKER: _("Runs the desk of the community where you reported in."),
    Role.COMMUNITY_SECRETARY: _("Heads the community where you reported in and approves its records."),
    Role.STREET_OVERSEER: _("Reads the figures of the street and the names behind them; changes nothing."),
    Role.DISTRICT_ADMINISTRATOR: _("Sets up the district and reads its figures and the names behind them."),
    Role.UNIT_LIAISON: _("Keeps the roster of your work unit and receives its feedback and appraisals."),
}


class AfterSubtree(Func):
    """The first string after everything under a path, in SQL: what scoping.upper_bound is in Python."""

    template = "(left(%(expressions)s, -1) || '0')"


# Every request asks this, so it is one statement in its final words: building it anew cost six times as much as
# running it. The user, his grants in force, and the paths that what lies under them had before a move or merger.
PERSON = [field.column for field in User._meta.concrete_fields]
KEY = PERSON.index("id")
COLUMNS = f"""
       {", ".join(f'person."{column}"' for column in PERSON)},
       held.role, held.path, held.node_id, held.work_unit_id,
       ARRAY(SELECT former.path FROM orgs_formerpath AS former JOIN orgs_node AS node ON node.id = former.node_id
             WHERE node.path >= held.path AND node.path < left(held.path, -1) || '0')
"""  # noqa: S608 - columns of our own model
IN_FORCE = """
LEFT JOIN orgs_grant AS held ON held.user_id = person.id AND held.ended_at IS NULL
  AND held.since <= %(on)s AND (held.until IS NULL OR held.until > %(on)s)
"""
WHO = f"SELECT {COLUMNS} FROM accounts_user AS person {IN_FORCE} WHERE person.id = %(user)s ORDER BY held.id"  # noqa: S608 - columns of our own model
SESSION = f"""
SELECT session.session_data, session.expire_date, {COLUMNS}
FROM django_session AS session
LEFT JOIN usersessions_usersession AS device ON device.session_key = session.session_key
LEFT JOIN accounts_user AS person ON person.id = device.user_id
{IN_FORCE}
WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
ORDER BY held.id
"""  # noqa: S608 - columns of our own model
SignedIn = tuple[User, Actor]
HeldRow = tuple[str, str, int | None, int | None, list[str]]


@dataclass(frozen=True)
class StoredSession:
    """A session as it lies in the database, and who signed in with it; None for one that nobody signed in with."""

    content: str
    expires_at: datetime
    owner: SignedIn | None


def session_of(key: str, *, on: date, now: datetime) -> StoredSession | None:
    """The session of a key that has not run out, its user, and the actor he is on the local date `on`: one query."""
    with prepared() as cursor:
        cursor.execute(SESSION, {"key": key, "on": on, "now": now})
        rows = cursor.fetchall()
    return StoredSession(rows[0][0], rows[0][1], _owner([row[2:] for row in rows])) if rows else None


def signed_in(user_id: UUID, *, on: date) -> SignedIn | None:
    """A user and the actor he is on the local date `on`, in one query; None when there is no such user."""
    return _owner(_who(user_id, on))


def _owner(rows: Sequence[tuple[Any, ...]]) -> SignedIn | None:
    if not rows or rows[0][KEY] is None:
        return None
    fields = [field.attname for field in User._meta.concrete_fields]
    user = User.from_db(connection.alias, fields, rows[0][: len(PERSON)])
    user.phone = Sealed(user.phone)
    return user, _actor(user.pk, user.member_id, rows)


def actor_of(*, user_id: UUID, member_id: UUID | None, on: date) -> Actor:
    """The actor a user is on the local date `on`: one query, no cache, so that an ended grant ends at once.

    Rights over a place reach the paths it had before a move, and those of places merged into it.
    """
    return _actor(user_id, member_id, _who(user_id, on))


def _who(user_id: UUID, on: date) -> list[tuple[Any, ...]]:
    with prepared() as cursor:
        cursor.execute(WHO, {"user": user_id, "on": on})
        return cursor.fetchall()


def _actor(user_id: UUID, member_id: UUID | None, rows: Iterable[tuple[Any, ...]]) -> Actor:
    held = [row[len(PERSON) :] for row in rows]
    return Actor(user_id=user_id, member_id=member_id, holdings=tuple(_holdings(row for row in held if row[0])))


def _holdings(grants: Iterable[HeldRow]) -> Iterable[Holding]:
    for role, path, node_id, work_unit_id, former in grants:
        permissions = ROLES[Role(role)]
        if work_unit_id:
            yield Holding(role=role, permissions=permissions, work_unit_id=work_unit_id)
            continue
        for each in [path, *(old for old in sorted(former) if not covers([path], old))]:
            yield Holding(role=role, permissions=permissions, path=each, node_id=node_id)


@dataclass(frozen=True)
class Reader:
    """Somebody who can read a record now: name, role, place, since when, and why."""

    name: str
    role: str
    place: str
    since: date
    reason: Text


@dataclass(frozen=True)
class Opening:
    """One opening of a record, from the audit trail."""

    at: date
    roles: str
    reason: str


def readers_of(*, path: str, unit_ids: Iterable[int], on: date) -> list[Reader]:
    """Everybody who can read the record of a person of the community `path` employed by `unit_ids`, on `on`.

    One query. Sorted from the desk upward, then by name.
    """
    reading = [role for role, rights in ROLES.items() if Permission.ROSTER_VIEW in rights]
    over_place = Q(path__in=_chain(path), role__in=reading)
    of_unit = Q(work_unit_id__in=list(unit_ids), role=Role.UNIT_LIAISON)
    grants = Grant.objects.in_force(on).filter(over_place | of_unit, ended_at=None, user__closed_at=None)
    grants = grants.annotate(holder=F("user__name"), place=F("node__name"), unit=F("work_unit__name"))
    order = {role: number for number, role in enumerate(REASONS)}
    rows = sorted(grants, key=lambda grant: (order[Role(grant.role)], grant.holder))
    return [
        Reader(
            grant.holder, grant.get_role_display(), grant.place or grant.unit, grant.since, REASONS[Role(grant.role)]
        )
        for grant in rows
    ]


def _chain(path: str) -> list[str]:
    """The path's own chain, and that of every place which took over a node of it."""
    chain = ancestors(path)
    heirs = FormerPath.objects.filter(path__in=chain).values_list("node__path", flat=True)
    return sorted({above for heir in heirs for above in ancestors(heir)} | set(chain))


def openings_of(member_id: UUID) -> list[Opening]:
    """Who opened a member's record, newest first: roles and reason; names are not in the audit trail."""
    events = AuditEvent.objects.filter(
        tag=Tag.MEMBER_OPEN, subject_type="members.member", subject_id=str(member_id)
    ).order_by("-at", "-pk")[:200]
    return [Opening(event.at, role_names(event.actor_roles), str(event.details.get("reason", ""))) for event in events]


def role_names(codes: str) -> str:
    """`desk_worker+member` in words, as the audit trail keeps it."""
    known = {str(role): str(role.label) for role in Role}
    return ", ".join(known.get(code, str(pgettext_lazy("role", "The program"))) for code in codes.split("+"))


def grants_at(*, actor: Actor, node_id: int, on: date) -> list[Grant]:
    """Grants on a node, open ones first; only for those who give rights there. One query."""
    rows = Grant.objects.visible_to(actor).filter(node_id=node_id).select_related("user")
    return sorted(rows, key=lambda grant: (grant.ended_at is not None, grant.role, grant.user.name, grant.pk))

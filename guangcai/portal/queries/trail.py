"""The audit trail as an auditor reads it: what happened where, by which role; ids only, no names of members."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.orgs.queries import role_names
from guangcai.portal.acts import ACTS, tags_of


@dataclass(frozen=True)
class Line:
    """One line of the trail; act and roles in words."""

    event: AuditEvent
    act: str
    roles: str


def trail(actor: Actor) -> "QuerySet[AuditEvent]":
    """Lines of the actor's area. Lines of no place (sign-ins, accounts) belong to whoever audits a whole tree."""
    paths = actor.paths_with(Permission.AUDIT_VIEW)
    rows = under("path", paths)
    if any(len(ancestors(path)) == 1 for path in paths):
        rows |= Q(path="")
    return AuditEvent.objects.filter(rows)


def found_by(rows: "QuerySet[AuditEvent]", text: str) -> "QuerySet[AuditEvent]":
    """By the act, in words or as a tag (`members:member:open`), or by the key of what it was done to."""
    plain = text.strip()
    return rows.filter(Q(tag__in=tags_of(plain)) | Q(tag__icontains=plain) | Q(subject_id=plain)) if plain else rows


def lines(events: Iterable[AuditEvent]) -> list[Line]:
    """The events as they are shown."""
    return [Line(event, str(ACTS[Tag(event.tag)]), _roles(event)) for event in events]


def _roles(event: AuditEvent) -> str:
    """Signed-out people have no role, and are not the program."""
    is_nobody = event.actor_id is None and event.actor_roles == Actor().role_codes
    return pgettext("role", "Signed out") if is_nobody else role_names(event.actor_roles)

"""The audit trail as an auditor reads it: what happened where, by which role; ids only, no names of members."""

from django.db.models import Q, QuerySet

from guangcai.core.actor import Actor
from guangcai.core.models import AuditEvent
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under


def trail(actor: Actor) -> "QuerySet[AuditEvent]":
    """Lines of the actor's area. Lines of no place (sign-ins, accounts) belong to whoever audits a whole tree."""
    paths = actor.paths_with(Permission.AUDIT_VIEW)
    rows = under("path", paths)
    if any(len(ancestors(path)) == 1 for path in paths):
        rows |= Q(path="")
    return AuditEvent.objects.filter(rows)


def found_by(rows: "QuerySet[AuditEvent]", text: str) -> "QuerySet[AuditEvent]":
    """By the act (`members:member:open`) or by the key of what it was done to."""
    plain = text.strip()
    return rows.filter(Q(tag__icontains=plain) | Q(subject_id=plain)) if plain else rows

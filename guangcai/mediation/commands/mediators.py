"""Mediators: written down, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import clean_name, is_blank
from guangcai.mediation import rules
from guangcai.mediation.models import Mediator
from guangcai.members.models import Member
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class MediatorDraft:
    """A member of the community, or the name of an elder who is none."""

    member: Member | None = None
    name: str = ""
    phone: str = ""


@transaction.atomic
def add_mediator(*, node: Node, draft: MediatorDraft, by: Actor, now: datetime, id: UUID | None = None) -> Mediator:
    """Write a mediator of the community down, from today on. The same id again is the same row. Source: A23.

    Raises RuleBroken(field).
    """
    by.require(Permission.MEDIATION_EDIT, node.path)
    name, phone = _checked(node, draft)
    member_id = draft.member.pk if draft.member else None
    if found := already(Mediator, id, node_id=node.pk, name=name, member_id=member_id, phone=phone):
        return found
    # Two at once wait here, so that the second one finds the first.
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=node.pk)
    if member_id is not None and Mediator.objects.serving().filter(node=node, member=member_id).exists():
        raise RuleBroken(_("This member already mediates here."), field="member", code="mediator_twice")
    row = Mediator.objects.create(
        id=id or new_id(),
        node=node,
        path=node.path,
        name=name,
        phone=phone,
        member=draft.member,
        since=localdate(now),
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.MEDIATOR_CHANGE, by=by, on=row, now=now)
    return row


@transaction.atomic
def end_mediator(*, mediator: Mediator, by: Actor, now: datetime) -> Mediator:
    """He is asked no more, and sees none of his matters any more. Harmless twice."""
    row = Mediator.objects.select_for_update(of=("self",), no_key=True).get(pk=mediator.pk)
    if not Mediator.objects.visible_to(by).filter(pk=row.pk).exists():
        raise OutOfScope()
    by.require(Permission.MEDIATION_EDIT, row.path)
    if row.until is None:
        row.until = localdate(now)
        row.save(update_fields=["until"])
        row.assignments.live().update(ended_at=now, ended_by=by.user_id)
        audit.record(Tag.MEDIATOR_CHANGE, by=by, on=row, now=now, ended=True)
    return row


def _checked(node: Node, draft: MediatorDraft) -> tuple[str, str]:
    if draft.member is not None:
        if draft.member.community_id != node.pk or draft.member.ended_at is not None:
            raise RuleBroken(_("Choose a member of this community."), field="member", code="member_elsewhere")
        return draft.member.name, ""
    rules.check_name(draft.name, field="name")
    return clean_name(draft.name), normalise(draft.phone, field="phone") if not is_blank(draft.phone) else ""

"""Other systems are told of cases: who listens, and what he hears."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.cases.models import Listener
from guangcai.core import audit, notify, outward
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.enums import Channel
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.orgs.models import Node

SECRET_PREFIX = "gch_"  # noqa: S105 - what every secret begins with, so that a leaked one is recognised


@transaction.atomic
def add_listener(*, node: Node, name: str, url: str, by: Actor, now: datetime) -> tuple[Listener, str]:
    """Tell another system of every step of the cases under `node`; returns the row and the secret that signs.

    Raises RuleBroken(field) for an address that may not be called; Conflict for a name that is in use.
    """
    by.require(Permission.POLICY_EDIT, node.path)
    outward.check_address(url)
    name = name.strip()
    if is_blank(name) or len(name) > 60:
        raise RuleBroken(_("Give the other system a name of at most 60 characters."), field="name", code="name")
    if Listener.objects.filter(name=name, ended_at=None).exists():
        raise Conflict(_("This system is told already. End it first."), field="name", code="listener_there")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    row = Listener.objects.create(
        name=name, node=node, url=url.strip(), secret=secret, added_at=now, added_by=by.user_id
    )
    audit.record(Tag.CASE_LISTENER_CHANGE, by=by, on=row, now=now, path=node.path)
    return row, secret


@transaction.atomic
def end_listener(*, listener: Listener, by: Actor, now: datetime) -> Listener:
    """Nothing is sent there any more, not even what waits. Harmless twice."""
    row = Listener.objects.select_for_update(of=("self",)).select_related("node").get(pk=listener.pk)
    by.require(Permission.POLICY_EDIT, row.node.path)
    if row.ended_at is None:
        row.ended_at, row.ended_by = now, by.user_id
        row.save(update_fields=["ended_at", "ended_by"])
        audit.record(Tag.CASE_LISTENER_CHANGE, by=by, on=row, now=now, ended=True)
    return row


@transaction.atomic
def send_again(*, listener: Listener, by: Actor, now: datetime) -> int:
    """Try once more, from now on, every call to it that was given up; returns how many. Harmless twice."""
    row = Listener.objects.select_for_update(of=("self",)).select_related("node").get(pk=listener.pk)
    by.require(Permission.POLICY_EDIT, row.node.path)
    if row.ended_at is not None:
        return 0
    calls = notify.try_again(Channel.HOOK, recipient=row.pk, now=now)
    if calls:
        audit.record(Tag.CASE_LISTENER_CHANGE, by=by, on=row, now=now, sent_again=calls)
    return calls

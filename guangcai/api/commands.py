"""Calendar links are made and revoked; what stands behind them: feeds.py."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from guangcai.accounts.models import User
from guangcai.accounts.queries import hash_of_token
from guangcai.api.models import FeedKind, FeedLink
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node

MOST_LINKS: Final = 10
SECRET_LENGTH: Final = 43


@transaction.atomic
def add_link(
    *, user: User, kind: FeedKind, node: Node | None, by: Actor, now: datetime, id: UUID | None = None
) -> tuple[FeedLink, str]:
    """A link of one's own; returns the row and its secret, which nobody can read again ("" when `id` was made before).

    Only for oneself, and a community's only where one sees its activities. Raises RuleBroken(field="kind").
    """
    if by.user_id != user.pk:
        raise Forbidden()
    if kind == FeedKind.COMMUNITY:
        if node is None:
            raise RuleBroken(_("Choose the community."), field="node", code="node_missing")
        by.require(Permission.ACTIVITY_VIEW, node.path)
    User.objects.select_for_update().get(pk=user.pk)
    node = node if kind == FeedKind.COMMUNITY else None
    if before := already(FeedLink, id, user_id=user.pk, kind=kind, node_id=node.pk if node else None):
        return before, ""
    if FeedLink.objects.in_force().filter(user=user).count() >= MOST_LINKS:
        raise RuleBroken(_("You already have ten links. Revoke one that is not used."), field="kind", code="links_many")
    secret = get_random_string(SECRET_LENGTH)
    row = FeedLink.objects.create(
        id=id or new_id(),
        user=user,
        kind=kind,
        node=node,
        token_hash=hash_of_token(secret),
        made_at=now,
    )
    audit.record(Tag.FEED_ADD, by=by, on=row, now=now, kind=kind.value)
    return row, secret


@transaction.atomic
def revoke_link(*, link: FeedLink, by: Actor, now: datetime) -> FeedLink:
    """Nothing stands behind the address any more. Twice is harmless. Raises OutOfScope for somebody else's."""
    row = FeedLink.objects.select_for_update().get(pk=link.pk)
    if by.user_id != row.user_id:
        raise OutOfScope()
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(Tag.FEED_REVOKE, by=by, on=row, now=now)
    return row

"""Setting rules: a new row closes the former one, and nothing is overwritten."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors
from guangcai.core.text import is_blank
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models import Node, Policy
from guangcai.orgs.policies import check_value

STANDARD = Path(__file__).parents[1] / "data" / "policies.json"


@transaction.atomic
def set_policy(
    *, node: Node, key: PolicyKey, value: dict[str, Any], since: date, source: str, by: Actor, now: datetime
) -> Policy:
    """Put a rule in force under `node` from `since`, citing its source.

    The row in force at `since` is closed there; a row that begins later bounds the new one. The same rule again: that
    row. Raises RuleBroken(field) for a value of another shape, no source, or another rule from the same day.
    """
    by.require(Permission.POLICY_EDIT, node.path)
    key = PolicyKey(key)
    try:
        check_value(key, value)
    except ValueError as wrong:
        raise RuleBroken(_("The values do not fit this rule."), field="value", code="policy_shape") from wrong
    if is_blank(source):
        raise RuleBroken(_("Name the document the rule comes from."), field="source", code="source_missing")
    Node.objects.select_for_update().get(pk=node.pk)
    rows = Policy.objects.filter(node=node, key=key)
    if same_day := rows.filter(since=since).first():
        if (same_day.value, same_day.source) == (value, source.strip()):
            return same_day
        raise RuleBroken(_("Another rule begins on the same day: end that one first."), field="since", code="same_day")
    later = rows.filter(since__gt=since).order_by("since").first()
    former = rows.filter(since__lt=since).order_by("-since").first()
    if former and (former.until is None or former.until > since):
        former.until = since
        former.save(update_fields=["until"])
    policy = Policy.objects.create(
        node=node,
        path=node.path,
        key=key,
        value=value,
        since=since,
        until=later.since if later else None,
        source=source.strip(),
        set_at=now,
        set_by=by.user_id,
    )
    audit.record(Tag.POLICY_ADD, by=by, now=now, on=policy, key=str(key), since=str(since), value=json.dumps(value))
    return policy


@transaction.atomic
def end_policy(*, policy: Policy, by: Actor, now: datetime) -> None:
    """End a rule today, so that the one above is in force again; a rule that has not begun is withdrawn.

    Raises RuleBroken when no place above sets this rule: a missing rule would be a fault.
    """
    by.require(Permission.POLICY_EDIT, policy.path)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    today = localdate(now)
    if policy.until and policy.until <= today:
        return
    audit.record(Tag.POLICY_END, by=by, now=now, on=policy, key=policy.key, since=str(policy.since))
    if policy.since > today:
        _withdraw(policy)
        return
    if not _set_above(policy, on=today):
        raise RuleBroken(_("No place above sets this rule: set another one instead."), code="policy_needed")
    policy.until = max(today, policy.since + timedelta(days=1))
    policy.save(update_fields=["until"])


@transaction.atomic
def load_standard_policies(*, node: Node, by: Actor, now: datetime, since: date) -> list[Policy]:
    """Set the rules named in the source documents, where the place has none of its own yet. Safe to run again."""
    rows = json.loads(STANDARD.read_text(encoding="utf-8"))["policies"]
    own = set(Policy.objects.filter(node=node).values_list("key", flat=True))
    return [
        set_policy(
            node=node,
            key=PolicyKey(row["key"]),
            value=row["value"],
            since=since,
            source=row["source"],
            by=by,
            now=now,
        )
        for row in rows
        if row["key"] not in own
    ]


def _set_above(policy: Policy, *, on: date) -> bool:
    """Whether a place above has this rule from `on`, without a gap ahead."""
    above = Policy.objects.filter(key=policy.key, path__in=ancestors(policy.path)[:-1], since__lte=on, until=None)
    return above.exists()


def _withdraw(policy: Policy) -> None:
    """Remove a rule that never was in force; the row it had cut short runs on to where this one would have ended."""
    former = Policy.objects.filter(node_id=policy.node_id, key=policy.key, until=policy.since).first()
    until = policy.until
    policy.delete()
    if former:
        former.until = until
        former.save(update_fields=["until"])

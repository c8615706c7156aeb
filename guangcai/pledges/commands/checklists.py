"""The checklist of an office: its holder ticks what he has done, with a day and a note (A97)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.pledges import rules
from guangcai.pledges.models import ChecklistMark, Item


@transaction.atomic
def mark_checklist(
    *, community: Node, item: Item, year: int, done_on: date, note: str, by: Actor, now: datetime
) -> ChecklistMark:
    """The office holder says that an item is done. Harmless twice. Raises RuleBroken(field="note" or "done_on")."""
    by.require(rules.KEEPS_CHECKLIST, community.path)
    if not community.path.startswith(item.version.path):
        raise OutOfScope()
    holder = User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    mine = ChecklistMark.objects.filter(community=community, held_by=holder.pk, item=item, year=year, withdrawn_at=None)
    if found := mine.first():
        return found
    rules.check_done(note=note, done_on=done_on, year=year, today=localdate(now))
    mark = ChecklistMark.objects.create(
        **of_community(community),
        item=item,
        held_by=holder.pk,
        year=year,
        done_on=done_on,
        note=note.strip(),
        marked_at=now,
    )
    audit.record(Tag.CHECKLIST_MARK, by=by, on=mark, now=now, year=year)
    return mark


@transaction.atomic
def withdraw_checklist_mark(*, mark: ChecklistMark, by: Actor, now: datetime) -> ChecklistMark:
    """Take back a mark that was set by mistake: only who set it. Harmless twice."""
    by.require(rules.KEEPS_CHECKLIST, mark.path)
    if mark.held_by != by.user_id:
        raise Forbidden()
    row = ChecklistMark.objects.select_for_update(of=("self",)).get(pk=mark.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        audit.record(Tag.CHECKLIST_WITHDRAW, by=by, on=row, now=now, year=row.year)
    return row

"""The street draws records at random and asks whether they are true (promise T5; Order 67 arts 20-22)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.ledger import rules
from guangcai.ledger.enums import SampleResult
from guangcai.ledger.models import SampleCheck, ServiceEntry
from guangcai.ledger.queries import review
from guangcai.orgs.policies import SampleShare, in_force_at


@transaction.atomic
def draw_sample(*, path: str, month: date, by: Actor, now: datetime) -> list[SampleCheck]:
    """Draw the policy's share (5 %) of the confirmed records of a month under `path`, rounded up.

    month: any day of it. What is drawn depends on place and month only, so that nobody can draw until it suits him;
    again, it adds what later confirmations call for and gives back the same rows.
    """
    by.require(Permission.SAMPLE_VIEW, path)
    month = month.replace(day=1)
    share = in_force_at(SampleShare, path=path, on=month)
    entries = ServiceEntry.objects.in_bulk(
        review.to_draw(path=path, month=month, seed=f"{path}{month:%Y-%m}", percent=share.percent)
    )
    SampleCheck.objects.bulk_create(
        (
            SampleCheck(
                id=new_id(),
                entry=entry,
                community_id=entry.community_id,
                path=entry.path,
                district_code=entry.district_code,
                drawn_on=rules.local_day(now),
            )
            for entry in entries.values()
        ),
        ignore_conflicts=True,
    )
    if entries:
        audit.record(Tag.SAMPLE_DRAW, by=by, now=now, path=path, month=f"{month:%Y-%m}", drawn=len(entries))
    return list(SampleCheck.objects.of_month(path, month))


@transaction.atomic
def check_sample(*, check: SampleCheck, result: SampleResult, note: str, by: Actor, now: datetime) -> SampleCheck:
    """Write down what asking the people concerned brought to light. The record itself is not touched.

    Checked before the same way: that row; otherwise Conflict. Raises RuleBroken(field) when a doubt has no words.
    """
    by.require(Permission.SAMPLE_VIEW, check.path)
    check = SampleCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    result = SampleResult(result)
    if check.checked_at is not None:
        if (check.result, check.note) == (result, note.strip()):
            return check
        raise Conflict(_("This record was checked before."), code="checked")
    if result != SampleResult.TRUE and is_blank(note):
        raise RuleBroken(_("Say what you found."), field="note", code="note_missing")
    check.checked_at, check.checked_by, check.result, check.note = now, by.user_id, result, note.strip()
    check.save(update_fields=["checked_at", "checked_by", "result", "note"])
    audit.record(Tag.SAMPLE_CHECK, by=by, now=now, on=check, entry=str(check.entry_id), result=str(result))
    return check

"""Who asked, and the words, are taken away three years after a case ended; it runs dry first and names who ran it."""

from datetime import datetime

from django.db import transaction

from guangcai.cases import rules
from guangcai.cases.commands.photos import take_photos_away
from guangcai.cases.models import Asker, Case, StepNote
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under

SEALED = ("name", "phone", "flat", "code")
WORDS = ("what", "words", "place_note")


@transaction.atomic
def anonymise_cases(*, by: Actor, now: datetime, is_dry: bool = True) -> int:
    """Take the asker and all words away from cases that ended longer ago than the retention; how many.

    Item, place, times and steps stay as facts. is_dry: only counts. Again is harmless. Source: domain §5 (retention).
    """
    by.require_any(Permission.POLICY_EDIT)
    here = under("path", by.paths_with(Permission.POLICY_EDIT))
    ended = Case.objects.filter(here, ended_at__lt=now - rules.RETENTION, anonymised_at=None)
    if is_dry:
        return ended.count()
    rows = list(ended.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        _take_away(row, now=now)
        audit.record(Tag.CASE_ANONYMISE, by=by, on=row, now=now)
    return len(rows)


def _take_away(row: Case, *, now: datetime) -> None:
    for name in WORDS:
        setattr(row, name, "")
    row.answers, row.about_member, row.anonymised_at = [], None, now
    row.save(update_fields=[*WORDS, "answers", "about_member", "anonymised_at"])
    StepNote.objects.filter(step__case=row).delete()
    take_photos_away(row)
    asker = Asker.objects.get(case=row)
    for name in SEALED:
        setattr(asker, name, "")
    asker.member, asker.phone_index, asker.code_index, asker.wants_word = None, "", "", False
    asker.save()

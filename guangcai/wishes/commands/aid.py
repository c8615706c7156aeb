"""Programmes of aid and their counted outcomes (A70, A71, A72)."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.wishes import gift_rules as rules
from guangcai.wishes.models import AidKind, AidMeasure, AidOutcome, AidProgramme


@transaction.atomic
def add_programme(
    *,
    community: Node,
    kind: AidKind,
    title: str,
    run_by: str,
    since: date,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> AidProgramme:
    """Write a programme down, from a day on. The same id sent again is the same programme. Raises RuleBroken(field)."""
    by.require(Permission.WISH_EDIT, community.path)
    rules.check_programme(title=title, run_by=run_by, since=since, today=localdate(now))
    words = {"title": title.strip(), "run_by": run_by.strip()}
    if found := already(AidProgramme, id, community_id=community.pk, kind_id=kind.pk, since=since, **words):
        return found
    try:
        with transaction.atomic():
            row = AidProgramme.objects.create(
                **of_community(community),
                **words,
                id=id or new_id(),
                kind=kind,
                since=since,
                added_at=now,
                added_by=by.user_id,
            )
    except IntegrityError as error:
        if "programme_title_once" not in str(error):
            raise
        raise RuleBroken(_("A programme of this name runs already."), field="title", code="title_taken") from error
    audit.record(Tag.PROGRAMME_ADD, by=by, on=row, now=now, kind=kind.code)
    return row


@transaction.atomic
def end_programme(*, programme: AidProgramme, ended_on: date, by: Actor, now: datetime) -> AidProgramme:
    """The programme no longer runs after a day; its outcomes stay. Harmless twice."""
    by.require(Permission.WISH_EDIT, programme.path)
    row = _locked(programme.pk)
    if row.ended_on is not None:
        return row
    last = row.outcomes.standing().aggregate(last=Max("on"))["last"]
    rules.check_programme_end(ended_on=ended_on, since=row.since, today=localdate(now), last=last)
    row.ended_on = ended_on
    row.save(update_fields=["ended_on"])
    audit.record(Tag.PROGRAMME_END, by=by, on=row, now=now)
    return row


@transaction.atomic
def note_outcome(
    *,
    programme: AidProgramme,
    measure: AidMeasure,
    on: date,
    count: int,
    source: str,
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> AidOutcome:
    """Write down so many of something on a day. The same id again is the same outcome. Raises RuleBroken(field)."""
    by.require(Permission.WISH_EDIT, programme.path)
    row = _locked(programme.pk)
    content = {"measure_id": measure.pk, "on": on, "count": count, "source": source.strip()}
    if found := already(AidOutcome, id, programme_id=row.pk, **content):
        return found
    rules.check_outcome(count=count, on=on, source=source, since=row.since, ended_on=row.ended_on, today=localdate(now))
    made = AidOutcome.objects.create(
        **of_community(row.community), **content, id=id or new_id(), programme=row, noted_at=now, noted_by=by.user_id
    )
    audit.record(Tag.OUTCOME_NOTE, by=by, on=made, now=now, measure=measure.code)
    return made


@transaction.atomic
def correct_outcome(
    *, outcome: AidOutcome, count: int, reason: str, by: Actor, now: datetime, id: UUID | None = None
) -> AidOutcome:
    """Put the right number in the place of a wrong one; 0 takes it back. Both stay readable."""
    by.require(Permission.WISH_EDIT, outcome.path)
    row = _locked(outcome.programme_id)
    why = reason.strip()[: rules.LONGEST_REASON]
    if found := already(AidOutcome, id, corrects_id=outcome.pk, count=count, reason=why):
        return found
    is_corrected = AidOutcome.objects.filter(corrects=outcome).exists()
    rules.check_correction(count=count, reason=reason, is_corrected=is_corrected)
    made = AidOutcome.objects.create(
        **of_community(row.community),
        id=id or new_id(),
        programme=row,
        measure_id=outcome.measure_id,
        on=outcome.on,
        count=count,
        source=outcome.source,
        noted_at=now,
        noted_by=by.user_id,
        corrects=outcome,
        reason=why,
    )
    audit.record(Tag.OUTCOME_CORRECT, by=by, on=made, now=now)
    return made


def _locked(pk: UUID) -> AidProgramme:
    rows = AidProgramme.objects.select_for_update(of=("self",), no_key=True).select_related("community", "kind")
    return rows.get(pk=pk)

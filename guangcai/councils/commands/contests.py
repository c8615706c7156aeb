"""The competition of joint projects: opened with its scoring sheet, entered, scored, shortlisted, published (A37)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.councils import rules
from guangcai.councils.commands.bodies import same_lines
from guangcai.councils.models import Contest, ContestEntry, Criterion, Score
from guangcai.councils.queries.rights import require_runs, right_over
from guangcai.orgs.commands import check_unit_open, hold_unit
from guangcai.orgs.models import Node, WorkUnit


def _lock(pk: UUID) -> Contest:
    return Contest.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


@transaction.atomic
def open_contest(
    *,
    node: Node,
    name: str,
    closes_on: date,
    criteria: Sequence[tuple[str, int]],
    by: Actor,
    now: datetime,
    id: UUID | None = None,
) -> Contest:
    """Open a competition; criteria: name and weight in percent, 100 together. The same id is the same competition.

    Raises RuleBroken(field).
    """
    by.require(right_over(node.level), node.path)
    said = rules.check_said(name, _("Give the competition its name."), field="name", longest=rules.NAME_LENGTH)
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=node.pk)
    if found := already(Contest, id, node_id=node.pk, name=said, closes_on=closes_on):
        same_lines(found.criteria.values_list("name", "weight"), criteria)
        return found
    rules.check_closing_day(closes_on=closes_on, today=localdate(now))
    rules.check_weights([weight for _name, weight in criteria])
    rules.check_name_free(is_taken=Contest.objects.filter(node=node, name=said).exists())
    row = Contest.objects.create(
        id=id or new_id(),
        district_code=node.district_code,
        node=node,
        path=node.path,
        name=said,
        closes_on=closes_on,
        opened_at=now,
        opened_by=by.user_id,
    )
    Criterion.objects.bulk_create(
        Criterion(contest=row, district_code=row.district_code, position=position, name=one, weight=weight)
        for position, (one, weight) in enumerate(criteria, start=1)
    )
    audit.record(Tag.CONTEST_OPEN, by=by, on=row, now=now, criteria=len(criteria))
    return row


@transaction.atomic
def enter_contest(
    *, contest: Contest, work_unit: WorkUnit, title: str, text: str, by: Actor, now: datetime, id: UUID | None = None
) -> ContestEntry:
    """A unit's project enters, until the closing day. The same id sent again is the same entry."""
    require_runs(by, contest)
    unit = hold_unit(work_unit)
    row = _lock(contest.pk)
    content = {
        "title": rules.check_said(title, _("Give it a title."), field="title", longest=rules.TITLE_LENGTH),
        "text": rules.check_said(text, _("Say what the project is."), field="text", longest=rules.LONG_TEXT),
    }
    if found := already(ContestEntry, id, contest_id=row.pk, work_unit_id=work_unit.pk, **content):
        return found
    check_unit_open(unit)
    rules.check_contest_open(is_published=row.published_at is not None)
    rules.check_entering(closes_on=row.closes_on, today=localdate(now))
    made, is_new = ContestEntry.objects.get_or_create(
        contest=row,
        work_unit=work_unit,
        title=content["title"],
        district_code=row.district_code,
        defaults={"id": id or new_id(), "text": content["text"], "entered_at": now, "entered_by": by.user_id},
    )
    if is_new:
        audit.record(Tag.CONTEST_ENTER, by=by, on=made, now=now)
    return made


@transaction.atomic
def write_scores(
    *, entry: ContestEntry, judge: int, points: Mapping[Criterion, int], by: Actor, now: datetime
) -> list[Score]:
    """The sheet of one judge (a number, not a name) for one entry; written again it replaces his earlier one."""
    require_runs(by, entry.contest)
    contest = _lock(entry.contest_id)
    rules.check_contest_open(is_published=contest.published_at is not None)
    rules.check_points(points.values())
    rows = []
    for criterion, given in points.items():
        row, _new = Score.objects.update_or_create(
            entry=entry,
            criterion=criterion,
            judge=judge,
            district_code=entry.district_code,
            defaults={"points": given, "given_at": now, "given_by": by.user_id},
        )
        rows.append(row)
    audit.record(Tag.CONTEST_SCORE, by=by, on=entry, now=now, judge=judge, points=sum(points.values()))
    return rows


@transaction.atomic
def shortlist(*, contest: Contest, entries: Collection[UUID], by: Actor, now: datetime) -> int:
    """Exactly these entries are on the shortlist; how many. Raises RuleBroken once the result is published."""
    require_runs(by, contest)
    row = _lock(contest.pk)
    rules.check_contest_open(is_published=row.published_at is not None)
    rows = row.entries.all()
    rows.exclude(pk__in=entries).update(shortlisted_at=None, award="")
    rows.filter(pk__in=entries, shortlisted_at=None).update(shortlisted_at=now)
    count = rows.filter(shortlisted_at__isnull=False).count()
    audit.record(Tag.CONTEST_SHORTLIST, by=by, on=row, now=now, entries=count)
    return count


@transaction.atomic
def publish_contest(*, contest: Contest, awards: Mapping[UUID, str], by: Actor, now: datetime) -> Contest:
    """Publish the result: awards in words by entry of the shortlist. It stays as it is. Harmless twice."""
    require_runs(by, contest)
    row = _lock(contest.pk)
    if row.published_at is not None:
        return row
    rules.check_has_shortlist(count=row.entries.filter(shortlisted_at__isnull=False).count())
    for entry in row.entries.filter(shortlisted_at__isnull=False, pk__in=awards):
        entry.award = awards[entry.pk].strip()[:40]
        entry.save(update_fields=["award"])
    row.published_at, row.published_by = now, by.user_id
    row.save(update_fields=["published_at", "published_by"])
    audit.record(Tag.CONTEST_PUBLISH, by=by, on=row, now=now)
    return row

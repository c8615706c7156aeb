"""Closing a quarter: every sheet to every work unit is drafted from postings in four statements (A48, A50).

A community of a hundred and a district of a million are the same statements: only the node differs. A supplement is
what the ledger says of the quarter now less what its sheets say already: nothing can fall between two of them, however
a confirmation and a close cross each other.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localtime

from guangcai.appraisal.models import QuarterClose
from guangcai.appraisal.queries.news import crossed_closes
from guangcai.appraisal.rules import Quarter, check_quarter_over
from guangcai.core import audit, jobs
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.models import Job
from guangcai.core.permissions import Permission
from guangcai.core.scoping import upper_bound
from guangcai.orgs.models import Node

OPEN_CLOSES = """
INSERT INTO appraisal_quarterclose (id, district_code, community_id, path, quarter, as_of, closed_by)
SELECT core_new_id(), left(code, 6), id, path, %(quarter)s, %(now)s, %(by)s
FROM orgs_node
WHERE level = 'community' AND path >= %(path)s AND path < %(beyond)s
    AND valid_from <= %(last)s AND (valid_to IS NULL OR valid_to > %(first)s)
ON CONFLICT DO NOTHING
RETURNING id
"""

# A posting counts for the unit that employed the member on the day he served.
SERVED = """
CREATE TEMPORARY TABLE appraisal_draft ON COMMIT DROP AS
WITH closing AS (
    SELECT id, community_id, path, district_code FROM appraisal_quarterclose WHERE id = ANY(%(closes)s)
), served AS (
    SELECT closing.id AS close_id, job.work_unit_id, posting.member_id,
        sum(posting.minutes) AS minutes, sum(posting.deeds) AS deeds,
        sum(CASE WHEN posting.minutes < 0 OR posting.deeds < 0 THEN -1 ELSE 1 END) AS services
    FROM ledger_posting AS posting
    JOIN closing ON closing.community_id = posting.community_id
    JOIN members_employment AS job ON job.member_id = posting.member_id
        AND job.since <= posting.served_on AND (job.until IS NULL OR job.until > posting.served_on)
    WHERE posting.served_on BETWEEN %(first)s AND %(last)s AND posting.confirmed_at <= %(now)s
    GROUP BY 1, 2, 3
), """

SUMS = """
SELECT close_id, work_unit_id, member_id, sum(minutes)::int AS minutes, sum(deeds)::int AS deeds,
    sum(services)::int AS services
FROM (SELECT * FROM served UNION ALL SELECT * FROM others) AS lines
GROUP BY 1, 2, 3
"""

# A member who lives here and served nobody stands on the sheet of his unit on the quarter's last day, with zeros.
HERE = """others AS (
    SELECT closing.id, job.work_unit_id, home.member_id, 0, 0, 0
    FROM members_residence AS home
    JOIN closing ON closing.community_id = home.community_id
    JOIN members_employment AS job ON job.member_id = home.member_id
        AND job.since <= %(last)s AND (job.until IS NULL OR job.until > %(last)s)
    JOIN members_member AS member ON member.id = home.member_id
        AND member.merged_into_id IS NULL AND member.ended_at IS NULL
    WHERE home.since <= %(last)s AND (home.until IS NULL OR home.until > %(last)s)
)"""

# What the sheets say already is taken off; a line of a merged record speaks of the record that stayed.
WRITTEN = """others AS (
    SELECT sheet.close_id, sheet.work_unit_id, coalesce(member.merged_into_id, member.id),
        -line.minutes, -line.deeds, -line.services
    FROM appraisal_feedbacksheet AS sheet
    JOIN appraisal_feedbackline AS line ON line.sheet_id = sheet.id
    JOIN members_member AS member ON member.id = line.member_id
    WHERE sheet.close_id = ANY(%(closes)s)
)"""
DIFFERS = "HAVING sum(minutes) <> 0 OR sum(deeds) <> 0 OR sum(services) <> 0"

DRAFT = SERVED + HERE + SUMS
DIFFERENCE = SERVED + WRITTEN + SUMS + DIFFERS

SHEETS = """
INSERT INTO appraisal_feedbacksheet (id, district_code, community_id, path, close_id, work_unit_id, quarter,
    supplement_no, number, as_of, answer, answer_text, reply)
SELECT core_new_id(), closing.district_code, closing.community_id, closing.path, closing.id, unit.work_unit_id,
    closing.quarter, unit.supplement_no, '', %(now)s, '', '', ''
FROM (
    SELECT draft.close_id, draft.work_unit_id, coalesce(max(sheet.supplement_no) + 1, 0) AS supplement_no
    FROM (SELECT DISTINCT close_id, work_unit_id FROM appraisal_draft) AS draft
    LEFT JOIN appraisal_feedbacksheet AS sheet USING (close_id, work_unit_id)
    GROUP BY 1, 2
) AS unit
JOIN appraisal_quarterclose AS closing ON closing.id = unit.close_id
RETURNING id, close_id
"""

LINES = """
INSERT INTO appraisal_feedbackline (id, district_code, community_id, path, sheet_id, member_id, minutes, deeds,
    services, posts, remark, is_exempt)
SELECT core_new_id(), sheet.district_code, sheet.community_id, sheet.path, sheet.id, draft.member_id,
    draft.minutes, draft.deeds, draft.services, '', '',
    EXISTS (SELECT FROM appraisal_exemption AS exemption WHERE exemption.member_id = draft.member_id
        AND exemption.since <= %(last)s AND (exemption.until IS NULL OR exemption.until > %(first)s))
FROM appraisal_draft AS draft
JOIN appraisal_feedbacksheet AS sheet USING (close_id, work_unit_id)
WHERE sheet.id = ANY(%(sheets)s)
"""

# What the member did, in the words of the service kinds, as they stood at the freeze.
POSTS = """
UPDATE appraisal_feedbackline AS line SET posts = left(done.kinds, 200)
FROM (
    SELECT own.id, string_agg(DISTINCT kind.name, ', ') AS kinds
    FROM appraisal_feedbackline AS own
    JOIN appraisal_feedbacksheet AS sheet ON sheet.id = own.sheet_id
    JOIN ledger_serviceentry AS entry ON entry.member_id = own.member_id AND entry.community_id = own.community_id
        AND entry.served_on BETWEEN %(first)s AND %(last)s AND entry.reverses_id IS NULL
    JOIN ledger_posting AS posting ON posting.entry_id = entry.id AND posting.confirmed_at <= %(now)s
    JOIN members_servicekind AS kind ON kind.id = entry.kind_id
    WHERE own.sheet_id = ANY(%(sheets)s) AND own.services > 0
    GROUP BY own.id
) AS done
WHERE line.id = done.id
"""


@dataclass(frozen=True)
class Closed:
    """What a close did: communities newly closed, sheets drafted, members on them."""

    communities: int
    sheets: int
    lines: int


@dataclass(frozen=True)
class _Drafted:
    """Sheets by close, and members on them."""

    sheets: Counter[UUID]
    lines: int


class Advance(Protocol):
    """Say that `steps` more are done."""

    def __call__(self, steps: int = 1) -> None: ...


STEPS = 5
CLOSE_JOB = "appraisal.close_quarter"


def _silent(steps: int = 1) -> None:
    """Nobody watches."""


@transaction.atomic
def ask_to_close(*, job_id: UUID | None = None, community: Node, quarter: Quarter, by: Actor, now: datetime) -> Job:
    """Have the background close `quarter` for one community; sent twice with the same `job_id` it is one job.

    Refused here and now what close_quarter would refuse: a running quarter, no right.
    """
    by.require(Permission.FEEDBACK_EDIT, community.path)
    check_quarter_over(quarter, today=localtime(now).date())
    asked = {"community": community.code, "quarter": str(quarter)}
    return jobs.enqueue(CLOSE_JOB, by=by, now=now, path=community.path, job_id=job_id, **asked)


@transaction.atomic
def close_quarter(*, node: Node, quarter: Quarter, by: Actor, now: datetime, advance: Advance = _silent) -> Closed:
    """Close `quarter` for every community under `node` that has not closed it, and draft its feedback sheets.

    Two at once close once: the second finds nothing left to do. advance: called after each of STEPS.
    Raises RuleBroken while the quarter runs. Source: A50.
    """
    by.require(Permission.FEEDBACK_EDIT, node.path)
    check_quarter_over(quarter, today=localtime(now).date())
    values = _values(quarter, by=by, now=now) | {"path": node.path, "beyond": upper_bound(node.path)}
    with connection.cursor() as cursor:
        cursor.execute(OPEN_CLOSES, values)
        closes = [row[0] for row in cursor.fetchall()]
    advance(1)
    if not closes:
        return Closed(communities=0, sheets=0, lines=0)
    drafted = _draft(closes, values, advance=advance)
    closed = Closed(communities=len(closes), sheets=drafted.sheets.total(), lines=drafted.lines)
    audit.record(
        Tag.QUARTER_CLOSE,
        by=by,
        now=now,
        path=node.path,
        quarter=str(quarter),
        communities=closed.communities,
        sheets=closed.sheets,
    )
    return closed


@transaction.atomic
def draft_supplements(*, close: QuarterClose, by: Actor, now: datetime) -> Closed:
    """Draft a supplement to every unit of which the ledger says something else than its sheets: no silent change.

    No difference, no supplement. Sheets not yet approved are no reason to wait: the supplement says what came later.
    """
    by.require(Permission.FEEDBACK_EDIT, close.path)
    close = QuarterClose.objects.select_for_update().get(pk=close.pk)
    drafted = _draft([close.pk], _values(Quarter.parse(close.quarter), by=by, now=now), statement=DIFFERENCE)
    return _supplemented([close], [drafted], by=by, now=now)


@transaction.atomic
def draft_missing_supplements(*, by: Actor, now: datetime) -> Closed:
    """Draft the supplements of every close that a confirmation crossed: stamped before a freeze, committed after it.

    Nobody would miss it, so nobody is waited for. Found in one reading, drafted in four statements for each quarter
    concerned; under the lock of the closes the difference is reckoned again, so that two at once draft once.
    """
    closes = list(QuarterClose.objects.select_for_update().filter(pk__in=crossed_closes()).order_by("pk"))
    for close in closes:
        by.require(Permission.FEEDBACK_EDIT, close.path)
    drafted = []
    for quarter in sorted({close.quarter for close in closes}):
        own = [close.pk for close in closes if close.quarter == quarter]
        drafted.append(_draft(own, _values(Quarter.parse(quarter), by=by, now=now), statement=DIFFERENCE))
    return _supplemented(closes, drafted, by=by, now=now)


def _supplemented(closes: list[QuarterClose], drafted: list[_Drafted], *, by: Actor, now: datetime) -> Closed:
    """A line of audit for each close that got a supplement, and what they come to."""
    sheets = sum((one.sheets for one in drafted), Counter[UUID]())
    for close in closes:
        if close.pk in sheets:
            audit.record(Tag.FEEDBACK_SUPPLEMENT, by=by, now=now, on=close, sheets=sheets[close.pk])
    return Closed(communities=len(sheets), sheets=sheets.total(), lines=sum(one.lines for one in drafted))


def _values(quarter: Quarter, *, by: Actor, now: datetime) -> dict[str, Any]:
    return {
        "quarter": str(quarter),
        "first": quarter.starts_on,
        "last": quarter.ends_on,
        "now": now,
        "by": by.user_id,
    }


def _draft(
    closes: list[UUID], values: dict[str, Any], *, statement: str = DRAFT, advance: Advance = _silent
) -> _Drafted:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS appraisal_draft")
        cursor.execute(statement, values | {"closes": closes})
        advance(1)
        cursor.execute(SHEETS, values)
        found = cursor.fetchall()
        sheets = {"sheets": [row[0] for row in found]}
        advance(1)
        cursor.execute(LINES, values | sheets)
        lines = cursor.rowcount
        advance(1)
        cursor.execute(POSTS, values | sheets)
        advance(1)
    return _Drafted(sheets=Counter(close for _sheet, close in found), lines=lines)

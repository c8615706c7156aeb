"""Drafting the yearly appraisal (A51) from the ledger, by the rule in force: one statement for all members."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from guangcai.appraisal.models import Appraisal
from guangcai.appraisal.queries.counts import duties
from guangcai.appraisal.queries.standing import STANDING, standing_values
from guangcai.appraisal.rules import check_year
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden
from guangcai.core.permissions import Permission
from guangcai.core.scoping import covers, under
from guangcai.members.models import Residence
from guangcai.orgs.models import Node
from guangcai.orgs.models.organisations import in_force

INSERT = """
INSERT INTO appraisal_appraisal (id, district_code, community_id, path, member_id, work_unit_id, year, minutes, deeds,
    duty_minutes, duty_deeds, verdict, as_of, own_words, opinion, opinion_text)
"""
# Approved ones stay as they are, whoever approves meanwhile: the row is looked at again under its lock.
SELECT = """
SELECT core_new_id(), left(community.code, 6), community.id, community.path, member_id, work_unit_id, %(year)s,
    minutes, deeds, owed_minutes, owed_deeds, verdict, %(now)s, '', '', ''
FROM standing JOIN orgs_node AS community ON community.id = standing.community_id
ORDER BY member_id
ON CONFLICT (district_code, member_id, year) DO UPDATE
SET community_id = excluded.community_id, path = excluded.path, work_unit_id = excluded.work_unit_id,
    minutes = excluded.minutes, deeds = excluded.deeds, duty_minutes = excluded.duty_minutes,
    duty_deeds = excluded.duty_deeds, verdict = excluded.verdict, as_of = excluded.as_of
WHERE appraisal_appraisal.approved_at IS NULL
"""
DRAFT = INSERT + STANDING + SELECT


@transaction.atomic
def draft_appraisals(*, node: Node | None = None, year: int, by: Actor, now: datetime) -> int:
    """Draft, or bring up to date, the appraisal of every member who lives under `node`; returns how many.

    Without a node: everywhere where `by` may, all or none. Approved ones stay as they are. The duty of each community
    is the rule in force there on 1 January, pro rata for the days a member lived in the district's communities, less
    exempt days. Six statements for each subtree, whatever the number of members. Source: A43, A51.
    """
    paths = [node.path] if node else _widest(by.paths_with(Permission.APPRAISAL_EDIT))
    if not paths:
        raise Forbidden()
    today = localtime(now).date()
    check_year(year, today=today)
    day, drafted = min(date(year, 12, 31), today), 0
    for path in paths:
        by.require(Permission.APPRAISAL_EDIT, path)
        homes = Residence.objects.filter(in_force(day), under("community__path", [path]))
        count = _draft(homes, year=year, day=day, now=now)
        audit.record(Tag.APPRAISAL_DRAFT, by=by, now=now, path=path, year=year, count=count)
        drafted += count
    return drafted


def _widest(paths: Iterable[str]) -> list[str]:
    """Each subtree once: those that lie under none of the others."""
    different = set(paths)
    return sorted(path for path in different if not covers(different - {path}, path))


def redraft(*, members: Iterable[UUID], now: datetime) -> int:
    """Bring the drafts of these members up to date, in every year that has one; returns how many."""
    keys, today = list(members), localtime(now).date()
    years = Appraisal.objects.filter(member__in=keys, approved_at=None).values_list("year", flat=True).distinct()
    drafted = 0
    for year in sorted(years):
        day = min(date(year, 12, 31), today)
        homes = Residence.objects.filter(in_force(day), member__in=keys)
        drafted += _draft(homes, year=year, day=day, now=now, members=keys)
    return drafted


def _draft(
    homes: "QuerySet[Residence]", *, year: int, day: date, now: datetime, members: list[UUID] | None = None
) -> int:
    values = standing_values(duties(homes, year=year), year=year, day=day, only_current=True)
    with connection.cursor() as cursor:
        cursor.execute(DRAFT, values | {"members": members, "now": now})
        return cursor.rowcount

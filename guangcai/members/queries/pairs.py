"""Two records side by side: enough to tell two people of one name apart, and never more (design rule 6)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask
from guangcai.members.models import DuplicatePair, Member


@dataclass(frozen=True)
class Side:
    """One of the two records."""

    member: Member
    key: str
    name: str
    work_unit: str
    community: str
    building: str
    phone: str
    links: int
    is_mine: bool


def compare(pair: DuplicatePair, *, actor: Actor) -> tuple[Side, Side]:
    """Both records of a pair, in one query."""
    job = FilteredRelation("employments", condition=Q(employments__until=None))
    rows: Any = (
        Member.objects.filter(pk__in=[pair.first_id, pair.second_id])
        .select_related("community", "building")
        .annotate(job=job, unit_name=F("job__work_unit__name"))
        .annotate(links=Count("residences", distinct=True) + Count("report_ins", distinct=True))
    )
    found = {row.pk: row for row in rows}
    first, second = found[pair.first_id], found[pair.second_id]
    return _side(first, "first", actor), _side(second, "second", actor)


def _side(member: Any, key: str, actor: Actor) -> Side:
    return Side(
        member=member,
        key=key,
        name=member.name,
        work_unit=member.unit_name or "",
        community=str(member.community or ""),
        building=str(member.building or ""),
        phone=mask(member.phone),
        links=member.links,
        is_mine=actor.can(Permission.ROSTER_EDIT, member.path),
    )

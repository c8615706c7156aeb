"""Records that may be one person: found by phone, and by name + unit + building; offered as pairs, never merged
silently."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F, FilteredRelation, Q, QuerySet

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.enums import DuplicateReason
from guangcai.members.models import DuplicatePair, Member

# More records of one phone or name than this are a list that shares a number, not one person written often.
MOST_ALIKE = 20


class Alike(NamedTuple):
    """What two records of one person share."""

    id: UUID
    district_code: str
    phone_index: str
    name: str
    work_unit_id: int | None
    building_id: int | None


@transaction.atomic
def find_duplicates(*, path: str, by: Actor, now: datetime) -> int:
    """Look through the whole roster under `path` and offer new pairs; returns how many. Twice adds nothing."""
    by.require(Permission.ROSTER_EDIT, path)
    members = Member.objects.current().filter(under("path", [path]))
    found = offer_duplicates(members, now=now)
    audit.record(Tag.DUPLICATE_FIND, by=by, now=now, path=path, count=found)
    return found


@transaction.atomic
def dismiss_duplicate(*, pair: DuplicatePair, by: Actor, now: datetime) -> DuplicatePair:
    """Two persons for good: the pair is not offered again. Twice is harmless."""
    require_either(pair, by=by)
    pair = DuplicatePair.objects.select_for_update(of=["self"]).get(pk=pair.pk)
    if pair.decided_at is None:
        pair.decided_at, pair.decided_by, pair.is_same_person = now, by.user_id, False
        pair.save(update_fields=["decided_at", "decided_by", "is_same_person"])
        audit.record(Tag.DUPLICATE_DISMISS, by=by, on=pair, now=now, path=pair.first.path)
    return pair


def require_either(pair: DuplicatePair, *, by: Actor) -> None:
    """Whoever keeps the roster of one of the two may tell them apart."""
    if not by.can(Permission.ROSTER_EDIT, pair.first.path):
        by.require(Permission.ROSTER_EDIT, pair.second.path)


def offer_duplicates(members: "QuerySet[Member] | Iterable[Member]", *, now: datetime) -> int:
    """Offer every pair of which one record is among `members`; three queries however many there are."""
    if isinstance(members, QuerySet):
        wanted = members
    else:
        wanted = Member.objects.filter(pk__in=[member.pk for member in members])
    new = {row.id: row for row in _alike(wanted)}
    phones = {row.phone_index for row in new.values() if row.phone_index}
    names = {row.name for row in new.values() if row.work_unit_id}
    others = Member.objects.current().filter(Q(phone_index__in=phones) | Q(name__in=names))
    everybody = {row.id: row for row in _alike(others)} | new
    pairs: dict[tuple[UUID, UUID], tuple[str, DuplicateReason]] = {}
    for first, second, reason in _pairs(everybody.values()):
        if first.id in new or second.id in new:
            low, high = sorted([first, second], key=lambda row: row.id)
            pairs.setdefault((low.id, high.id), (low.district_code, reason))
    return _write(pairs, now=now)


def _alike(members: "QuerySet[Member]") -> Iterator[Alike]:
    job = FilteredRelation("employments", condition=Q(employments__until=None))
    columns = ("id", "district_code", "phone_index", "name", "unit", "building_id")
    rows = members.annotate(job=job, unit=F("job__work_unit_id")).order_by("pk")
    return (Alike(*row) for row in rows.values_list(*columns))


def _pairs(rows: Iterable[Alike]) -> Iterator[tuple[Alike, Alike, DuplicateReason]]:
    by_phone, by_name = defaultdict(list), defaultdict(list)
    for row in rows:
        if row.phone_index:
            by_phone[row.phone_index].append(row)
        if row.work_unit_id:
            by_name[row.name, row.work_unit_id].append(row)
    for group in by_phone.values():
        for first, second in combinations(group[:MOST_ALIKE], 2):
            yield first, second, DuplicateReason.SAME_PHONE
    for group in by_name.values():
        for first, second in combinations(group[:MOST_ALIKE], 2):
            # A unit's list knows no building: unknown on one side is no difference.
            if first.building_id == second.building_id or not (first.building_id and second.building_id):
                yield first, second, DuplicateReason.SAME_NAME_UNIT_BUILDING


def _write(pairs: dict[tuple[UUID, UUID], tuple[str, DuplicateReason]], *, now: datetime) -> int:
    known = DuplicatePair.objects.filter(first__in=[low for low, _high in pairs]).values_list("first_id", "second_id")
    for pair in known:
        pairs.pop(pair, None)
    rows = [
        DuplicatePair(id=new_id(), district_code=district, first_id=low, second_id=high, reason=reason, found_at=now)
        for (low, high), (district, reason) in pairs.items()
    ]
    # A colleague who looks at the same moment may be faster: his row is as good.
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)

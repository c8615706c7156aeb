"""What must be true of the whole roster (`guangcai verify`). Reports name ids only."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q

from guangcai.core.crypto import CannotOpen
from guangcai.core.invariants import invariant
from guangcai.members import keys, merging
from guangcai.members.models import (
    DuplicatePair,
    Employment,
    Member,
    OrgRelation,
    ReportIn,
    Residence,
    UnitReceipt,
)

# Keys are recomputed on so many members: opening a whole district's phones would take minutes.
SAMPLE = 500


@invariant("members.member.place_is_open_residence")
def places_equal_open_residences() -> Iterator[str]:
    """Community, path and building repeat the open residence; without one there is neither community nor building."""
    home = FilteredRelation("residences", condition=Q(residences__until=None))
    members = Member.objects.annotate(home=home)
    differs = Q(home__pk__isnull=False) & (
        Q(community=None)
        | ~Q(community=F("home__community"))
        | ~Q(path=F("home__path"))
        | Q(building=None, home__building__isnull=False)
        | Q(building__isnull=False, home__building=None)
        | (Q(building__isnull=False) & ~Q(building=F("home__building")))
    )
    homeless = Q(home__pk=None) & (Q(community__isnull=False) | Q(building__isnull=False))
    for key in members.filter(differs | homeless).values_list("pk", flat=True):
        yield f"member {key}"


@invariant("members.links.one_open")
def one_open_link_of_each_kind() -> Iterator[str]:
    """The exclusion constraints say so; a restored or repaired database is asked again."""
    kinds: tuple[type[Residence] | type[Employment] | type[OrgRelation], ...] = (Residence, Employment, OrgRelation)
    for kind in kinds:
        several = kind.objects.filter(until=None).values("member").annotate(n=Count("pk")).filter(n__gt=1)
        for row in several:
            yield f"member {row['member']} has {row['n']} open {kind._meta.model_name}"


@invariant("members.links.none_open_after_end")
def ended_members_have_no_open_link() -> Iterator[str]:
    for key in Member.objects.filter(
        ended_at__isnull=False, residences__until=None, residences__isnull=False
    ).values_list("pk", flat=True):
        yield f"member {key}"


@invariant("members.member.keys")
def keys_are_what_they_are_made_of() -> Iterator[str]:
    """Phone indexes and pinyin of the newest members equal what their name and phone give."""
    for member in Member.objects.order_by("-pk")[:SAMPLE]:
        kept = _keys_of(member)
        try:
            keys.identify(member, phone=member.phone)
        except CannotOpen:
            yield f"member {member.pk}: the phone does not open"
            continue
        if _keys_of(member) != kept:
            yield f"member {member.pk}"


def _keys_of(member: Member) -> tuple[str, ...]:
    names = ("phone_index", "phone_tail_index", "name_pinyin", "name_initials", "name_sort")
    return tuple(getattr(member, name) for name in names)


@invariant("members.member.merged_is_empty")
def merged_records_have_no_relations() -> Iterator[str]:
    """Everything followed the merge, in every room; and no merged record leads to another merged one."""
    merged = Member.objects.filter(merged_into__isnull=False)
    for name, column in merging.relations().items():
        if name == "members.member.merged_into":
            continue
        rows = merging.pointing(name, column, merged)
        for key in rows.values_list("pk", flat=True)[:SAMPLE]:
            yield f"{name} {key}"
    for key in merged.filter(merged_into__merged_into__isnull=False).values_list("pk", flat=True):
        yield f"member {key} leads to a merged record"


@invariant("members.pairs.open_are_current")
def open_pairs_are_of_current_members() -> Iterator[str]:
    merged = DuplicatePair.objects.open().filter(
        Q(first__merged_into__isnull=False) | Q(second__merged_into__isnull=False)
    )
    for key in merged.values_list("pk", flat=True):
        yield f"pair {key}"


# One pass over the residences, however many communities count.
RECEIPTS = """
SELECT c.prefix, coalesce(r.used, 0), c.last
FROM (SELECT *, community_code || '-' || year || '-' AS prefix FROM members_receiptcounter) AS c
LEFT JOIN (
    SELECT district_code, left(receipt_no, length(receipt_no) - strpos(reverse(receipt_no), '-') + 1) AS prefix,
        count(*) AS used
    FROM members_residence GROUP BY 1, 2
) AS r ON r.district_code = c.district_code AND r.prefix = c.prefix
WHERE coalesce(r.used, 0) <> c.last ORDER BY c.prefix
"""


@invariant("members.receipts.whole")
def receipts_are_complete() -> Iterator[str]:
    """Numbers of a community and year run from 1 to the counter without a gap; receipts of units are of residences
    in the same district; accepted slips lead to their own member's residence."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS)
        for prefix, used, last in cursor.fetchall():
            yield f"receipts {prefix}: {used} used, counter at {last}"
    for key in UnitReceipt.objects.exclude(district_code=F("residence__district_code")).values_list("pk", flat=True):
        yield f"unit receipt {key}"
    own = Residence.objects.filter(pk=OuterRef("residence"), member=OuterRef("member"))
    for key in ReportIn.objects.filter(~Exists(own), is_accepted=True).values_list("pk", flat=True):
        yield f"report-in {key}"

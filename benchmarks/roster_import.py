"""B2: a roster of 100,000 rows and 15 columns, imported; beside the limit, calamine + COPY of the same cells alone.

    python -m benchmarks.roster_import [--rows 100000] [--peer PYTHON]

Prints JSON: seconds and megabytes (the largest this process was, its reader counted apart) of both, and their ratio.
Works in a database of its own, which it drops at the end.
"""

import argparse
import io
import json
import random
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any

DATABASE = "guangcai_bench_roster"
ROWS = 100_000
UNITS, BUILDINGS = 300, 200
SURNAMES = (
    "\u738b\u674e\u5f20\u5218\u9648\u6768\u8d75\u9ec4\u5468\u5434\u5f90\u5b59\u80e1\u6731\u9ad8\u6797\u4f55\u90ed"
    "\u9a6c\u7f57\u6881\u5b8b\u90d1\u8c22\u97e9\u5510\u51af\u4e8e\u8463\u8427"
)
GIVEN = "".join(chr(code) for code in range(0x6587, 0x6587 + 120))
HEADERS = [
    "\u5e8f\u53f7",
    "\u59d3\u540d",
    "\u6027\u522b",
    "\u51fa\u751f\u65e5\u671f",
    "\u624b\u673a\u53f7\u7801",
    "\u5de5\u4f5c\u5355\u4f4d",
    "\u804c\u52a1",
    "\u804c\u4e1a",
    "\u5165\u515a\u65f6\u95f4",
    "\u515a\u5458\u7c7b\u578b",
    "\u7c7b\u522b",
    "\u697c\u680b",
    "\u5c45\u4f4f\u5730\u5740",
    "\u7279\u957f",
    "\u5907\u6ce8",
]


def make_file(rows: int, seed: int = 1) -> bytes:
    """A workbook of invented people, the same for a seed."""
    import xlsxwriter

    rng = random.Random(seed)  # noqa: S311
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, HEADERS)
    for number in range(1, rows + 1):
        born = date(1960, 1, 1) + timedelta(days=rng.randrange(11_000))
        joined = born + timedelta(days=7_000 + rng.randrange(4_000))
        name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
        cells = [
            number,
            name,
            rng.choice(["\u7537", "\u5973"]),
            born.isoformat(),
            f"138{number:08d}",
            f"\u5355\u4f4d{rng.randrange(UNITS)}",
            rng.choice(["\u79d1\u5458", "\u4e3b\u4efb", "\u6559\u5e08"]),
            rng.choice(["\u6559\u5e08", "\u516c\u5b89", "\u533a\u673a\u5173"]),
            joined.isoformat(),
            "\u5728\u804c\u515a\u5458",
            "",
            f"{rng.randrange(BUILDINGS)}\u53f7\u697c",
            f"{rng.randrange(6) + 1}\u5355\u5143{rng.randrange(900) + 100}\u5ba4",
            rng.choice(["", "", "\u6444\u5f71\u6444\u50cf", "\u7406\u53d1"]),
            "",
        ]
        page.write_row(number, 0, cells)
    book.close()
    return out.getvalue()


def set_up() -> Any:
    """A district with one community, its houses and the units the file names."""
    from django.core.management import call_command
    from django.utils import timezone

    from guangcai.members.roster_import.known import Target
    from guangcai.orgs.enums import Level
    from guangcai.orgs.models import Node, WorkUnit

    call_command("migrate", verbosity=0)
    since, parent = date(2020, 1, 1), None
    for level, code in ((Level.DISTRICT, "990001"), (Level.STREET, "990001001000"), (Level.COMMUNITY, "990001001001")):
        parent = Node.objects.create(
            parent=parent,
            level=level,
            code=code,
            name=code,
            valid_from=since,
            path=f"{parent.path if parent else '/'}{code}/",
        )
    Node.objects.bulk_create(
        Node(
            parent=parent,
            level=Level.BUILDING,
            code=f"{parent.code}-{n}",
            name=f"{n}\u53f7\u697c",
            valid_from=since,
            path=f"{parent.path}{n}/",
        )
        for n in range(BUILDINGS)
    )
    district = Node.objects.get(code="990001")
    WorkUnit.objects.bulk_create(
        WorkUnit(name=f"\u5355\u4f4d{n}", node=district, path=district.path) for n in range(UNITS)
    )
    return Target(community=parent), timezone.now()


def the_limit(content: bytes) -> float:
    """calamine and COPY into a table with an index on name and phone: nothing checked, sealed or compared."""
    import python_calamine
    from django.db import connection, transaction

    began = time.perf_counter()
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"c{at} text" for at in range(len(HEADERS)))
        cursor.execute(f"CREATE TABLE limit_rows (id bigserial PRIMARY KEY, {columns})")
        cursor.execute("CREATE INDEX ON limit_rows (c1); CREATE INDEX ON limit_rows (c4)")
        names = ", ".join(f"c{at}" for at in range(len(HEADERS)))
        with cursor.copy(f"COPY limit_rows ({names}) FROM STDIN") as copy:
            copy.write("".join("\t".join(map(str, row)) + "\n" for row in rows[1:]))
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE limit_rows")
    return seconds


def the_import(content: bytes, target: Any, now: Any) -> tuple[float, Any]:
    from guangcai.core.actor import Actor
    from guangcai.members.commands import import_roster
    from guangcai.members.roster_import.sheet import open_sheet

    began = time.perf_counter()
    sheet = open_sheet(content)
    read = time.perf_counter() - began
    done = import_roster(sheet=sheet, target=target, by=Actor.system(), now=now, file_name="bench.xlsx")
    print(f"read {read:.2f} s", file=sys.stderr)
    return time.perf_counter() - began, done


def megabytes() -> dict[str, float]:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"program": round(own), "reader": round(reader)}


def measure(part: str, rows: int) -> dict[str, Any]:
    """One part in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.roster_import", "--rows", str(rows), "--part", part]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    sys.stderr.write(done.stderr)
    return json.loads(done.stdout)


def run_part(part: str, rows: int) -> dict[str, Any]:
    from guangcai.cli.boot import start_django

    start_django()
    content = make_file(rows)
    if part == "limit":
        return {"seconds": round(the_limit(content), 2), "megabytes": megabytes()}
    target, now = set_up()
    seconds, done = the_import(content, target, now)
    again, _done = the_import(content, target, now)
    return {
        "seconds": round(seconds, 2),
        "megabytes": megabytes(),
        "new": done.new,
        "problems": len(done.problems),
        "duplicates": len(done.duplicates),
        "again_seconds": round(again, 2),
    }


def main() -> None:
    import os

    from guangcai.cli import postgres

    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--part", choices=["limit", "import"])
    given = parser.parse_args()
    if given.part:
        print(json.dumps(run_part(given.part, given.rows)))
        return
    with postgres.hold():
        os.environ["DATABASE_URL"] = postgres.ensure(DATABASE)
        reset()
        try:
            limit = measure("limit", given.rows)
            imported = measure("import", given.rows)
        finally:
            reset()
    ratio = round(imported["seconds"] / limit["seconds"], 2)
    print(json.dumps({"rows": given.rows, "columns": len(HEADERS), "limit": limit, "import": imported, "ratio": ratio}))


def reset() -> None:
    """An empty database."""
    import os

    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    main()

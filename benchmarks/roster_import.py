"""B2: a roster of 100,000 rows and 15 columns, imported; beside two limits and a peer.

    python -m benchmarks.roster_import [--rows 100000]

The limits: calamine + COPY of the same cells alone, and the same with a check of every cell that is checked here. The
peer: django-import-export, default and in bulk, with 10,000 rows of the same file, extrapolated; it lives in an
environment of its own (`make bench` makes .venv-bench) and is named as missing without it. Prints JSON: wall seconds,
processor seconds of program, reader and server, megabytes, ratios. On a busy machine only processor seconds mean much.
Works in a database of its own on the private server, which it empties at the end.
"""

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.tree import Watch

DATABASE = "guangcai_bench_roster"
ROWS = 100_000
PEER_ROWS = 10_000
PEER = Path(__file__).resolve().parent.parent / ".venv-bench"
PEER_MODES = {"default", "bulk"}
PARTS = ("limit", "checked_limit", "import")
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


def copy_rows(lines: str) -> None:
    """COPY into a bare table with an index on name and phone."""
    from django.db import connection, transaction

    names = [f"c{at}" for at in range(len(HEADERS))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE limit_rows (id bigserial PRIMARY KEY, {', '.join(f'{n} text' for n in names)})")
        cursor.execute("CREATE INDEX ON limit_rows (c1); CREATE INDEX ON limit_rows (c4)")
        with cursor.copy(f"COPY limit_rows ({', '.join(names)}) FROM STDIN") as copy:
            copy.write(lines)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE limit_rows")


def the_limit(content: bytes) -> None:
    """calamine and COPY: nothing checked, sealed or compared."""
    import python_calamine

    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    copy_rows("".join("\t".join(map(str, row)) + "\n" for row in rows[1:]))


def the_checked_limit(content: bytes) -> None:
    """The same with the least checks that are checks: phones, names, dates and words of short lists."""
    import re

    import python_calamine

    phone, name = re.compile(r"1[3-9]\d{9}"), re.compile("[\u3400-\u9fff]{2,4}")
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    seen: set[str] = set()
    lines = []
    for row in rows[1:]:
        cells = list(map(str, row))
        if not (name.fullmatch(cells[1]) and phone.fullmatch(cells[4])) or cells[4] in seen:
            raise ValueError(cells)
        seen.add(cells[4])
        if date.fromisoformat(cells[3]) >= date.fromisoformat(cells[8]):
            raise ValueError(cells)
        lines.append("\t".join(cells) + "\n")
    copy_rows("".join(lines))


def the_import(content: bytes, target: Any, now: Any) -> Any:
    from guangcai.core.actor import Actor
    from guangcai.members.commands import import_roster
    from guangcai.members.roster_import.sheet import open_sheet

    sheet = open_sheet(content)
    return import_roster(sheet=sheet, target=target, by=Actor.system(), now=now, file_name="bench.xlsx")


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
    if part == "import":
        return imported(content)
    run = {"limit": the_limit, "checked_limit": the_checked_limit}[part]
    with Watch() as watch:
        run(content)
    return timed(watch) | {"megabytes": megabytes()}


def imported(content: bytes) -> dict[str, Any]:
    target, now = set_up()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Watch() as watch:
        done = the_import(content, target, now)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Watch() as again:
        the_import(content, target, now)
    reader = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)
    figures = timed(watch, reader=reader) | {"megabytes": megabytes(), "new": done.new}
    figures |= {"problems": len(done.problems), "duplicates": len(done.duplicates)}
    return figures | {"again_seconds": again.seconds}


def timed(watch: Watch, *, reader: float = 0.0) -> dict[str, Any]:
    used = {**watch.cpu, "reader": reader}
    return {"seconds": watch.seconds, "cpu_seconds": round(sum(value or 0 for value in used.values()), 2), "cpu": used}


def the_peer(rows: int) -> dict[str, Any]:
    """django-import-export with PEER_ROWS rows of the same file, scaled to `rows`."""
    if not PEER.is_dir():
        return {"missing": "django-import-export is not installed: `make bench` lays it into .venv-bench"}
    measured = min(rows, PEER_ROWS)
    command = [sys.executable, "-m", "benchmarks.roster_peer", str(measured)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(PEER)})
    if done.returncode:
        return {"missing": done.stderr.strip().splitlines()[-1]}
    taken = json.loads(done.stdout)
    return {
        "rows_measured": measured,
        **{mode: {"seconds": round(seconds * rows / measured, 2)} for mode, seconds in taken.items()},
    }


def main() -> None:
    from guangcai.cli import postgres

    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--part", choices=PARTS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(run_part(given.part, given.rows)))
        return
    if postgres.configured_url():
        raise SystemExit("DATABASE_URL is set: this benchmark empties its database, so it takes only the private one")
    with postgres.hold(DATABASE):
        os.environ["DATABASE_URL"] = postgres.url(DATABASE)
        reset()
        try:
            parts = {part: measure(part, given.rows) for part in PARTS}
            reset()
            peer = the_peer(given.rows)
        finally:
            reset()
    print(json.dumps({"rows": given.rows, "columns": len(HEADERS), **parts, "peer": peer, **ratios(parts, peer)}))


def ratios(parts: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """How many times the limits, in wall and in processor seconds; how many times faster than the peer."""
    ours = parts["import"]
    found: dict[str, Any] = {}
    for part in ("limit", "checked_limit"):
        for unit in ("seconds", "cpu_seconds"):
            found[f"{part}_ratio_{unit}"] = round(ours[unit] / parts[part][unit], 2)
    for mode in PEER_MODES & peer.keys():
        found[f"faster_than_peer_{mode}"] = round(peer[mode]["seconds"] / ours["seconds"], 1)
    return found


def reset() -> None:
    """An empty database."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    main()

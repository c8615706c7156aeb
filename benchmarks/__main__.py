"""`make bench`: every benchmark, one after the other, each in its own database beside its limit in the same run.

    python -m benchmarks [--only b1,b3] [--quick] [--keep] [--json FILE]

Prints one table and one JSON object, and with --keep rewrites docs/benchmarks.md and docs/benchmarks.json. Machines
drift: quote ratios of one run, never a lone time.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.table import COLUMNS, Line, lines

DOCS = Path(__file__).resolve().parent.parent / "docs"
# Name -> (number in the table, arguments of the whole run, arguments of the quick one).
BENCHMARKS: dict[str, tuple[str, list[str], list[str]]] = {
    "check_in": ("b1", [], ["--rounds", "1", "--quick"]),
    "roster_import": ("b2", [], ["--rows", "1000"]),
    "year_close": ("b3", [], ["--scale", "0.001"]),
    "matching": ("b4", [], ["--quick"]),
    "matching_store": ("b4", [], ["--quick"]),
    "tree": ("b5", ["--json"], ["--json", "--quick"]),
    "pages": ("b5", [], ["--without-country", "--members", "600", "--rounds", "2"]),
    "cases": ("b6", [], ["--quick"]),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="NAMES", help="numbers or names, comma between: b1, b3, pages")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that they run, measures little")
    parser.add_argument("--keep", action="store_true", help="rewrite docs/benchmarks.md and docs/benchmarks.json")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there instead of printing them")
    asked = parser.parse_args()
    if unknown := wanted(asked.only) - names():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(sorted(names()))}")
    chosen = [name for name in BENCHMARKS if not asked.only or wanted(asked.only) & {name, BENCHMARKS[name][0]}]
    measured = {name: run(name, quick=asked.quick) for name in chosen}
    shown = lines(measured)
    show(shown)
    written = json.dumps(
        {"machine": machine(), "table": [line.cells() for line in shown], "measured": measured}, indent=1
    )
    if asked.json:
        asked.json.write_text(written + "\n")
    else:
        print(written)
    if asked.keep:
        keep(shown, written)
    return 0 if all("error" not in figures for figures in measured.values()) else 1


def wanted(only: str) -> set[str]:
    return {part for part in only.lower().replace(" ", "").split(",") if part}


def names() -> set[str]:
    return set(BENCHMARKS) | {number for number, _whole, _small in BENCHMARKS.values()}


def run(name: str, *, quick: bool) -> dict[str, Any]:
    """One benchmark in a process of its own; its figures are the JSON object it prints."""
    _number, whole, small = BENCHMARKS[name]
    command = [sys.executable, "-m", f"benchmarks.{name}", *(small if quick else whole)]
    Console(stderr=True).print(f"{name} ...")
    done = subprocess.run(command, capture_output=True, text=True)
    start = done.stdout.find("{")
    if done.returncode or start < 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        return {"error": said[-1]}
    figures: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[start:])[0]
    return figures


def show(shown: list[Line]) -> None:
    table = Table(*COLUMNS)
    for line in shown:
        table.add_row(*line.cells())
    Console(width=None if sys.stdout.isatty() else 180).print(table)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory} GB, {system}"


def keep(shown: list[Line], written: str) -> None:
    """What was measured, for people and for the next run to compare with."""
    (DOCS / "benchmarks.json").write_text(written + "\n")
    page = [
        "# Benchmarks",
        "",
        "`make bench` runs them all, each beside its limit in the same run; `ARGS=--keep` rewrites this page and "
        "the JSON beside it, `ARGS='--only b3'` runs one. Machines drift: read ratios of one run, never a lone time.",
        "",
        f"Measured on {datetime.now(tz=UTC):%Y-%m-%d}: {machine()}. Client and server share the machine.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(f"| {' | '.join(line.cells())} |" for line in shown),
    ]
    (DOCS / "benchmarks.md").write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    sys.exit(main())

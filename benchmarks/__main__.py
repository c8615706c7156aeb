"""`make bench`: runs every benchmark, each with its limit in the same run, and writes what was measured.

    python -m benchmarks [NAME ...] [--quick] [--keep]

Prints a table, and with --keep writes docs/benchmarks.md and docs/benchmarks.json. Machines drift: quote ratios of one
run, never a lone time.
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

DOCS = Path(__file__).resolve().parent.parent / "docs"
# Name -> (title, arguments of the whole run, arguments of the quick one).
BENCHMARKS: dict[str, tuple[str, list[str], list[str]]] = {
    "check_in": ("B1 mass check-in over HTTP", [], ["--rounds", "1", "--quick"]),
    "roster_import": ("B2 roster import", [], ["--rows", "10000"]),
    "year_close": ("B3 quarter and year close", [], ["--scale", "0.02"]),
    "tree": ("B5 the tree of a country", ["--json"], ["--json"]),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=list(BENCHMARKS), default=[], help="which ones; all when left out")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that they run, measures little")
    parser.add_argument("--keep", action="store_true", help="write docs/benchmarks.md and docs/benchmarks.json")
    asked = parser.parse_args()
    measured = {name: run(name, quick=asked.quick) for name in asked.names or BENCHMARKS}
    show(measured)
    if asked.keep:
        keep(measured)
    return 0 if all("error" not in figures for figures in measured.values()) else 1


def run(name: str, *, quick: bool) -> dict[str, Any]:
    """One benchmark in a process of its own; its figures are the last JSON object it prints."""
    _title, whole, small = BENCHMARKS[name]
    command = [sys.executable, "-m", f"benchmarks.{name}", *(small if quick else whole)]
    done = subprocess.run(command, capture_output=True, text=True)
    start = done.stdout.find("{")
    if done.returncode or start < 0:
        return {"error": (done.stderr or done.stdout).strip().splitlines()[-1:]}
    figures: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout[start:])[0]
    return figures


def rows(figures: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested figures as lines of a table."""
    lines: list[tuple[str, str]] = []
    for key, value in figures.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            lines += rows(value, f"{name}.")
        else:
            lines.append((name, f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)))
    return lines


def show(measured: dict[str, dict[str, Any]]) -> None:
    for name, figures in measured.items():
        table = Table("figure", "value", title=BENCHMARKS[name][0])
        for line in rows(figures):
            table.add_row(*line)
        Console().print(table)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory} GB, {system}"


def keep(measured: dict[str, dict[str, Any]]) -> None:
    """What was measured, for people and for the next run to compare with."""
    (DOCS / "benchmarks.json").write_text(json.dumps(measured, indent=1) + "\n")
    page = [
        "# Benchmarks",
        "",
        f"Measured by `make bench` on {datetime.now(tz=UTC):%Y-%m-%d}: {machine()}. Client and server share the "
        "machine, and the machine drifts: read the ratios of one run.",
    ]
    for name, figures in measured.items():
        page += ["", f"## {BENCHMARKS[name][0]}", "", "| figure | value |", "|---|---|"]
        page += [f"| {key} | {value} |" for key, value in rows(figures)]
    (DOCS / "benchmarks.md").write_text("\n".join(page) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""`make bench` as a program: every benchmark runs at a small size and gives its rows; nothing here looks at a time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import BENCHMARKS, keep
from benchmarks.table import COLUMNS, Line, lines
from guangcai.cli import postgres

# What the table must show of each benchmark.
ROWS = {
    "check_in": {"B1 check-ins", "B1 beside the peer", "B1 batch of check-ins"},
    "roster_import": {"B2 roster import"},
    "year_close": {"B3 year close from scratch", "B3 year close from the kept roll-up"},
    "matching": {"B4 matching, whole district", "B4 points, community by community", "B4 left out"},
    "matching_store": {"B4 from the database, whole district", "B4 from the database, community by community"},
    "tree": {"B5 import of a country", "B5 count below a country", "B5 dashboard"},
    "pages": {"B5 seed", "B5 roster, page 500 (wide_desk)", "B5 overseer home (street)", "B5 confirmations (desk)"},
    "cases": {
        "B6 board (desk)",
        "B6 search, rare (street)",
        "B6 three rates, year (district)",
        "B6 intake",
        "B6 codes tried",
    },
}


def bench(*arguments: str, folder: Path) -> dict[str, Any]:
    """What `python -m benchmarks` wrote, run without the database of these tests."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    written = folder / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(written), *arguments]
    done = subprocess.run(command, cwd=postgres.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(written.read_text()))


@pytest.mark.nightly
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_quick_run_gives_its_rows(name: str, tmp_path: Path) -> None:
    written = bench("--only", name, folder=tmp_path)
    table = [dict(zip(COLUMNS, row, strict=True)) for row in written["table"]]
    assert ROWS[name] <= {row["benchmark"] for row in table}
    assert list(written["measured"]) == [name]
    assert all(row["measured"] != "-" for row in table if row["benchmark"] in ROWS[name])
    assert {row["met"] for row in table} <= {"yes", "no", "-"}


def test_every_benchmark_has_rows_even_without_figures() -> None:
    assert set(ROWS) == set(BENCHMARKS)
    for name in BENCHMARKS:
        assert all(line.met is None for line in lines({name: {}}))
    (failed,) = lines({"tree": {"error": "no npm"}})
    assert failed.cells() == ("tree", "-", "failed: no npm", "-", "-", "-", "no")


def test_ratio_and_goal_come_from_one_run() -> None:
    figures = {"seconds": {"best_statement": 4.0, "from_scratch": 5.0, "rollup_close": 1.0}}
    scratch, kept = lines({"year_close": figures})
    assert (scratch.cells()[4:], kept.cells()[4:]) == (("1.25", "<= 1.5", "yes"), ("0.25", "<= 0.2", "no"))


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "b9"],
        cwd=postgres.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "b9" in done.stderr


def test_the_page_is_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.__main__.DOCS", tmp_path)
    keep([Line("B3", "10", "1 s", "2 s", 0.5, "<= 1", met=True)], "{}")
    page = (tmp_path / "benchmarks.md").read_text()
    assert page.endswith("| B3 | 10 | 1 s | 2 s | 0.5 | <= 1 | yes |\n")
    assert (tmp_path / "benchmarks.json").read_text() == "{}\n"

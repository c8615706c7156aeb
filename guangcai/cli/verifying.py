"""Runs the registered invariants for `verify` and `restore`."""

from dataclasses import dataclass

import click

from guangcai.cli.language import _
from guangcai.cli.progress import progress
from guangcai.core import invariants
from guangcai.core.invariants import Broken


@dataclass(frozen=True)
class Report:
    checked: int
    broken: list[Broken]


def verify() -> Report:
    """Check every invariant against one moment of the database. Writes nothing."""
    codes = invariants.codes()
    broken: list[Broken] = []
    with progress(_("Checking"), total=len(codes)) as advance, invariants.one_moment():
        for code in codes:
            broken += invariants.broken_by(code)
            advance()
    return Report(len(codes), broken)


def print_report(report: Report) -> None:
    """One line per broken row on stderr, the sum on stdout."""
    for broken in report.broken:
        click.echo(f"{broken.code}: {broken.what}", err=True)
    click.echo(_("%(checked)d checked, %(broken)d broken") % {"checked": report.checked, "broken": len(report.broken)})

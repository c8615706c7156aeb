"""A roster from a unit's or a community's own table."""

import json
from dataclasses import replace
from pathlib import Path

import click
from django.utils import timezone

from guangcai.cli.language import _, why
from guangcai.cli.progress import progress
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.members import commands, queries
from guangcai.members.commands import RosterImport
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.sheet import RosterSheet, open_sheet

SHOWN = 50
HAS_PROBLEMS, UNREADABLE = 1, 2


@click.command(
    "import-roster",
    help=_(
        "Put the people of FILE (Excel or CSV, as it is) on the roster of a community or the list of a work unit. "
        "All of the file or nothing; the same file again changes nothing."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", default="", help=_("The community the people live in: code or name."))
@click.option("--work-unit", default="", help=_("The work unit whose list it is: name, short name or alias."))
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, write nothing."))
@click.option("--skip-problems", is_flag=True, help=_("Take the good rows, write the others to FILE.refused.xlsx."))
@click.option("--add-work-units", is_flag=True, help=_("Add work units that the file names and nobody knows."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def command(
    file: Path,
    community: str,
    work_unit: str,
    dry_run: bool,
    skip_problems: bool,
    add_work_units: bool,
    as_json: bool,
) -> None:
    now = timezone.now()
    if bool(community) == bool(work_unit):
        raise click.UsageError(_("Give --community or --work-unit."))
    target = queries.import_target(community=community, work_unit=work_unit, on=timezone.localdate(now))
    try:
        sheet = open_sheet(file.read_bytes(), file.name)
    except RuleBroken as refusal:
        _unreadable(file, refusal, as_json=as_json)
        raise click.exceptions.Exit(UNREADABLE) from refusal
    with progress(_("Importing the roster"), total=len(sheet.table)) as advance:
        done = commands.import_roster(
            sheet=sheet,
            target=target,
            file_name=file.name,
            skip_problems=skip_problems,
            add_work_units=add_work_units,
            dry_run=dry_run,
            by=Actor.system(),
            now=now,
            advance=advance,
        )
    if done.refused_file and skip_problems and not dry_run:
        done = _with_refused_beside(file, done)
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False))
    else:
        _report(done, target, file, dry_run=dry_run)
        _say_left_sheets(sheet)
    raise click.exceptions.Exit(HAS_PROBLEMS if done.problems else 0)


def _say_left_sheets(sheet: RosterSheet) -> None:
    if left := sheet.columns.left_sheets:
        words = {"sheet": sheet.table.sheet, "left": ", ".join(left)}
        click.echo(_("Only the sheet “%(sheet)s” was read, not: %(left)s") % words)


def _with_refused_beside(file: Path, done: RosterImport) -> RosterImport:
    """Write the refused rows beside the file. The good ones are on the roster by now: a closed folder is only said."""
    try:
        _beside(file).write_bytes(done.refused_file)
    except OSError as refusal:
        words = _("The refused rows could not be written to %(file)s: %(reason)s.")
        click.echo(words % {"file": _beside(file).name, "reason": why(refusal)}, err=True)
        return replace(done, refused_file=b"")
    return done


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.stem}.refused.xlsx")


def _unreadable(file: Path, refusal: RuleBroken, *, as_json: bool) -> None:
    if not as_json:
        click.echo(str(refusal), err=True)
        return
    problem = {"row": 0, "column": "", "code": refusal.code, "message": str(refusal)}
    empty = RosterImport(queries.sha256_of(file.read_bytes()), 0).as_json()
    click.echo(json.dumps({**empty, "problems": [problem]}, ensure_ascii=False))


def _report(done: RosterImport, target: Target, file: Path, *, dry_run: bool) -> None:
    for problem in done.problems[:SHOWN]:
        place = {"row": problem.row, "column": problem.column, "message": problem.message}
        click.echo(_("Row %(row)d, column %(column)s: %(message)s") % place, err=True)
    if len(done.problems) > SHOWN:
        click.echo(_("... and %(count)d more.") % {"count": len(done.problems) - SHOWN}, err=True)
    counts = {
        "place": str(target.place),
        "rows": done.rows,
        "new": done.new,
        "matched": done.matched,
        "duplicates": len(done.duplicates),
        "refused": done.rows - done.accepted,
    }
    if done.already_done:
        click.echo(_("This file was applied to %(place)s before: %(rows)d rows, nothing to do.") % counts)
    elif dry_run:
        click.echo(
            _("%(place)s: %(rows)d rows, %(new)d would be new, %(matched)d are known, %(refused)d have problems.")
            % counts
        )
    elif not done.is_applied:
        click.echo(_("%(refused)d of %(rows)d rows have problems: nothing was imported.") % counts, err=True)
    else:
        click.echo(_("%(place)s: %(new)d new, %(matched)d known, %(refused)d refused.") % counts)
        if done.refused_file:
            click.echo(_("The refused rows with their reasons: %(file)s") % {"file": _beside(file).name})
    if done.duplicates:
        click.echo(_("%(duplicates)d rows may be somebody known: a worker decides on the page of duplicates.") % counts)
    for name in (done.remarks.skills, done.remarks.intentions, done.remarks.branches) if done.remarks else ():
        if name:
            click.echo(_("Not in the lists, left out: %(words)s") % {"words": ", ".join(list(name)[:10])})

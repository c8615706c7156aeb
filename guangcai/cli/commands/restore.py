"""The database as it was when a backup was written."""

from pathlib import Path

import click

from guangcai.cli import archive, schema, verifying
from guangcai.cli.language import _
from guangcai.cli.progress import progress
from guangcai.core import reseal


@click.command(
    "restore",
    help=_("Put the database back as it was in FILE, bring it to this version and verify it. Exit 1 when broken."),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help=_("Replace what is in the database."))
def command(file: Path, yes: bool) -> None:
    with progress(_("Restoring")):
        tables = archive.restore_backup(file, replace=yes)
    if names := schema.unknown():
        message = _("The backup was written by a newer version (%(name)s). Upgrade the program.")
        raise click.ClickException(message % {"name": names[0]})
    applied = schema.migrate(verbosity=0)
    click.echo(
        _("Restored %(tables)d tables from %(file)s; %(applied)d migrations applied.")
        % {"tables": tables, "file": file, "applied": len(applied)}
    )
    if not reseal.opens():
        message = _(
            "The backup is in the database, but its phones do not open: it was made with another GUANGCAI_KEYS."
            " Put the keys of that time back and run guangcai verify."
        )
        raise click.ClickException(message)
    report = verifying.verify()
    verifying.print_report(report)
    raise click.exceptions.Exit(1 if report.broken else 0)

"""The whole database in one file."""

import sys
from pathlib import Path

import click

from guangcai.cli import archive
from guangcai.cli.language import _
from guangcai.cli.progress import progress


@click.command("backup", help=_("Write the whole database to FILE (or to stdout with `-`, for age or gpg)."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def command(file: Path) -> None:
    if str(file) == "-":
        if sys.stdout.isatty():
            raise click.ClickException(_("A backup does not go to a terminal."))
        archive.stream_backup(sys.stdout.buffer)
        return
    with progress(_("Writing the backup")):
        size = archive.write_backup(file)
    click.echo(
        _("Written: %(file)s (%(size).1f MB). The keys (GUANGCAI_KEYS) are not in it.")
        % {"file": file, "size": size / 1e6}
    )

"""The schema of this version."""

import click

from guangcai.cli import schema
from guangcai.cli.language import _, ngettext


@click.command("migrate", help=_("Bring the database to the schema of this version."))
def command() -> None:
    names = schema.migrate()
    sentence = ngettext("%(count)d migration applied.", "%(count)d migrations applied.", len(names))
    click.echo(sentence % {"count": len(names)})

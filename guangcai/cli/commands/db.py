"""The private PostgreSQL by hand."""

import shutil
import signal
import subprocess

import click

from guangcai.cli import binaries, postgres
from guangcai.cli.language import _


@click.group("db", help=_("Start, stop and look into the private PostgreSQL."))
def command() -> None:
    pass


@command.command(help=_("Start it and let it run until `guangcai db stop`."))
def start() -> None:
    _refuse_foreign()
    postgres.keep()
    click.echo(postgres.url())


@command.command(help=_("Stop it, whoever uses it."))
def stop() -> None:
    _refuse_foreign()
    click.echo(_("Stopped.") if postgres.stop() else _("It was not running."))


@command.command(help=_("Print its address, for DATABASE_URL or psql. Starts nothing."))
def url() -> None:
    click.echo(postgres.url())


@command.command(
    help=_("Open psql on the database; arguments go to psql."), context_settings={"ignore_unknown_options": True}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def shell(arguments: tuple[str, ...]) -> None:
    with postgres.hold() as address:
        psql = shutil.which("psql") or binaries.client("psql", binaries.OLDEST)
        if psql is None:
            raise click.ClickException(_("psql is not on this machine."))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in psql ends a query, not the session
        try:
            code = subprocess.run([psql, address, *arguments], check=False).returncode
        finally:
            signal.signal(signal.SIGINT, before)
    raise click.exceptions.Exit(code)


def _refuse_foreign() -> None:
    if postgres.configured_url():
        raise click.ClickException(_("DATABASE_URL names a server of your own; it is not started or stopped here."))

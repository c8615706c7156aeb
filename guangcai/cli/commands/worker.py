"""The background jobs, alone: for a server that runs them as a service of their own."""

import click
from django.core.management import call_command

from guangcai.cli.language import _


@click.command("worker", help=_("Run the background jobs (`guangcai serve` does it by itself)."))
def command() -> None:
    call_command("procrastinate", "worker")

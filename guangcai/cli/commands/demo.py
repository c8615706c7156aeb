"""A district to try: load it, print who can sign in, serve it until Ctrl-C."""

import importlib
import os

import click
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from guangcai.cli import schema, serving
from guangcai.cli.language import _
from guangcai.cli.progress import progress

# By name, because the demo lies above this room: guangcai.demo may use everything, the command line included.
LOADER = "guangcai.demo.load"
SIGN_INS = "guangcai.demo.signins"


@click.command("demo", help=_("Load the demo district if it is not there, and serve it until Ctrl-C."))
@click.option("--load-only", is_flag=True, help=_("Load it and exit."))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=_("Port to listen on."))
def command(load_only: bool, host: str, port: int) -> None:
    os.environ["GUANGCAI_DEMO"] = "1"  # for the server, a child of this process
    place = serving.Place(host=host, port=port)
    os.environ.setdefault("GUANGCAI_SITE_URL", place.url)  # posters and codes lead to this very server
    if not load_only:
        serving.require_free_port(host, port)
    schema.migrate(verbosity=0)
    load()
    if load_only:
        print_sign_ins(None)
        return
    raise click.exceptions.Exit(serving.serve(place, on_ready=lambda: print_sign_ins(place.url)))


def load() -> None:
    """Load the demo; a database that has it already is left as it is, one with real data is refused (Conflict)."""
    loader = importlib.import_module(LOADER)
    with progress(_("Loading the demo district")) as advance:
        loader.load_demo(now=timezone.now(), advance=advance)


def print_sign_ins(url: str | None) -> None:
    """The table of sign-ins: everybody has the one password of the demo."""
    signins = importlib.import_module(SIGN_INS)
    table = Table(title=_("Sign-ins of the demo, password %(password)s") % {"password": signins.PASSWORD})
    for heading in (_("Role"), _("Name"), _("Place"), _("Phone")):
        table.add_column(heading)
    for person in signins.SIGN_INS:
        table.add_row(str(getattr(person.role, "label", person.role)), person.name, person.place, person.phone)
    console = Console()
    console.print(table)
    if url:
        console.print(_("Guangcai runs on %(url)s") % {"url": url} + "  ·  " + _("Ctrl-C stops everything."))

"""The web server and its worker."""

import click

from guangcai.cli import serving
from guangcai.cli.language import _


@click.command("serve", help=_("Run the web server and the background jobs until Ctrl-C."))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=_("Port to listen on."))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help=_("Server processes."))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help=_("Threads in each."))
@click.option("--no-jobs", is_flag=True, help=_("Leave the background jobs to `guangcai worker`."))
def command(host: str, port: int, workers: int, threads: int, no_jobs: bool) -> None:
    serving.require_schema()
    place = serving.Place(host=host, port=port, workers=workers, threads=threads, with_jobs=not no_jobs)
    code = serving.serve(place, on_ready=lambda: click.echo(_("Guangcai runs on %(url)s") % {"url": place.url}))
    raise click.exceptions.Exit(code)

"""Every invariant, checked now."""

import json

import click

from guangcai.cli import verifying
from guangcai.cli.language import _


@click.command("verify", help=_("Check every invariant of the data. Exit 1 when one is broken."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def command(as_json: bool) -> None:
    report = verifying.verify()
    if as_json:
        broken = [{"code": broken.code, "what": broken.what} for broken in report.broken]
        click.echo(json.dumps({"checked": report.checked, "broken": broken}, ensure_ascii=False))
    else:
        verifying.print_report(report)
    raise click.exceptions.Exit(1 if report.broken else 0)

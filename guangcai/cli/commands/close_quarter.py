"""Close a quarter from the shell: what a nightly job or a district does for all its communities at once."""

import click
from django.utils.timezone import localdate, now

from guangcai.appraisal.commands import close_quarter
from guangcai.appraisal.commands.quarter import STEPS
from guangcai.appraisal.rules import Quarter
from guangcai.cli.language import _
from guangcai.cli.progress import progress
from guangcai.core.actor import Actor
from guangcai.orgs.queries import node_named


@click.command("close-quarter", help=_("Close a quarter, such as 2026Q3, and draft its feedback sheets."))
@click.argument("quarter")
@click.option("--node", "place", required=True, help=_("Code or name of a place in the tree."))
def command(quarter: str, place: str) -> None:
    node = node_named(place, on=localdate())
    asked = Quarter.parse(quarter)
    with progress(_("Closing the quarter"), total=STEPS) as advance:
        closed = close_quarter(node=node, quarter=asked, by=Actor.system(), now=now(), advance=advance)
    if not closed.communities:
        click.echo(_("%(quarter)s was closed already: nothing to do.") % {"quarter": quarter})
        return
    click.echo(
        _("%(quarter)s closed for %(communities)s communities: %(sheets)s sheets, %(lines)s members.")
        % {
            "quarter": quarter,
            "communities": closed.communities,
            "sheets": closed.sheets,
            "lines": closed.lines,
        }
    )

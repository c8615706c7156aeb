"""The figures of the statistics screen, for other programs and for the terminal."""

import json
from datetime import datetime

import click
from django.utils.timezone import localdate
from rich.console import Console
from rich.table import Table

from guangcai.cli.language import _
from guangcai.orgs.queries import node_named
from guangcai.reports.statistics import Figures, Question, figures
from guangcai.reports.wording import DIMENSION_WORDS, LINK_WORDS, MEASURE_WORDS

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("stats", help=_("Print one statistic: members, links, activities, duty or feedback."))
@click.argument("name")
@click.option("--node", "place", required=True, help=_("Code or name of a place in the tree."))
@click.option("--by", default="", help=_("What to break down by, separated by commas."))
@click.option("--from", "since", type=DAY, help=_("First day of the period, YYYY-MM-DD."))
@click.option("--to", "until", type=DAY, help=_("Last day of the period, YYYY-MM-DD."))
@click.option("--on", "on", type=DAY, help=_("The day the figures are as of; today when left out."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def command(
    name: str, place: str, by: str, since: datetime | None, until: datetime | None, on: datetime | None, as_json: bool
) -> None:
    day = on.date() if on else localdate()
    asked = Question(
        node=node_named(place, on=day),
        by=tuple(part.strip() for part in by.split(",") if part.strip()),
        on=day,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    answer = figures(name, asked)
    if as_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False))
    else:
        _print(answer)


def _print(answer: Figures) -> None:
    table = Table(title=f"{answer.title} · {answer.node.name} · {answer.as_of}")
    for dimension in answer.by:
        table.add_column(str(DIMENSION_WORDS[dimension]))
    for measure in answer.measures:
        table.add_column(str(MEASURE_WORDS[measure]), justify="right")
    for row in answer.rows:
        words = [str(LINK_WORDS.get(row[name], row[name]) or "—") for name in answer.by]
        table.add_row(*words, *(str(row.get(measure, "")) for measure in answer.measures))
    Console().print(table)
    click.echo(_("Total: %(total)s") % {"total": answer.total})

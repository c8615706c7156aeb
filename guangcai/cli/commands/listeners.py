"""Other systems that are told when a request moves: listed, added and ended by whoever runs the machine."""

import click
from django.utils import timezone

from guangcai.cases import commands
from guangcai.cases.models import Listener
from guangcai.cli.language import _
from guangcai.core.actor import Actor
from guangcai.orgs.queries import node_named


@click.command(
    "listeners", help=_("Other systems that are told when a request moves: all of them, or add or end the one NAME.")
)
@click.argument("name", required=False)
@click.option("--url", help=_("Add it: where its calls go, https to a host of GUANGCAI_HOOK_HOSTS."))
@click.option("--node", "place", help=_("Code or name of a place in the tree."))
@click.option("--end", "ends", is_flag=True, help=_("Send nothing there any more."))
def command(name: str | None, url: str | None, place: str | None, ends: bool) -> None:
    if name and ends:
        _end(name)
    elif name and url and place:
        _add(name, url, place)
    elif name:
        raise click.UsageError(_("Give --url and --node to add it, or --end."))
    else:
        for row in Listener.objects.filter(ended_at=None).select_related("node").order_by("name"):
            click.echo(f"{row.name}  {row.node.name}  {timezone.localdate(row.added_at)}")


def _add(name: str, url: str, place: str) -> None:
    now = timezone.now()
    node = node_named(place, on=timezone.localdate(now))
    _row, secret = commands.add_listener(node=node, name=name, url=url, by=Actor.system(), now=now)
    words = _("Added. Its calls are signed with this secret, which is shown only once: %(secret)s")
    click.echo(words % {"secret": secret})


def _end(name: str) -> None:
    row = Listener.objects.filter(name=name, ended_at=None).first()
    if row is None:
        raise click.ClickException(_("No system of this name is told."))
    commands.end_listener(listener=row, by=Actor.system(), now=timezone.now())
    click.echo(_("Ended: %(name)s") % {"name": name})

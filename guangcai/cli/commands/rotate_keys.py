"""Every sealed value under the newest key, every look-up under the oldest that is left."""

import click
from django.utils import timezone

from guangcai.cli.language import _
from guangcai.cli.progress import progress
from guangcai.core import audit, reseal
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.crypto import CannotOpen, current_key_id, index_key_id


@click.command(
    "rotate-keys",
    help=_(
        "Seal every record again with the last key of GUANGCAI_KEYS. People go on working; it may be stopped and run"
        " again. The steps are in docs/operations.md, Keys."
    ),
)
def command() -> None:
    new, old = current_key_id(), index_key_id()
    try:
        changed = _reseal()
    except CannotOpen as closed:
        message = _("A record was sealed with a key that is not in GUANGCAI_KEYS. Put that key back.")
        raise click.ClickException(message) from closed
    if changed:
        audit.record(Tag.KEYS_ROTATE, by=Actor.system(), now=timezone.now(), rows=changed, key=new)
    click.echo(_("%(rows)d records rewritten; all are sealed with key %(key)d.") % {"rows": changed, "key": new})
    if old != new:
        message = _(
            "Now take key %(old)d out of GUANGCAI_KEYS in a quiet hour, restart both services and run this command"
            " again at once: until it ends nobody is found by phone."
        )
        click.echo(message % {"old": old})


def _reseal() -> int:
    """Rewrite every table behind a bar; the number of rows rewritten."""
    seen = 0
    with progress(_("Sealing again")) as advance:

        def report(done: int, total: int) -> None:
            nonlocal seen
            advance(done - seen, of=total)
            seen = done

        return reseal.reseal_all(report)

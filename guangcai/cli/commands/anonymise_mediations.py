"""The retention of mediations that ended."""

import click
from django.utils import timezone

from guangcai.accounts.models import User
from guangcai.cli.language import _
from guangcai.mediation.commands import anonymise_mediations
from guangcai.orgs.queries import actor_of


@click.command(
    "anonymise-mediations",
    help=_("Take parties and words away from mediations that ended two years ago. Only counts, unless --do is given."),
)
@click.option("--by", "phone", required=True, help=_("Phone of the administrator who answers for it."))
@click.option("--do", "is_meant", is_flag=True, help=_("Do it."))
def command(phone: str, is_meant: bool) -> None:
    now = timezone.now()
    user = User.objects.with_phone(phone).filter(closed_at=None).first()
    if user is None:
        raise click.ClickException(_("Nobody signs in with this phone."))
    by = actor_of(user_id=user.pk, member_id=user.member_id, on=timezone.localdate(now))
    found = anonymise_mediations(by=by, now=now, is_dry=not is_meant)
    words = _("Taken away from %(n)d mediations.") if is_meant else _("%(n)d mediations would be anonymised.")
    click.echo(words % {"n": found})

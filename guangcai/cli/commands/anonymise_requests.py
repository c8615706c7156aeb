"""The retention of requests that ended."""

import click
from django.utils import timezone

from guangcai.accounts.models import User
from guangcai.cases.commands import anonymise_cases
from guangcai.cli.language import _
from guangcai.orgs.queries import actor_of


@click.command(
    "anonymise-requests",
    help=_("Take askers and words away from requests that ended three years ago. Only counts, unless --do is given."),
)
@click.option("--by", "phone", required=True, help=_("Phone of the administrator who answers for it."))
@click.option("--do", "is_meant", is_flag=True, help=_("Do it."))
def command(phone: str, is_meant: bool) -> None:
    now = timezone.now()
    user = User.objects.with_phone(phone).filter(closed_at=None).first()
    if user is None:
        raise click.ClickException(_("Nobody signs in with this phone."))
    by = actor_of(user_id=user.pk, member_id=user.member_id, on=timezone.localdate(now))
    found = anonymise_cases(by=by, now=now, is_dry=not is_meant)
    words = _("Taken away from %(n)d requests.") if is_meant else _("%(n)d requests would be anonymised.")
    click.echo(words % {"n": found})

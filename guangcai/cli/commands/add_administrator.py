"""The first person who may sign in and give rights to the others; also the way back when the last one has left."""

import click
from django.db import transaction
from django.utils import timezone

from guangcai.accounts.commands import add_user
from guangcai.accounts.models import User
from guangcai.cli.language import _
from guangcai.core.actor import Actor
from guangcai.core.phones import normalise
from guangcai.orgs.commands import grant_role
from guangcai.orgs.queries import node_named
from guangcai.orgs.roles import Role

ROLES = (Role.DISTRICT_ADMINISTRATOR.value, Role.SYSTEM_ADMINISTRATOR.value)


@click.command(
    "add-administrator",
    help=_("Let the first administrator of a district sign in. An account that is there stays as it is."),
)
@click.argument("name")
@click.argument("phone")
@click.option("--node", "place", required=True, help=_("Code or name of a place in the tree."))
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True, help=_("Which of the two."))
def command(name: str, phone: str, place: str, role: str) -> None:
    by, now = Actor.system(), timezone.now()
    node = node_named(place, on=timezone.localdate(now))
    known = User.objects.with_phone(normalise(phone, field="phone")).exists()
    password = None if known else click.prompt(_("Password"), hide_input=True, confirmation_prompt=True)
    with transaction.atomic():
        user = add_user(name=name, phone=phone, password=password, by=by, now=now)
        grant = grant_role(user=user, role=Role(role), node=node, by=by, now=now)
    said = {"name": user.name, "role": grant.get_role_display(), "place": node.name}
    click.echo(_("%(name)s is %(role)s of %(place)s, and sets up a second factor at the first sign-in.") % said)

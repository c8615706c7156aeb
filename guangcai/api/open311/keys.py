"""Who may write: the key of a person, sent as api_key. It works as on the API (accounts.middleware.api_token)."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.accounts import commands, queries
from guangcai.accounts.commands.limits import take
from guangcai.api.open311.dialect import Fault
from guangcai.cases import doors
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node
from guangcai.orgs.queries import actor_of


def actor_behind(api_key: str, *, now: datetime) -> Actor:
    """The person whose key it is. Raises Fault 403 for no key, a wrong one, or a role without its second factor."""
    token = queries.token_in_force(api_key.strip())
    if token is None:
        raise Fault(403, _("api_key is missing, unknown or was revoked."))
    actor = actor_of(user_id=token.user.pk, member_id=token.user.member_id, on=localdate(now))
    needs = frozenset(import_string(settings.GUANGCAI_SECOND_FACTOR_ROLES))
    if not needs.isdisjoint(actor.roles) and queries.lacks_second_factor(token.user.pk):
        raise Fault(403, _("Your role needs a second factor. Set one up on the website first."))
    if take(doors.EXCHANGED_OF_KEY, str(token.pk), now=now) > doors.EXCHANGED_OF_KEY.most:
        raise Fault(429, _("Too many requests in an hour. Wait a little."))
    commands.note_use(token=token, on=localdate(now))
    return actor


def check_reach(actor: Actor, community: Node) -> None:
    """A key reaches as far as its person. Raises Fault 403 for another community."""
    if not any(actor.can(right, community.path) for right in (Permission.CASE_EDIT, Permission.CASE_RAISE)):
        raise Fault(403, _("This api_key may not raise requests in this community."))

"""Other systems that hear of requests: what they took, what waits, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from guangcai.cases.models import Listener
from guangcai.core.actor import Actor
from guangcai.core.enums import Channel
from guangcai.core.errors import Text
from guangcai.core.models import Outbox

# Of one system; more are counted.
SHOWN = 5
REASONS: Mapping[str, Text] = {
    "NotTaken": _("It could not be reached, or did not take the call."),
    "RuleBroken": _("Its server is not among those that may be called any more (GUANGCAI_HOOK_HOSTS)."),
}


@dataclass(frozen=True)
class Call:
    """One call that was given up: the request it tells of, when it was written, why it was not taken."""

    number: str
    at: datetime
    reason: Text


@dataclass
class Told:
    """A system and how its calls fare. address: without what may be a token. waiting: due or tried again later."""

    row: Listener
    address: str
    last_at: datetime | None
    waiting: int = 0
    given_up: int = 0
    failed: list[Call] = field(default_factory=list)


def told_systems(actor: Actor) -> list[Told]:
    """The systems that are told now, of the places whose rules the actor sets, by name. Three statements."""
    calls = Outbox.objects.filter(channel=Channel.HOOK, recipient=OuterRef("pk"), sent_at__isnull=False)
    last = Subquery(calls.order_by("-sent_at").values("sent_at")[:1])
    rows = Listener.objects.visible_to(actor).listening().select_related("node").order_by("name").annotate(last_at=last)
    found: dict[UUID | None, Told] = {row.pk: Told(row, _shown(row.url), row.last_at) for row in rows}
    unsent = Outbox.objects.filter(channel=Channel.HOOK, recipient__in=list(found), sent_at=None)
    # Where a system is away for a week they are thousands: counted, and the newest read.
    for key, waiting, given_up in unsent.values_list("recipient").annotate(
        waiting=Count("pk", filter=Q(given_up_at=None)), given_up=Count("pk", filter=Q(given_up_at__isnull=False))
    ):
        found[key].waiting, found[key].given_up = waiting, given_up
    newest = Window(RowNumber(), partition_by="recipient", order_by=["-created_at", "-pk"])
    given_up_calls = unsent.filter(given_up_at__isnull=False).annotate(place=newest)
    for call in given_up_calls.filter(place__lte=SHOWN).order_by("place"):
        found[call.recipient].failed.append(_call(call))
    return list(found.values())


def _call(row: Outbox) -> Call:
    reason = REASONS.get(row.last_error, _("An error stopped the call; the log says which."))
    return Call(str(row.parameters.get("service_request_id", "")), row.created_at, reason)


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}{'?…' if parts.query else ''}"

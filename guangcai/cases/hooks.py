"""What other systems hear of a case: public fields alone, one signed call a step, at least once, each with its id."""

import json
from datetime import datetime
from hashlib import sha256
from hmac import new as hmac
from uuid import UUID

from django.utils.timezone import now as clock
from django.utils.translation import gettext_lazy as _

from guangcai.cases.models import Case, Listener
from guangcai.core import notify, outward
from guangcai.core.database import prepared
from guangcai.core.enums import Channel
from guangcai.core.notify import Letter
from guangcai.core.scoping import ancestors

TEMPLATE = "case_step"
HEADER = "X-Guangcai-Signature"
# Asked by every step of every case.
LISTENING = """
SELECT listener.id FROM cases_listener AS listener JOIN orgs_node AS node ON node.id = listener.node_id
WHERE node.path = ANY(%(paths)s) AND listener.ended_at IS NULL ORDER BY listener.id
"""


def declare() -> None:
    notify.template(TEMPLATE, _("Request %(service_request_id)s has moved."))
    notify.reached_by(Channel.HOOK, _live)
    notify.sent_by(Channel.HOOK, send)


def tell_listeners(case: Case, *, at: datetime, now: datetime) -> None:
    """Put one call for each listener into the outbox. What complains of somebody is not told. One statement, or two."""
    if case.about_member_id is not None or case.about_unit_id is not None:
        return
    with prepared() as cursor:
        cursor.execute(LISTENING, {"paths": ancestors(case.path)})
        listening = [listener for (listener,) in cursor.fetchall()]
    for listener in listening:
        notify.post(
            Channel.HOOK,
            TEMPLATE,
            recipient=listener,
            now=now,
            service_request_id=case.number,
            service_code=case.item.code,
            status="closed" if case.ended_at else "open",
            status_notes=case.state,
            address_id=case.community.code,
            updated_datetime=at.isoformat(),
        )


def _live(listener: UUID) -> str:
    """The listener's key while it listens: the address itself is read when the call is made."""
    return str(listener) if Listener.objects.filter(pk=listener, ended_at=None).exists() else ""


def send(letter: Letter) -> None:
    """Make one call. Raises outward.NotTaken, and it is made again with the same id."""
    listener = Listener.objects.get(pk=letter.address)
    body = json.dumps({"id": str(letter.id), "event": letter.template, **letter.parameters}).encode()
    headers = {"Content-Type": "application/json", HEADER: signature(listener.secret, body, at=clock())}
    outward.post(listener.url, body, headers)


def signature(secret: str, body: bytes, *, at: datetime) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over "<seconds>.<body>", so that an old call cannot be played again."""
    seconds = int(at.timestamp())
    digest = hmac(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={digest}"

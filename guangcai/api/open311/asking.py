"""What a caller of the dialect said, read into our own shapes. Every refusal is a Fault of the 400s."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from guangcai.api.open311.dialect import Fault
from guangcai.cases.commands import AskerDraft, CaseDraft
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Item
from guangcai.cases.queries import exchange
from guangcai.cases.rules import LONGEST_NAME
from guangcai.core.ids import new_id
from guangcai.core.text import clean
from guangcai.orgs.models import Node

SPAN: Final = timedelta(days=90)
MOST_NAMED: Final = 100
LONGEST_ADDRESS: Final = 120
STATES: Final = {"open": True, "closed": False}
# What the dialect calls the fields of a request.
ARGUMENTS: Final = {
    "item": "service_code",
    "what": "description",
    "name": "last_name",
    "phone": "phone",
    "answers": "attribute",
    "place": "address_id",
}


def only_text(said: QueryDict) -> None:
    """Refuses what no database and no XML can keep."""
    for name, values in said.lists():
        if any("\x00" in text or "\ufffd" in text for text in (name, *values)):
            raise Fault(400, _("The request is not text in UTF-8."))


def filters(said: QueryDict, *, now: datetime) -> exchange.Asked:
    """The filters of GET requests. Without dates the last 90 days; never more than 90 days at once."""
    numbers = _named(said, "service_request_id")
    if numbers:
        return exchange.Asked(numbers=numbers)
    since, until = _moment(said, "start_date"), _moment(said, "end_date")
    until = until or (since + SPAN if since else now)
    since = since or until - SPAN
    if since > until:
        raise Fault(400, _("start_date lies after end_date."))
    if until - since > SPAN:
        raise Fault(400, _("At most 90 days at once: ask again for the days before."))
    return exchange.Asked(
        item_codes=_named(said, "service_code"), since=since, until=until, is_open=_state(_named(said, "status"))
    )


def _named(said: QueryDict, name: str) -> list[str]:
    found = [part.strip() for part in said.get(name, "").split(",") if part.strip()]
    if len(found) > MOST_NAMED:
        raise Fault(400, _("%(name)s names too many at once.") % {"name": name})
    return found


def _state(states: list[str]) -> bool | None:
    if unknown := [state for state in states if state not in STATES]:
        raise Fault(400, _("status is open or closed, not %(state)s.") % {"state": unknown[0][:40]})
    wanted = {STATES[state] for state in states}
    return wanted.pop() if len(wanted) == 1 else None


def _moment(said: QueryDict, name: str) -> datetime | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text)
        if found is None or found.tzinfo is None or not 2000 <= found.year <= 2100:
            raise ValueError
    except ValueError as wrong:
        words = _("%(name)s is a moment such as 2026-11-20T09:00:00Z.") % {"name": name}
        raise Fault(400, words) from wrong
    return found


def draft(said: QueryDict, *, service: Item, community: Node) -> CaseDraft:
    """What POST requests asks for. token: the caller's own id (UUID); the same token again is the same request.

    Without a phone nobody can be asked back: then the request is an unnamed one.
    """
    phone = said.get("phone", "").strip()
    name = clean(f"{said.get('last_name', '')}{said.get('first_name', '')}")
    _check_length("last_name", name, most=LONGEST_NAME)
    return CaseDraft(
        item=service,
        community=community,
        what=said.get("description", ""),
        channel=CaseChannel.EXCHANGE,
        asker=AskerDraft(name=name if phone else "", phone=phone, is_anonymous=not phone, wants_word=False),
        place_note=clean(said.get("address_string", "")),
        answers=_answers(said, service),
        id=_token(said) or new_id(),
    )


def token_in(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Fault(400, _("A token is a UUID.")) from wrong


def _token(said: QueryDict) -> UUID | None:
    text = said.get("token", "").strip()
    return token_in(text) if text else None


def _check_length(name: str, text: str, *, most: int) -> None:
    if len(text) > most:
        words = _("At most %(number)d characters.") % {"number": most}
        raise Fault(400, f"{name}: {words}")


def attribute_code(at: int) -> str:
    """What the dialect calls the question number `at` of an item, from 0."""
    return f"q{at + 1}"


def _answers(said: QueryDict, service: Item) -> dict[str, str]:
    codes = {f"attribute[{attribute_code(at)}]": field["label"] for at, field in enumerate(service.fields)}
    sent = [name for name in said if name.startswith("attribute[")]
    if unknown := [name for name in sent if name.removesuffix("[]") not in codes]:
        raise Fault(400, _("This service does not ask %(name)s.") % {"name": unknown[0][:60]})
    return {codes[name.removesuffix("[]")]: said.get(name, "").strip() for name in sent}


def community(said: QueryDict, *, now: datetime) -> Node:
    """Where it is. There is no map here: a pair of lat and long alone names no community."""
    code, address = said.get("address_id", "").strip(), said.get("address_string", "").strip()
    if not code and not address:
        if said.get("lat") or said.get("long"):
            raise Fault(400, _("There is no map here: send address_id, or address_string with the community's name."))
        raise Fault(400, _("The location is missing: send address_id or address_string."))
    _check_length("address_string", address, most=LONGEST_ADDRESS)
    _check_length("address_id", code, most=40)
    found = exchange.community_at(code=code, address=address, on=now.date())
    if found is None:
        raise Fault(400, _("No community of this district is meant by this location."))
    return found

"""The ledger: read, back-filled, confirmed, reversed, objected to."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.ledger import (
    BackFill,
    Confirmed,
    Confirming,
    EntriesAsked,
    EntryPage,
    EntryShown,
    ObjectionNew,
    ObjectionShown,
    RefusedEntry,
    Reversal,
)
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.actor import Actor
from guangcai.core.errors import OutOfScope
from guangcai.core.http import ActorRequest
from guangcai.ledger import commands
from guangcai.ledger.models import Objection, ServiceEntry
from guangcai.ledger.queries import entries as queries

router = Router(tags=["entries"])
OTHERWISE = {"member", "member_name", "kind", "reverses"}


def _shown(entry: ServiceEntry) -> EntryShown:
    own = {name: getattr(entry, name) for name in EntryShown.model_fields if name not in OTHERWISE}
    return EntryShown.model_validate(
        {
            **own,
            "member": entry.member_id,
            "member_name": entry.member.name,
            "kind": entry.kind.code,
            "reverses": entry.reverses_id,
        }
    )


def _one(actor: Actor, key: UUID) -> EntryShown:
    return _shown(lookups.one(queries.entries(actor), key))


@router.get("/entries", response={200: EntryPage, **READING})
def list_entries(request: ActorRequest, asked: Query[EntriesAsked]) -> Any:
    """Service entries of the caller's area; for a member his own."""
    rows = queries.search(queries.entries(request.actor), asked.q)
    wanted = {
        "member": asked.member,
        "community__code": asked.community or None,
        "state": asked.state,
        "served_on__gte": asked.since,
        "served_on__lte": asked.until,
    }
    return cut(rows.filter(**{name: value for name, value in wanted.items() if value is not None}), asked, _shown)


@router.get("/entries/{uuid:entry}", response={200: EntryShown, **READING})
def read_entry(request: ActorRequest, entry: UUID) -> Any:
    """One entry."""
    return _one(request.actor, entry)


@router.post("/entries", response={200: EntryShown, 201: EntryShown, **WRITING})
def back_fill(request: ActorRequest, body: BackFill) -> Any:
    """Write down a service that no shift recorded, with its reason; visibly marked."""
    member = lookups.member_of_area(request.actor, body.member)
    community = lookups.community(body.community)
    kind = lookups.service_kind(body.kind, field="kind")
    assert kind is not None
    said = body.model_dump(exclude={"member", "community", "kind"})
    row, known = send_once(
        ServiceEntry,
        body,
        by=request.actor,
        command=lambda: commands.back_fill(
            member=member, community=community, kind=kind, by=request.actor, now=timezone.now(), **said
        ),
    )
    return made(_one(request.actor, row.pk), known=known)


@router.post("/entries/confirmations", response={200: Confirmed, **WRITING})
def confirm_entries(request: ActorRequest, body: Confirming) -> Any:
    """A second person says that it was so. Harmless twice."""
    reasons = {one.entry: one.reason for one in body.declined}
    wanted = {*body.entries, *reasons}
    found = list(ServiceEntry.objects.visible_to(request.actor).filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise OutOfScope()
    done = attempt(lambda: commands.confirm(entries=found, except_=reasons, by=request.actor, now=timezone.now()))
    refused = [
        RefusedEntry(entry=no.entry_id, code=no.why, message=queries.refusal_text(no.why)) for no in done.refused
    ]
    return Confirmed(
        confirmed=list(done.confirmed), declined=list(done.declined), already=list(done.already), refused=refused
    )


@router.post("/entries/{uuid:entry}/reversal", response={200: EntryShown, **WRITING})
def reverse_entry(request: ActorRequest, entry: UUID, body: Reversal) -> Any:
    """Undo a confirmed entry by another one. With the same reason again: that one; with another reason 409."""
    row = lookups.one(ServiceEntry.objects.visible_to(request.actor), entry)
    reversal = attempt(lambda: commands.reverse(entry=row, reason=body.reason, by=request.actor, now=timezone.now()))
    return _one(request.actor, reversal.pk)


@router.post("/entries/{uuid:entry}/objections", response={200: ObjectionShown, 201: ObjectionShown, **WRITING})
def object_to_entry(request: ActorRequest, entry: UUID, body: ObjectionNew) -> Any:
    """Say what is wrong with an entry: the member, or the desk for him. The old value stays."""
    row = lookups.one(ServiceEntry.objects.visible_to(request.actor), entry)
    objection, known = send_once(
        Objection,
        body,
        by=request.actor,
        command=lambda: commands.raise_objection(
            id=body.id, entry=row, text=body.text, by=request.actor, now=timezone.now()
        ),
    )
    own = {name: getattr(objection, name) for name in ObjectionShown.model_fields if name != "entry"}
    return made(ObjectionShown.model_validate({**own, "entry": entry}), known=known)

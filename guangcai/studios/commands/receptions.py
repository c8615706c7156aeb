"""What somebody asked in a studio and what he was told: a case, followed up until it is closed (A21)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from guangcai.cases.commands import Answer, AskerDraft, CaseDraft, receive_case
from guangcai.cases.enums import CaseChannel, OriginKind
from guangcai.cases.models import Case, Item
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.members.models import Member
from guangcai.studios import rules
from guangcai.studios.commands.tickets import settle_locked
from guangcai.studios.enums import TicketState
from guangcai.studios.models import Ticket
from guangcai.studios.queries.sitting import require_serving


@dataclass(frozen=True)
class ReceptionNote:
    """A reception in a few taps. is_final: answered on the spot, nothing left to do. phone: to call back, if the
    resident wants that. seen_to_by: of those who sit today; None leaves it to the desk. id: of the case."""

    item: Item
    what: str
    said: str
    is_final: bool
    phone: str = ""
    seen_to_by: Member | None = None
    id: UUID | None = None


@transaction.atomic
def note_reception(*, ticket: Ticket, note: ReceptionNote, by: Actor, now: datetime) -> Case:
    """Write down a reception: the number is received, and what was asked is a case whose origin is this number.

    By the desk, or by whoever sits there today: he then sees to it himself, or leaves it to the desk. Without a phone
    the case is anonymous; the resident follows it with its code. One case a number: the same id again is harmless.
    Raises RuleBroken(field) for item, what, note, phone; Conflict as raise_case. Source: A21.
    """
    require_serving(ticket.shift, by)
    row = Ticket.objects.select_related("community").get(pk=ticket.pk)
    has_phone = not is_blank(note.phone)
    is_desk = by.can(Permission.STUDIO_EDIT, row.path) and by.can(Permission.CASE_EDIT, row.path)
    if row.state != TicketState.RECEIVED:
        rules.check_move(row.state, TicketState.RECEIVED)
        settle_locked(row.pk, row.shift_id, TicketState.RECEIVED, by=by, now=now)
    draft = CaseDraft(
        item=note.item,
        community=row.community,
        what=note.what,
        channel=CaseChannel.DESK if is_desk else CaseChannel.MEMBER,
        asker=AskerDraft(phone=note.phone, is_anonymous=not has_phone, wants_word=has_phone),
        from_kind=OriginKind.RECEPTION,
        from_id=row.pk,
        id=note.id,
    )
    answer = Answer(said=note.said, is_final=note.is_final, seen_to_by=note.seen_to_by)
    case = receive_case(draft=draft, answer=answer, by=by, now=now)
    audit.record(Tag.RECEPTION_NOTE, by=by, on=row, now=now, case=str(case.pk))
    return case

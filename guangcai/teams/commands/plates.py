"""The plate: hung out and taken in by the member alone; residents write under it, the desk reads it."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden
from guangcai.core.once import already
from guangcai.core.text import clean
from guangcai.members.models import Member
from guangcai.orgs.enums import Level
from guangcai.orgs.facts import of_community
from guangcai.teams import rules
from guangcai.teams.models import Plate, PlateFeedback
from guangcai.teams.models.plate import CODE_BYTES
from guangcai.teams.queries import rights


@dataclass(frozen=True)
class Feedback:
    """What a resident wrote, as typed. id: made with the form."""

    id: UUID
    tone: str
    text: str
    phone: str = ""


@transaction.atomic
def show_plate(*, member: Member, by: Actor, now: datetime) -> Plate:
    """Hang the plate out, with a code that nobody can guess. Harmless twice. Source: A54.

    By the member alone: raises Forbidden for anybody else, whatever his rights.
    """
    _only_himself(member.pk, by)
    row = Member.objects.select_for_update(of=("self",), no_key=True).select_related("community").get(pk=member.pk)
    if found := Plate.objects.in_use().filter(member=row).first():
        return found
    is_here = row.is_current and row.community is not None
    rules.check_joiner(rules.Joiner(row.path, row.is_current, is_here), team_path=row.path or "/")
    plate = Plate.objects.create(**of_community(row.community), member=row, code=token_hex(CODE_BYTES), since=now)  # type: ignore[arg-type]
    audit.record(Tag.PLATE_SHOW, by=by, on=plate, now=now)
    return plate


@transaction.atomic
def withdraw_plate(*, plate: Plate, by: Actor, now: datetime) -> Plate:
    """Take the plate in: the page behind its code says at once that it is no longer in use. Harmless twice."""
    _only_himself(plate.member_id, by)
    row = Plate.objects.select_for_update(of=("self",)).get(pk=plate.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        audit.record(Tag.PLATE_WITHDRAW, by=by, on=row, now=now)
    return row


def _only_himself(member_id: UUID, by: Actor) -> None:
    if by.member_id != member_id:
        raise Forbidden()


@transaction.atomic
def add_plate_feedback(*, plate: Plate, feedback: Feedback, by: Actor, now: datetime) -> PlateFeedback:
    """Hand in what a resident has to say; anybody may, without an account. Sent twice with one id it is one.

    It lands with the community where the member lives now. Raises RuleBroken(field). Source: A54 (接受群众监督).
    """
    text = clean(feedback.text, multiline=True)
    rules.check_feedback(text, feedback.phone, feedback.tone)
    if found := already(PlateFeedback, feedback.id, plate_id=plate.pk, text=text):
        return found
    home = plate.member.community or plate.community
    row = PlateFeedback.objects.create(
        **of_community(home),
        id=feedback.id,
        plate=plate,
        tone=feedback.tone,
        text=text,
        phone=feedback.phone.strip(),
        written_at=now,
    )
    audit.record(Tag.PLATE_FEEDBACK, by=by, on=row, now=now)
    return row


@transaction.atomic
def note_feedback(*, feedback: PlateFeedback, note: str, by: Actor, now: datetime) -> PlateFeedback:
    """The desk has read it, and says what became of it if there is something to say; the member reads both.

    The same note again changes nothing; a note where another stands raises Conflict.
    """
    rights.require_runs(by, level=Level.COMMUNITY, path=feedback.path)
    plain = note.strip()[: rules.ANSWER_LENGTH]
    row = PlateFeedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if row.note and row.note != plain:
        raise Conflict(_("A colleague has noted something meanwhile. Load the page again."), code="noted")
    if row.seen_at is not None and row.note == plain:
        return row
    row.seen_at, row.seen_by, row.note = row.seen_at or now, row.seen_by or by.user_id, plain
    row.save(update_fields=["seen_at", "seen_by", "note"])
    audit.record(Tag.PLATE_NOTE, by=by, on=row, now=now)
    return row

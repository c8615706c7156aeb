"""Both sides are heard; a mediator who is a member gives time, which becomes an entry that says only "mediation"."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission
from guangcai.core.text import clean
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.enums import EntryOrigin
from guangcai.mediation import rules
from guangcai.mediation.commands.locks import lock_acting
from guangcai.mediation.commands.steps import sent_before, take_step
from guangcai.mediation.enums import StepKind
from guangcai.mediation.models import Mediation, MediationSession, Mediator, Party, SessionMediator, SessionParty
from guangcai.members.models import ServiceKind

# What a session counts as in the ledger.
SERVICE_KIND = "mediation"


@dataclass(frozen=True)
class SessionDraft:
    """What a mediator writes down afterwards. minutes: whole, what each mediator gave; place, note: sealed."""

    starts_at: datetime
    minutes: int
    note: str
    mediators: Collection[Mediator]
    parties: Collection[Party]
    place: str = ""
    id: UUID | None = None


@transaction.atomic
def record_session(*, mediation: Mediation, draft: SessionDraft, by: Actor, now: datetime) -> Mediation:
    """Write a session down: the matter is heard, and each mediator who is a member gets an entry to be confirmed.

    By a mediator of the matter, or the desk. The same id sent again is the same session. Raises RuleBroken(field).
    """
    lock_members([one.member_id for one in draft.mediators if one.member_id is not None])
    row, own = lock_acting(mediation.pk, by)
    note, place = clean(draft.note, multiline=True), clean(draft.place)[: rules.LONGEST_PLACE]
    if sent_before(row, draft.id, StepKind.HEARD, note=note, place=place):
        _compare(draft)
        return row
    _check(row, draft, now=now)
    step = take_step(row, StepKind.HEARD, by=by, now=now, id=draft.id, note=note, place=place)
    session = MediationSession.objects.create(
        district_code=row.district_code, step=step, starts_at=draft.starts_at, minutes=draft.minutes
    )
    there = SessionMediator.objects.bulk_create(
        SessionMediator(district_code=row.district_code, session=session, mediator=one) for one in draft.mediators
    )
    SessionParty.objects.bulk_create(
        SessionParty(district_code=row.district_code, session=session, party=one) for one in draft.parties
    )
    services = [_service(row, one, draft) for one in there if one.mediator.member is not None]
    record_many(services=services, by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)
    return row


def _compare(draft: SessionDraft) -> None:
    """Raises Conflict when the session of this id took place at another time, or took another time."""
    known = MediationSession.objects.get(step=draft.id)
    if (known.starts_at, known.minutes) != (draft.starts_at, draft.minutes):
        raise other_content()


def _check(row: Mediation, draft: SessionDraft, *, now: datetime) -> None:
    rules.check_note(draft.note)
    rules.check_session(starts_at=draft.starts_at, minutes=draft.minutes, now=now)
    rules.check_presence(mediators=len(draft.mediators), parties=len(draft.parties))
    live = set(row.assignments.live().values_list("mediator", flat=True))
    if not {one.pk for one in draft.mediators} <= live:
        raise RuleBroken(_("Choose a mediator of this matter."), field="mediators", code="mediator_elsewhere")
    if any(one.mediation_id != row.pk for one in draft.parties):
        raise RuleBroken(pgettext("mediation", "Tick who was there."), field="parties", code="party_elsewhere")


def _service(row: Mediation, there: SessionMediator, draft: SessionDraft) -> Service:
    """The ledger's words for a session: not which matter, not whose, not where."""
    member, words = there.mediator.member, _("Mediation")
    assert member is not None
    return Service(
        member=member,
        community=row.community,
        starts_at=draft.starts_at,
        ends_at=draft.starts_at + timedelta(minutes=draft.minutes),
        minutes=draft.minutes,
        deeds=0,
        kind=ServiceKind.objects.filter(code=SERVICE_KIND).first() or ServiceKind.objects.first(),
        activity_name=words,
        content=words,
        place=row.community.name,
        lead_name=member.name,
        source=f"mediation:{there.pk}",
        origin=EntryOrigin.MEDIATION,
    )

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
from guangcai.mediation.models import (
    Mediation,
    MediationSession,
    MediationStep,
    Mediator,
    Party,
    SessionMediator,
    SessionParty,
)
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
        if not is_as_said(MediationSession.objects.get(step=draft.id), draft):
            raise other_content()
        return row
    rules.check_note(draft.note)
    rules.check_session(starts_at=draft.starts_at, minutes=draft.minutes, now=now)
    check_people(row, draft, known=row.assignments.live().values_list("mediator", flat=True))
    step = take_step(row, StepKind.HEARD, by=by, now=now, id=draft.id, note=note, place=place)
    there = write_session(row, step, draft)
    services = [service_of(row, one, draft) for one in there if one.mediator.member is not None]
    record_many(services=services, by=by, now=now, permission=None if own else Permission.ENTRY_RECORD)
    return row


def write_session(row: Mediation, step: MediationStep, draft: SessionDraft) -> list[SessionMediator]:
    """When it was and who was there, under its step; for the commands of this room."""
    session = MediationSession.objects.create(
        district_code=row.district_code, step=step, starts_at=draft.starts_at, minutes=draft.minutes
    )
    SessionParty.objects.bulk_create(
        SessionParty(district_code=row.district_code, session=session, party=one) for one in draft.parties
    )
    return SessionMediator.objects.bulk_create(
        SessionMediator(district_code=row.district_code, session=session, mediator=one) for one in draft.mediators
    )


def is_as_said(session: MediationSession, draft: SessionDraft) -> bool:
    """Whether a session says the same as a draft: when, how long, who was there. Its words stand elsewhere."""
    mediators = set(session.mediators.values_list("mediator", flat=True))
    parties = set(session.parties.values_list("party", flat=True))
    there = mediators == {one.pk for one in draft.mediators} and parties == {one.pk for one in draft.parties}
    return there and (session.starts_at, session.minutes) == (draft.starts_at, draft.minutes)


def check_people(row: Mediation, draft: SessionDraft, *, known: Collection[UUID]) -> None:
    """Somebody of both kinds was there, and they belong to this matter. known: who may have mediated."""
    rules.check_presence(mediators=len(draft.mediators), parties=len(draft.parties))
    if not {one.pk for one in draft.mediators} <= set(known):
        raise RuleBroken(_("Choose a mediator of this matter."), field="mediators", code="mediator_elsewhere")
    if any(one.mediation_id != row.pk for one in draft.parties):
        raise RuleBroken(pgettext("mediation", "Tick who was there."), field="parties", code="party_elsewhere")


def service_of(row: Mediation, there: SessionMediator, draft: SessionDraft) -> Service:
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

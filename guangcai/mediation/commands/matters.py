"""A quarrel is written down with its two sides and its mediators; people are added, mediators changed; opened again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guangcai.accounts.commands.telling import tell_members
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.text import clean, clean_name, is_blank
from guangcai.mediation import keys, rules
from guangcai.mediation.commands.locks import lock_acting, lock_of_desk
from guangcai.mediation.commands.steps import sent_before, take_step
from guangcai.mediation.enums import PartySide, StepKind
from guangcai.mediation.models import Assignment, CauseKind, Mediation, Mediator, Party
from guangcai.mediation.notices import ASKED
from guangcai.members.keys import phone_key
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class PartyDraft:
    """One person as typed. field: the form's field of the name, for a refusal."""

    side: PartySide
    name: str
    phone: str = ""
    field: str = "name"


@dataclass(frozen=True)
class MatterDraft:
    """A quarrel as written down. note: what it is about, sealed. from_kind, from_id: what it grew out of."""

    community: Node
    cause: CauseKind
    parties: Sequence[PartyDraft]
    mediators: Collection[Mediator]
    note: str = ""
    from_kind: str = ""
    from_id: UUID | None = None
    id: UUID | None = None


@transaction.atomic
def open_matter(*, draft: MatterDraft, by: Actor, now: datetime) -> Mediation:
    """Write a quarrel down under a number that tells nothing; its mediators hear that they are asked, not for whom.

    By the desk. Whoever is a party never becomes its mediator. The same id sent again is the same matter. Raises
    RuleBroken(field), Conflict when a matter was already made of the same request. Sources: A23, J7.
    """
    by.require(Permission.MEDIATION_EDIT, draft.community.path)
    parties = [_checked(party, draft.community) for party in draft.parties]
    if found := _sent_before(draft, parties):
        return found
    rules.check_parties([party.side for party in draft.parties])
    _check_mediators(draft.mediators, parties, community=draft.community, field="mediators")
    if draft.note:
        rules.check_note(draft.note)
    try:
        with transaction.atomic():
            row = _write(draft, by=by, now=now)
    except IntegrityError:
        # Twice in the same moment: the other one was first.
        if found := _sent_before(draft, parties):
            return found
        raise
    for party in parties:
        _add(row, party, now=now)
    _assign(row, draft.mediators, by=by, now=now)
    take_step(row, StepKind.OPENED, by=by, now=now, note=clean(draft.note, multiline=True))
    audit.record(Tag.MEDIATION_OPEN, by=by, on=row, now=now, cause=row.cause_id)
    return row


@transaction.atomic
def add_party(*, mediation: Mediation, draft: PartyDraft, by: Actor, now: datetime, id: UUID | None = None) -> Party:
    """Another person of one side. Who mediates the matter cannot become a party of it. The same id is the same person.

    Raises RuleBroken(field).
    """
    row, _own = lock_acting(mediation.pk, by)
    party = _checked(draft, row.community)
    if found := already(Party, id, mediation_id=row.pk, side=party.side, name=party.name, phone=party.phone):
        return found
    if row.ended_at is not None:
        raise Conflict(_("This matter is over: open it again first."), code="matter_over")
    rules.check_parties([*row.parties.values_list("side", flat=True), party.side])
    rules.check_impartial(_mediating(row), [_person(party)], field=draft.field)
    if party.member_id is not None and row.parties.filter(member=party.member_id).exists():
        raise RuleBroken(_("This person is already in this matter."), field=draft.field, code="party_twice")
    party.id = id or new_id()
    made = _add(row, party, now=now)
    audit.record(Tag.MEDIATION_PARTY, by=by, on=row, now=now, side=party.side)
    return made


@transaction.atomic
def set_mediators(*, mediation: Mediation, mediators: Collection[Mediator], by: Actor, now: datetime) -> Mediation:
    """One or two people mediate from now on; whoever does no longer sees nothing any more. Harmless twice.

    By the desk. Raises RuleBroken(field="mediators").
    """
    row = lock_of_desk(mediation.pk, by)
    if row.ended_at is not None:
        raise Conflict(_("This matter is over: open it again first."), code="matter_over")
    _check_mediators(mediators, row.parties.all(), community=row.community, field="mediators")
    wanted = {one.pk for one in mediators}
    live = {one.mediator_id: one for one in row.assignments.live()}
    gone = [one for key, one in live.items() if key not in wanted]
    fresh = [one for one in mediators if one.pk not in live]
    if not gone and not fresh:
        return row
    Assignment.objects.filter(pk__in=[one.pk for one in gone]).update(ended_at=now, ended_by=by.user_id)
    _assign(row, fresh, by=by, now=now)
    audit.record(Tag.MEDIATION_MEDIATORS, by=by, on=row, now=now, mediators=len(wanted))
    return row


@transaction.atomic
def reopen(*, mediation: Mediation, note: str, by: Actor, now: datetime, id: UUID | None = None) -> Mediation:
    """They come back: the same matter is open again, under the same number. By the desk.

    Also an agreement that held when it was last looked at, and holds no longer.
    """
    row = lock_of_desk(mediation.pk, by)
    rules.check_note(note)
    plain = clean(note, multiline=True)
    if sent_before(row, id, StepKind.REOPENED, StepKind.BROKEN, note=plain):
        return row
    if row.anonymised_at is not None:
        raise Conflict(_("The papers of this matter are gone: open a new one."), code="matter_anonymised")
    kind = StepKind.BROKEN if row.state == "holding" else StepKind.REOPENED
    take_step(row, kind, by=by, now=now, id=id, note=plain)
    return row


def _sent_before(draft: MatterDraft, parties: Sequence[Party]) -> Mediation | None:
    """The matter this was sent as before; Conflict when the id, or what it grew out of, stands for something else."""
    said = {"cause_id": draft.cause.pk, "community_id": draft.community.pk, "from_id": draft.from_id}
    found = already(Mediation, draft.id, **said)
    if found is not None:
        kept = sorted((one.side, one.name, one.phone) for one in found.parties.all())
        if kept != sorted((one.side, one.name, one.phone) for one in parties):
            raise other_content()
        return found
    grown = Mediation.objects.filter(from_kind=draft.from_kind, from_id=draft.from_id)
    if draft.from_id is not None and grown.exists():
        raise Conflict(_("This request already became a mediation."), code="from_taken")
    return None


def _checked(draft: PartyDraft, community: Node) -> Party:
    """The person as he will be kept; not saved. His phone tells whether he is a member."""
    rules.check_name(draft.name, field=draft.field)
    phone = normalise(draft.phone, field=draft.field.replace("name", "phone")) if not is_blank(draft.phone) else ""
    member = None
    if phone:
        known = Member.objects.current().filter(phone_index=phone_key(phone), district_code=community.district_code)
        member = known.order_by("pk").first()
    return Party(side=draft.side, name=clean_name(draft.name), phone=phone, member=member)


def _person(row: Party | Mediator) -> rules.Person:
    """How somebody is told from another one: by his record, and by his phone."""
    phone = row.phone
    if not phone and row.member is not None:
        phone = row.member.phone
    return rules.Person(member=row.member_id, phone=phone)


def _mediating(row: Mediation) -> list[rules.Person]:
    live = row.assignments.live().select_related("mediator__member")
    return [_person(one.mediator) for one in live]


def _check_mediators(
    mediators: Collection[Mediator], parties: Collection[Party], *, community: Node, field: str
) -> None:
    rules.check_mediators(len(mediators))
    if any(one.node_id != community.pk or one.until is not None for one in mediators):
        raise RuleBroken(_("Choose a mediator of this community."), field=field, code="mediator_elsewhere")
    rules.check_impartial([_person(one) for one in mediators], [_person(one) for one in parties], field=field)


def _write(draft: MatterDraft, *, by: Actor, now: datetime) -> Mediation:
    return Mediation.objects.create(
        **of_community(draft.community),
        id=draft.id or new_id(),
        number=keys.take_number(now),
        cause=draft.cause,
        from_kind=draft.from_kind,
        from_id=draft.from_id,
        opened_at=now,
        opened_by=by.user_id,
    )


def _add(row: Mediation, party: Party, *, now: datetime) -> Party:
    party.mediation, party.district_code, party.added_at = row, row.district_code, now
    party.save(force_insert=True)
    return party


def _assign(row: Mediation, mediators: Collection[Mediator], *, by: Actor, now: datetime) -> None:
    Assignment.objects.bulk_create(
        Assignment(district_code=row.district_code, mediation=row, mediator=one, started_at=now, started_by=by.user_id)
        for one in mediators
    )
    tell_members([one.member_id for one in mediators if one.member_id is not None], ASKED, now=now)

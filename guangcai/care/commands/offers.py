"""A member says that he would look after a household: a word to the desk, and no claim on anybody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from guangcai.care import rules
from guangcai.care.models import CareOffer
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.ledger.commands.locks import lock_members
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community


@transaction.atomic
def offer_care(*, member: Member, note: str, by: Actor, now: datetime, id: UUID | None = None) -> CareOffer:
    """The member would look after a household; the desk asks him when one fits. By himself alone.

    The same id sent again is the same offer, and who has an open one keeps it. Raises RuleBroken: off_roster.
    """
    if by.member_id != member.pk:
        raise Forbidden()
    row = lock_members([member.pk])[member.pk]
    plain = note.strip()[: rules.LONGEST_OFFER]
    if found := already(CareOffer, id, member_id=row.pk, note=plain):
        return found
    if row.community is None or not row.is_current:
        raise RuleBroken(rules.OFF_ROSTER, code="off_roster")
    if found := CareOffer.objects.filter(member=row, withdrawn_at=None).first():
        return found
    made = CareOffer.objects.create(
        **of_community(row.community), id=id or new_id(), member=row, note=plain, offered_at=now
    )
    audit.record(Tag.CARE_OFFER, by=by, on=made, now=now)
    return made


@transaction.atomic
def withdraw_offer(*, offer: CareOffer, by: Actor, now: datetime) -> CareOffer:
    """He would rather not: nobody asks why. By himself alone; harmless twice."""
    if by.member_id != offer.member_id:
        raise Forbidden()
    row = CareOffer.objects.select_for_update().get(pk=offer.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        audit.record(Tag.CARE_OFFER_END, by=by, on=row, now=now)
    return row

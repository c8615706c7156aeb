"""Papers of care leave the house with a line in the trail."""

from datetime import datetime

from django.db import transaction

from guangcai.care.models import Household, Pairing
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.permissions import Permission


@transaction.atomic
def note_contact_card(*, pairing: Pairing, with_phone: bool, by: Actor, now: datetime) -> None:
    """A contact card is printed by the member himself or the desk. with_phone: the member agreed to leave his phone."""
    if by.member_id is None or by.member_id != pairing.member_id:
        by.require(Permission.CARE_EDIT, pairing.path)
    audit.record(Tag.HOUSEHOLD_PRINT, by=by, on=pairing, now=now, paper="contact_card", with_phone=with_phone)


@transaction.atomic
def note_household_card(*, household: Household, by: Actor, now: datetime) -> None:
    """The condition card is printed by the desk alone: it holds everything."""
    by.require(Permission.CARE_EDIT, household.path)
    audit.record(Tag.HOUSEHOLD_PRINT, by=by, on=household, now=now, paper="household_card")

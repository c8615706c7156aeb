"""What the papers of care say (A62, A66)."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localdate

from guangcai.care.models import Household, Pairing
from guangcai.care.queries.record import Record
from guangcai.core.phones import national

Values = dict[str, object]


def contact_card(pairing: Pairing, *, with_phone: bool) -> Values:
    """For the household to keep: the member's name, role and, where he agreed, phone. Nothing of the household."""
    member = pairing.member
    return {
        "member": member.name,
        "role": str(member.get_member_type_display()),
        "phone": national(member.phone) if with_phone and member.phone else "",
        "kind": str(pairing.get_kind_display()),
        "community": pairing.community.name,
        "since": date_format(pairing.held_since, "DATE_FORMAT") if pairing.held_since else "",
    }


def household_card(household: Household, record: Record, *, now: datetime) -> Values:
    """Everything the desk has opened: give it a record that is open."""
    consent = record.consent
    return {
        "label": household.label,
        "name": household.name,
        "category": str(household.get_category_display()),
        "tier": str(household.get_tier_display()),
        "address": f"{household.place or ''} {household.address}".strip(),
        "people": str(household.people or ""),
        "phone": record.phone,
        "guardian": f"{household.guardian_name} {record.guardian_phone}".strip(),
        "member": record.home.holder,
        "consent": f"{consent.get_said_by_display()} {consent.given_on.isoformat()}" if consent else "",
        "notes": household.notes,
        "lines": [
            {
                "day": seen.visit.visited_on.isoformat(),
                "kind": seen.visit.kind.name,
                "who": seen.who,
                "needs": " ".join(seen.needs),
                "note": seen.note,
            }
            for seen in record.visits
        ],
        "printed_on": localdate(now).isoformat(),
    }

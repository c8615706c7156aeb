"""Everything that writes zones and their agreements. One function per verb."""

from guangcai.commitments.commands import Work
from guangcai.zones.commands.agreements import (
    Paper,
    confirm_agreement,
    end_agreement,
    offer_renewal,
    offer_zone,
    sign_agreement,
)
from guangcai.zones.commands.duties import change_duty, load_zone_duties
from guangcai.zones.commands.terms import end_terms, remind_renewals
from guangcai.zones.commands.work import log_work
from guangcai.zones.commands.zones import add_lot, add_zones, end_zone

__all__ = [
    "Paper",
    "Work",
    "add_lot",
    "add_zones",
    "change_duty",
    "confirm_agreement",
    "end_agreement",
    "end_terms",
    "end_zone",
    "load_zone_duties",
    "log_work",
    "offer_renewal",
    "offer_zone",
    "remind_renewals",
    "sign_agreement",
]

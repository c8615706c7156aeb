"""What the portal allows: lengths, tries, which homes a person has. No database, no clock."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.rules import Limit
from guangcai.core.errors import RuleBroken
from guangcai.core.text import is_blank
from guangcai.orgs.roles import Role

TEXT_LENGTH: Final = 1000
CONTACT_LENGTH: Final = 100
# A hall with one network address for everybody still writes freely.
SUGGESTIONS_OF_ADDRESS: Final = Limit("suggestion", most=60, window=timedelta(days=1))


class Audience(StrEnum):
    """Whose day a home screen shows."""

    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"
    UNIT = "unit"
    AUDIT = "audit"
    MACHINE = "machine"
    MEMBER = "member"


# Work comes first; one's own service is a tab beside it.
AUDIENCE_OF: Final[dict[str, Audience]] = {
    Role.DESK_WORKER: Audience.COMMUNITY,
    Role.COMMUNITY_SECRETARY: Audience.COMMUNITY,
    Role.STREET_OVERSEER: Audience.STREET,
    Role.DISTRICT_ADMINISTRATOR: Audience.DISTRICT,
    Role.UNIT_LIAISON: Audience.UNIT,
    Role.AUDITOR: Audience.AUDIT,
    Role.SYSTEM_ADMINISTRATOR: Audience.MACHINE,
    Role.MEMBER: Audience.MEMBER,
}


def audiences(roles: Iterable[str], *, is_member: bool) -> tuple[Audience, ...]:
    """The homes of somebody with these roles, in a fixed order. A member without a grant still has his own."""
    found = {AUDIENCE_OF[role] for role in roles if role in AUDIENCE_OF}
    if is_member:
        found.add(Audience.MEMBER)
    else:
        found.discard(Audience.MEMBER)
    return tuple(audience for audience in Audience if audience in found)


def check_text(text: str, *, field: str) -> str:
    """The text without padding. Raises RuleBroken(field)."""
    plain = text.strip()
    if is_blank(plain):
        raise RuleBroken(_("Write something first."), field=field, code="text_missing")
    if len(plain) > TEXT_LENGTH:
        raise RuleBroken(
            _("At most %(most)d characters fit here.") % {"most": TEXT_LENGTH}, field=field, code="text_long"
        )
    return plain

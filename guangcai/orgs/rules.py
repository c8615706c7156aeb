"""What the tree and its rights allow: pure tables and checks, no database, no clock."""

import re
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import SYSTEM_ROLE
from guangcai.core.errors import RuleBroken
from guangcai.orgs.enums import Level
from guangcai.orgs.roles import Role

CODE_LENGTH: Final = 12
COUNTRY_CODE: Final = "0" * CODE_LENGTH
LOCAL_LEVELS: Final = (Level.COMPOUND, Level.BUILDING, Level.STAIRWELL)
# How many digits of a division code speak at each level (GB/T 2260 and the statistical code).
DIGITS: Final = {
    Level.COUNTRY: 0,
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.DISTRICT: 6,
    Level.STREET: 9,
    Level.COMMUNITY: 12,
}
LEVEL_OF_DIGITS: Final = {digits: level for level, digits in DIGITS.items()}
_SUFFIX = re.compile(r"[0-9A-Za-z]{1,8}")
_DIGITS = re.compile(r"[0-9]+")

ADMINISTRATIVE: Final = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.DISTRICT_ADMINISTRATOR, Role.AUDITOR})
GRANTABLE: Final[dict[str, frozenset[Role]]] = {
    SYSTEM_ROLE: frozenset(Role),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Role.DISTRICT_ADMINISTRATOR, Role.AUDITOR}),
    Role.DISTRICT_ADMINISTRATOR: frozenset(Role) - {Role.SYSTEM_ADMINISTRATOR},
    Role.COMMUNITY_SECRETARY: frozenset({Role.DESK_WORKER, Role.MEMBER}),
}
# The levels on which a role is held. A unit liaison holds his on a work unit.
PLACES: Final[dict[Role, frozenset[Level]]] = {
    Role.MEMBER: frozenset({Level.COMMUNITY}),
    Role.DESK_WORKER: frozenset({Level.COMMUNITY}),
    Role.COMMUNITY_SECRETARY: frozenset({Level.COMMUNITY}),
    Role.STREET_OVERSEER: frozenset({Level.STREET}),
    # A city without districts is its own district (DIGITS: 4419, 4420, 4604).
    Role.DISTRICT_ADMINISTRATOR: frozenset({Level.CITY, Level.DISTRICT}),
    Role.UNIT_LIAISON: frozenset(),
    Role.AUDITOR: frozenset({Level.COUNTRY, Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({Level.COUNTRY, Level.PROVINCE, Level.CITY, Level.DISTRICT}),
}


def grantable_by(roles: Iterable[str]) -> frozenset[Role]:
    """The roles that a holder of `roles`, where he holds them, may give and end."""
    return frozenset().union(*(GRANTABLE.get(role, frozenset()) for role in roles))


def check_grantable(role: Role, *, giver_roles: Iterable[str]) -> None:
    if role not in grantable_by(giver_roles):
        raise RuleBroken(
            _("You cannot give or end the role “%(role)s”.") % {"role": role.label}, field="role", code="role_not_yours"
        )


def check_place(role: Role, level: Level | None) -> None:
    """`level`: of the node the role is held on; None for a work unit."""
    fits = role == Role.UNIT_LIAISON if level is None else level in PLACES[role]
    if not fits:
        raise RuleBroken(
            _("The role “%(role)s” cannot be held here.") % {"role": role.label}, field="role", code="role_place"
        )


def check_exclusive(role: Role, *, held: Iterable[str]) -> None:
    """Whoever runs the machine does not run the district, and neither of them audits."""
    others = ADMINISTRATIVE & {Role(one) for one in held} - {role}
    if role in ADMINISTRATIVE and others:
        raise RuleBroken(
            _("This person is already “%(other)s”: nobody holds two of the three administrative roles.")
            % {"other": sorted(others)[0].label},
            field="role",
            code="role_exclusive",
        )


def full_code(text: str) -> str:
    """A division code of 2, 4, 6, 9 or 12 digits filled up to 12; anything else as it is."""
    plain = text.strip()
    return plain.ljust(CODE_LENGTH, "0") if len(plain) in LEVEL_OF_DIGITS and _DIGITS.fullmatch(plain) else plain


def level_of(code: str) -> Level | None:
    """The level a full 12-digit code speaks of, by its trailing zeros; None below the community or for rubbish."""
    if len(code) != CODE_LENGTH or not _DIGITS.fullmatch(code):
        return None
    return next(level for level, digits in DIGITS.items() if not code[digits:].strip("0"))


def check_child(level: Level, *, parent: Level | None) -> None:
    """A place stands below a place of a higher level; local places below a community."""
    if parent is None:
        wrong = level in LOCAL_LEVELS
    else:
        wrong = level.rank <= parent.rank or (level in LOCAL_LEVELS and parent.rank < Level.COMMUNITY.rank)
    if wrong:
        raise RuleBroken(
            _("A place of the level “%(level)s” cannot stand there.") % {"level": level.label},
            field="level",
            code="level_order",
        )


def check_code(code: str, *, level: Level, parent_code: str | None) -> None:
    """12 digits down to the community; below it the parent's code, a dash and a local suffix."""
    if level in LOCAL_LEVELS:
        prefix, dash, suffix = code.rpartition("-")
        if not dash or prefix != parent_code or not _SUFFIX.fullmatch(suffix):
            raise RuleBroken(
                _("The code is the code of the place above, a dash and up to eight letters or digits."),
                field="code",
                code="code_suffix",
            )
    elif len(code) != CODE_LENGTH or not _DIGITS.fullmatch(code):
        raise RuleBroken(_("A division code has 12 digits."), field="code", code="code_length")


def next_suffix(parent_code: str, taken: Iterable[str]) -> str:
    """`parent_code` with the first free local number: ...-1, ...-2."""
    used = set(taken)
    number = 1
    while f"{parent_code}-{number}" in used:
        number += 1
    return f"{parent_code}-{number}"

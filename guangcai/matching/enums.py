"""Closed lists of the matching: how near, what is wanted, how far to look, why nobody."""

from enum import IntEnum, StrEnum


class Nearness(IntEnum):
    """The smallest place that a member and a need share."""

    STAIRWELL = 0
    BUILDING = 1
    COMPOUND = 2
    COMMUNITY = 3
    ELSEWHERE = 4


class NeedKind(IntEnum):
    """What is to be taken on. Only a household counts towards the households of one member (A62)."""

    POST = 0
    HOUSEHOLD = 1
    SHIFT = 2


class Reach(StrEnum):
    """How far candidates are looked for: over the whole set, or each community for itself."""

    DISTRICT = "district"
    COMMUNITY = "community"


class Origin(IntEnum):
    """How a pair came into the plan."""

    PINNED = 0  # chosen by a person
    EXACT = 1  # by the exact solver on the candidates
    FILLED = 2  # afterwards, with a member who still had room


class Binding(StrEnum):
    """The hard rule that binds: why a place stays empty or a pin is not kept."""

    NO_CONSENT = "no_consent"
    NOBODY = "nobody"
    NO_CERTIFICATE = "no_certificate"
    EXCLUDED = "excluded"
    SUPERIOR = "superior"
    FULL = "full"  # before this proposal
    TAKEN = "taken"  # by this proposal
    TOO_FEW = "too_few"  # everybody who may is proposed already, and there are more places
    NO_PLACE = "no_place"  # a pin for which the need has no place left

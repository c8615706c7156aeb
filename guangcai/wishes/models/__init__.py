"""What the room keeps: wishes with who made them, what people gave, what programmes of aid came to."""

from guangcai.wishes.models.aid import AidKind, AidMeasure, AidOutcome, AidProgramme
from guangcai.wishes.models.claim import WishClaim
from guangcai.wishes.models.gift import Campaign, Gift, Spending
from guangcai.wishes.models.outcome import ThanksConsent, WishAnswer, WishFulfilment, WishThanks
from guangcai.wishes.models.wish import OPEN_FOR, Wish, WishAsker, WishKind, WishOpening, WishStep

__all__ = [
    "OPEN_FOR",
    "AidKind",
    "AidMeasure",
    "AidOutcome",
    "AidProgramme",
    "Campaign",
    "Gift",
    "Spending",
    "ThanksConsent",
    "Wish",
    "WishAnswer",
    "WishAsker",
    "WishClaim",
    "WishFulfilment",
    "WishKind",
    "WishOpening",
    "WishStep",
    "WishThanks",
]

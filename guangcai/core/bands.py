"""Small counts of people are told in bands to everybody but the desk that knows them (reliability, abuse case 18)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """A count as everybody but the desk reads it: nothing, less than `low + width`, or a range as wide as the rule."""

    low: int
    width: int
    is_none: bool = False

    def __str__(self) -> str:
        if self.is_none or self.width == 1:
            return str(self.low)
        return f"{self.low}–{self.low + self.width - 1}" if self.low else f"<{self.width}"


def band_of(count: int, *, below: int) -> Band:
    """The band of a count of people in need: 0, "<5", "5–9", "10–14".

    Two figures anybody but the desk can ask for never differ by 1 to below-1: whichever filters, places or days they
    are for, what is told of each is a multiple of `below` (reliability, abuse case 18).
    """
    width = max(below, 1)
    return Band(low=count - count % width, width=width, is_none=count == 0)

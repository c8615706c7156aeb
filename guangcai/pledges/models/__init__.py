"""What pledges keep."""

from guangcai.pledges.models.checklists import ChecklistMark
from guangcai.pledges.models.pledges import Pledge, PledgeLine, PledgeMark, PledgeQuerySet, PledgeReview
from guangcai.pledges.models.templates import Item, Template, Version

__all__ = [
    "ChecklistMark",
    "Item",
    "Pledge",
    "PledgeLine",
    "PledgeMark",
    "PledgeQuerySet",
    "PledgeReview",
    "Template",
    "Version",
]

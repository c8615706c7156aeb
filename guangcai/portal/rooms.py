"""The desk's home by rooms: each matter under one of a few headings, with how many wait there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import Text
from guangcai.portal.queries.community import Due


@dataclass(frozen=True)
class Group:
    """One heading with its matters. `count`: of all of them together."""

    title: Text
    rows: tuple[Due, ...]

    @property
    def count(self) -> int:
        return sum(row.count for row in self.rows)


SERVICE = ("shifts", "entries", "objections", "back_fills", "bookings", "returns", "studio_offers")
PEOPLE = ("report_ins", "duplicates", "mobile", "suggestions", "case", "plate_feedback", "studio_line", "mediation")
# Heading and the beginnings of the keys that stand under it; whatever fits nowhere stands under the last.
ROOMS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (_("Activities and service"), SERVICE),
    (_("People and residents"), PEOPLE),
    (_("Households and wishes"), ("care_", "wish")),
    (_("Posts, zones and teams"), ("post_", "zone_", "team_", "pledges")),
    (_("Meetings and proposals"), ("bodies", "promises", "proposals_", "joint")),
    (_("Feedback and appraisals"), ("quarter", "disputes", "sheets", "appraisals")),
)
FEW = 6


def grouped(rows: Sequence[Due]) -> list[Group]:
    """What waits, by room; few matters stay one list without a heading, and what is late comes first of all."""
    if len(rows) <= FEW:
        return [Group("", tuple(rows))] if rows else []
    late = tuple(row for row in rows if row.tone == "bad")
    left = [row for row in rows if row.tone != "bad"]
    found = [Group(_("Late"), late)]
    for number, (title, beginnings) in enumerate(ROOMS, start=1):
        here = tuple(row for row in left if row.key.startswith(beginnings) or number == len(ROOMS))
        left = [row for row in left if row not in here]
        found.append(Group(title, here))
    return [group for group in found if group.rows]

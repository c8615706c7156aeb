"""Where people live and things are wanted, as the four numbers that matching compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from guangcai.core.scoping import under
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node

# Column of a position by level (matching.tables.Members).
COLUMNS = {Level.STAIRWELL: 0, Level.BUILDING: 1, Level.COMPOUND: 2, Level.COMMUNITY: 3}
NOWHERE = (0, 0, 0, 0)


@dataclass(frozen=True)
class Places:
    """Position of every place from the community down, by the key of its node."""

    of: Mapping[int, tuple[int, ...]]

    @classmethod
    def beneath(cls, path: str) -> "Places":
        """One query: the communities under `path` (or the one it is) and all below them."""
        rows = Node.objects.filter(under("path", [path]), level__in=COLUMNS).order_by("path")
        of: dict[int, tuple[int, ...]] = {}
        for key, parent, level in rows.values_list("pk", "parent_id", "level"):
            above = list(of.get(parent or 0, NOWHERE))
            above[COLUMNS[Level(level)]] = key
            of[key] = tuple(above)
        return cls(of)

    def positions(self, rows: Sequence[tuple[int | None, int | None]]) -> Any:
        """(place below the community, community) of each -> (n, 4) stairwell, building, compound, community."""
        found = [self.of.get(place or 0) or self.of.get(community or 0) or NOWHERE for place, community in rows]
        return np.array(found, dtype=np.int32).reshape(len(rows), 4)

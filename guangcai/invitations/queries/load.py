"""How much members have taken on in all rooms: posts, zones, teams, households, and shifts still to come."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from guangcai.care.queries import load as care
from guangcai.commitments.load import Whom
from guangcai.posts.queries import load as posts
from guangcai.teams.queries import load as teams
from guangcai.zones.queries import load as zones

ROOMS = (posts, zones, teams, care)


def by_row(members: Whom, keys: Sequence[UUID]) -> Any:
    """Commitments of each of these members, in the order of `keys`: one statement a room."""
    return sum((column(room.commitments_of(members), keys) for room in ROOMS), np.zeros(len(keys), dtype=np.int32))


def column(numbers: Mapping[UUID, int], keys: Sequence[UUID]) -> Any:
    return np.fromiter((numbers.get(key, 0) for key in keys), dtype=np.int32, count=len(keys))

"""The base of facts that happen in a community."""

from typing import TYPE_CHECKING

from django.db import models

from guangcai.core.facts import Fact
from guangcai.core.scoping import PathField

if TYPE_CHECKING:
    from guangcai.orgs.models import Node


class CommunityFact(Fact):
    """A fact of one community. It carries that community's path as it was, so that a subtree is read without a join
    and a later merger of communities does not rewrite history."""

    community = models.ForeignKey("orgs.Node", models.PROTECT, related_name="+")
    path = PathField(editable=False)

    class Meta:
        abstract = True


def of_community(community: "Node") -> dict[str, object]:
    """The three columns that place a new fact: `Model(**of_community(community), ...)`."""
    return {"community": community, "path": community.path, "district_code": community.district_code}

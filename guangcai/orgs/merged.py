"""A community that was merged away: the addresses that bear its code or its key lead to the community it became.

A public page finds its community by `community_at`; `middleware.MergedCommunities` answers with the way there.
"""

from django.db.models import QuerySet
from django.http import Http404

from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node


class LeadsOn(Exception):
    """What stands for the community in the address, `old`, becomes `new`; the rest of the address stays."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} leads on to {new}")
        self.old, self.new = old, new


def heir_of(node: Node) -> Node | None:
    """The open place that an ended one became, over several mergers; None when it was closed without a successor."""
    while node.successor is not None:
        node = node.successor
    return node if node.valid_to is None else None


def community_at(code: str, among: QuerySet[Node]) -> Node:
    """The community of a code, one of those the page is for (`among`): one query.

    Raises LeadsOn for a code whose community was merged into one of them, Http404 for every other.
    """
    if here := among.filter(code=code).first():
        return here
    ended = Node.objects.filter(code=code, level=Level.COMMUNITY, valid_to__isnull=False)
    last = ended.select_related("successor").order_by("-valid_to").first()
    heir = heir_of(last) if last else None
    if heir is None or not among.filter(pk=heir.pk).exists():
        raise Http404
    raise LeadsOn(code, heir.code)
